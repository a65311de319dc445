import type { ServerDefinition } from './definition.js';

export const modWsgi = {
  title: 'mod_wsgi',
  doc: 'Known, and not run: an app whose only server it is gets another.',
  rank: 94,
  packages: ['mod-wsgi'],
  madeFor: 'wsgi',
  runs: false,
} as const satisfies ServerDefinition;
