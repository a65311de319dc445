/** Kafka. */
import type { RunServiceDefinition } from './definition.js';

export const kafka: RunServiceDefinition = {
  run: true,
  rank: 51,
  title: 'Kafka',
  doc: 'by kafka-python, confluent-kafka, aiokafka, Faust or FastStream; an app that is developed with Redpanda has Kafka here',
  isDatabase: false,
  drivers: [
    {
      packages: [
        'kafka-python',
        'kafka-python-ng',
        'confluent-kafka',
        'aiokafka',
        'faust',
        'faust-streaming',
        'faststream[kafka]',
      ],
      modules: ['kafka'],
      scheme: 'kafka',
      plain: 'kafka',
      counts: 'used',
    },
  ],
  protocol: 'kafka',
  variables: [/(^|_)KAFKA_(BROKER_)?UR[IL]$/],
  example: 'KAFKA_URL',
  schemes: /^kafka$/,
  prefixes: ['KAFKA', 'KAFKA_BROKER', 'REDPANDA'],
  ends: {
    server: [
      'BOOTSTRAP_SERVERS',
      'BOOTSTRAP_SERVER',
      'BOOTSTRAP',
      'BROKERS',
      'BROKER',
      'SERVERS',
      'SERVER',
      'BROKER_LIST',
      'HOSTS',
      'ADDRESS',
      'ADDR',
      'ENDPOINT',
    ],
  },
  own: /(^|_)(KAFKA|REDPANDA)_/,
  goesWithout: true,
  isOpen: true,
  programs: ['kafka-server-start.sh', 'kafka-server-start'],
  images: [
    { repository: 'apache/kafka' },
    { repository: 'apache/kafka-native' },
    // Their tags are versions of another product.
    { repository: 'confluentinc/cp-kafka', version: /^never$/ },
    { repository: 'confluentinc/confluent-local', version: /^never$/ },
    { repository: 'bitnami/kafka', version: /^never$/ },
    { repository: 'redpandadata/redpanda', version: /^never$/ },
  ],
  sharesMessages: true,
  seenByBrowsers: false,
};
