import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** bun as a bundler. */
export const bunBuild: FrontendDefinition = {
  title: 'bun build',
  doc: '`--outfile` and `--outdir` of its command line, where bun is the package manager',
  rank: 27,
  packages: [],
  commands: ['bun'],
  makers: [],
  verbs: ['build'],
  writes: { files: ['--outfile'], directories: ['--outdir'], takingValue: ['--target', '--format', '--entry-naming'] },
  output: byCommandLine,
};
