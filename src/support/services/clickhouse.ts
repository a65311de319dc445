/** ClickHouse, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const clickhouse: ForeignServiceDefinition = {
  run: false,
  rank: 170,
  title: 'ClickHouse',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['clickhouse-driver', 'clickhouse-connect', 'clickhouse-sqlalchemy', 'asynch'],
  variables: /(^|_)CLICKHOUSE_/,
  texts: /^clickhouse(\+\w+)?:\/\//,
};
