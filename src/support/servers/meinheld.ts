import type { ServerDefinition } from './definition.js';

export const meinheld = {
  title: 'meinheld',
  doc: 'Known, and not run: an app whose only server it is gets another.',
  rank: 95,
  packages: ['meinheld'],
  madeFor: 'wsgi',
  runs: false,
} as const satisfies ServerDefinition;
