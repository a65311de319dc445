/** ClickHouse. */
import type { RunServiceDefinition } from './definition.js';

export const clickhouse: RunServiceDefinition = {
  run: true,
  rank: 49,
  title: 'ClickHouse',
  doc: 'by clickhouse-driver, clickhouse-connect, asynch or clickhouse-sqlalchemy',
  isDatabase: false,
  drivers: [
    { packages: ['clickhouse-connect'], scheme: 'clickhousedb', plain: 'clickhouse', counts: 'used' },
    // These speak its own protocol, which has a port of its own.
    {
      packages: ['clickhouse-sqlalchemy'],
      scheme: 'clickhouse+native',
      plain: 'clickhouse',
      port: 9000,
      counts: 'used',
    },
    {
      packages: ['clickhouse-driver', 'asynch'],
      scheme: 'clickhouse',
      plain: 'clickhouse',
      port: 9000,
      counts: 'used',
    },
  ],
  variables: [/(^|_)CLICKHOUSE_(UR[IL]|DSN|DATABASE_UR[IL]|CONNECTION(_STRING)?)$/],
  example: 'CLICKHOUSE_URL',
  schemes: /^clickhouse(db)?(\+\w+)?$/,
  prefixes: ['CLICKHOUSE'],
  ends: { off: ['SECURE', 'USE_SSL', 'SSL', 'VERIFY'] },
  own: /(^|_)CLICKHOUSE_/,
  goesWithout: true,
  isOpen: false,
  programs: ['clickhouse-server'],
  images: [{ repository: 'clickhouse/clickhouse-server' }, { repository: 'yandex/clickhouse-server' }],
  sharesMessages: false,
  seenByBrowsers: false,
};
