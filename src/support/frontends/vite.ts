import type { FrontendDefinition } from './definition.js';
import { literalOf, outputOf } from './shared/outputs.js';

/** Vite by itself: frameworks that build with it say more than it does. */
export const vite: FrontendDefinition = {
  title: 'Vite',
  doc: '`build.outDir` of vite.config',
  rank: 9,
  packages: ['vite'],
  commands: ['vite'],
  makers: ['vite'],
  takesOutOption: true,
  example: 1,
  bakes: { prefix: 'VITE_' },
  output: async built =>
    outputOf(built, literalOf(await built.config('vite.config'), 'outDir'), { title: 'Vite', directory: 'dist' }),
};
