import type { FrontendDefinition } from './definition.js';
import { outputOf } from './shared/outputs.js';

/** Gatsby, whose directory cannot be changed. */
export const gatsby: FrontendDefinition = {
  title: 'Gatsby',
  doc: 'builds to `public`',
  rank: 9,
  packages: ['gatsby'],
  oldHashesBefore: '4.0.0',
  commands: ['gatsby'],
  makers: ['gatsby'],
  verbs: ['build'],
  bakes: { prefix: 'GATSBY_' },
  output: async built => outputOf(built, undefined, { title: 'Gatsby', directory: 'public' }),
};
