import type { ServerDefinition } from './definition.js';

export const daphne = {
  title: 'daphne',
  doc: 'Known, and not run: an app whose only server it is gets another.',
  rank: 92,
  packages: ['daphne'],
  madeFor: 'asgi',
  runs: false,
} as const satisfies ServerDefinition;
