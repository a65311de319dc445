import type { ServerDefinition } from './definition.js';

export const uwsgi = {
  title: 'uWSGI',
  doc: 'Known, and not run: an app whose only server it is gets another.',
  rank: 90,
  packages: ['uwsgi'],
  madeFor: 'wsgi',
  runs: false,
} as const satisfies ServerDefinition;
