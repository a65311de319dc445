import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** Tools that make one file of others: minifiers, and Browserify. */
export const minifiers: FrontendDefinition = {
  title: 'Terser, UglifyJS, clean-css, Browserify',
  doc: '`-o` of their command lines',
  rank: 28,
  packages: [],
  commands: ['terser', 'uglifyjs', 'cleancss', 'browserify', 'minify'],
  makers: ['browserify'],
  writes: { files: ['-o', '--output', '--outfile'], takingValue: ['-t', '-p', '-g', '-r', '-x'] },
  output: byCommandLine,
};
