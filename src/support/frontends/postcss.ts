import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** PostCSS by its command line. */
export const postcss: FrontendDefinition = {
  title: 'PostCSS',
  doc: '`-o` and `-d` of its command line',
  rank: 21,
  packages: [],
  commands: ['postcss', 'postcss-cli'],
  makers: ['postcss-cli'],
  writes: {
    files: ['-o', '--output'],
    directories: ['-d', '--dir'],
    takingValue: ['-u', '--use', '--config', '--env', '--ext', '--base', '--parser', '--syntax', '--stringifier'],
  },
  output: byCommandLine,
};
