import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** esbuild by its command line. */
export const esbuild: FrontendDefinition = {
  title: 'esbuild',
  doc: '`--outfile` and `--outdir` of its command line',
  rank: 24,
  packages: [],
  commands: ['esbuild'],
  watches: ['--watch=forever'],
  makers: ['esbuild'],
  writes: { files: ['--outfile'], directories: ['--outdir'] },
  output: byCommandLine,
};
