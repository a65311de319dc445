import type { FrontendDefinition } from './definition.js';
import { directoryOf, outputOf } from './shared/outputs.js';

/** webpack by itself. */
export const webpack: FrontendDefinition = {
  title: 'webpack',
  doc: '`output.path` of webpack.config',
  rank: 11,
  packages: ['webpack'],
  commands: ['webpack'],
  makers: ['webpack'],
  takesOutOption: true,
  output: async built => {
    const path = directoryOf(await built.config('webpack.config'), 'path', 'output');
    return outputOf(built, path, { title: 'webpack', directory: 'dist' });
  },
};
