import type { ServerDefinition } from './definition.js';

export const waitress = {
  title: 'waitress',
  doc: 'Known, and not run: an app whose only server it is is asked to add another.',
  rank: 91,
  packages: ['waitress'],
  madeFor: 'wsgi',
  runs: false,
} as const satisfies ServerDefinition;
