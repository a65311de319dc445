import type { FrontendDefinition } from './definition.js';
import { matchIn, outputOf } from './shared/outputs.js';

/** webpack by itself. */
export const webpack: FrontendDefinition = {
  title: 'webpack',
  doc: '`output.path` of webpack.config, joined to its directory',
  rank: 10,
  packages: ['webpack'],
  commands: ['webpack'],
  makers: ['webpack'],
  takesOutOption: true,
  output: async built =>
    outputOf(built, matchIn(await built.config('webpack.config'), OUTPUT), { title: 'webpack', directory: 'dist' }),
};

const OUTPUT = /\bpath:\s*path\.(?:resolve|join)\(__dirname,\s*["']([^"']+)["']/;
