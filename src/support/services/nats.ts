/** NATS, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const nats: ForeignServiceDefinition = {
  run: false,
  rank: 190,
  title: 'NATS',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['nats-py', 'asyncio-nats-client'],
  modules: ['nats'],
  variables: /(^|_)NATS_/,
  texts: /^nats:\/\//,
};
