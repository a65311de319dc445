/** Cassandra, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const cassandra: ForeignServiceDefinition = {
  run: false,
  rank: 150,
  title: 'Cassandra',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['cassandra-driver', 'scylla-driver', 'django-cassandra-engine'],
  modules: ['cassandra'],
  variables: /(^|_)(CASSANDRA|SCYLLA)_/,
  texts: /^django_cassandra_engine$/,
};
