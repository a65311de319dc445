import type { ServerDefinition } from './definition.js';

export const bjoern = {
  title: 'bjoern',
  doc: 'Known, and not run: an app whose only server it is gets another.',
  rank: 96,
  packages: ['bjoern'],
  madeFor: 'wsgi',
  runs: false,
} as const satisfies ServerDefinition;
