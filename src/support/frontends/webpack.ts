import type { FrontendDefinition } from './definition.js';
import { directoryInAny, environmentOf, outputOf, withMerged } from './shared/outputs.js';

/** webpack by itself. */
export const webpack: FrontendDefinition = {
  title: 'webpack',
  doc: '`output.path` of webpack.config, or of the file that it merges',
  rank: 11,
  packages: ['webpack'],
  oldHashesBefore: '5.61.0',
  commands: ['webpack', 'webpack-cli'],
  watches: ['--watch'],
  makers: ['webpack'],
  writes: {
    directories: ['-o', '--output-path'],
    takingValue: ['-c', '--config', '--mode', '--env', '--entry', '--config-name', '--node-env'],
  },
  output: async built => {
    const configs = await withMerged(built, await built.config('webpack.config', '-c', '--config'));
    const mode = built.option('--mode');
    const known = new Map([...environmentOf(built), ...(mode === undefined ? [] : [['argv.mode', mode] as const])]);
    const path = directoryInAny(configs, { key: 'path', within: 'output', known }, built);
    return outputOf(built, path, { title: 'webpack', directory: 'dist' });
  },
};
