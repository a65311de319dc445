import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** Babel and swc by their command lines. */
export const babel: FrontendDefinition = {
  title: 'Babel and swc',
  doc: '`-o` and `-d` of their command lines',
  rank: 26,
  packages: [],
  commands: ['babel', 'swc'],
  makers: ['@babel/cli', '@swc/cli'],
  writes: {
    files: ['-o', '--out-file'],
    directories: ['-d', '--out-dir'],
    takingValue: ['-x', '--extensions', '--presets', '--plugins', '--config-file', '--ignore', '--only', '-s'],
  },
  output: byCommandLine,
};
