/** NATS. */
import type { RunServiceDefinition } from './definition.js';

export const nats: RunServiceDefinition = {
  run: true,
  rank: 52,
  title: 'NATS',
  doc: 'by nats-py, with JetStream',
  isDatabase: false,
  drivers: [
    {
      packages: ['nats-py', 'asyncio-nats-client', 'faststream[nats]'],
      modules: ['nats'],
      scheme: 'nats',
      plain: 'nats',
      counts: 'used',
    },
  ],
  protocol: 'nats',
  variables: [/(^|_)NATS_(SERVER_)?(UR[IL]S?|DSN|SERVERS)$/],
  example: 'NATS_URL',
  schemes: /^nats$/,
  prefixes: ['NATS'],
  own: /(^|_)NATS_/,
  goesWithout: true,
  isOpen: true,
  programs: ['nats-server'],
  images: [{ repository: 'nats' }, { repository: 'bitnami/nats' }],
  sharesMessages: true,
  seenByBrowsers: false,
};
