import type { ServerDefinition } from './definition.js';

export const cheroot = {
  title: 'cheroot',
  doc: 'Known, and not run: an app whose only server it is gets another.',
  rank: 93,
  packages: ['cheroot'],
  madeFor: 'wsgi',
  runs: false,
} as const satisfies ServerDefinition;
