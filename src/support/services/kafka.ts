/** Kafka, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const kafka: ForeignServiceDefinition = {
  run: false,
  rank: 110,
  title: 'Kafka',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: [
    'kafka-python',
    'kafka-python-ng',
    'confluent-kafka',
    'aiokafka',
    'faust',
    'faust-streaming',
    'faststream',
  ],
  modules: ['kafka'],
  variables: /(^|_)KAFKA_/,
  texts: /^kafka:\/\/|^confluentkafka:\/\//,
};
