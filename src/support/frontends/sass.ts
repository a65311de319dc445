import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** Sass, also node-sass, by the command line. */
export const sass: FrontendDefinition = {
  title: 'Sass',
  doc: 'what its command line writes: `in.scss out.css`, `in:out`, `-o`',
  rank: 22,
  packages: [],
  commands: ['sass', 'node-sass', 'sass-embedded'],
  watches: ['--watch'],
  makers: ['sass', 'node-sass', 'sass-embedded'],
  writes: {
    directories: ['-o', '--output'],
    takingValue: [
      '-I',
      '--load-path',
      '-s',
      '--style',
      '--output-style',
      '--include-path',
      '--precision',
      '--importer',
    ],
    operands: true,
  },
  output: byCommandLine,
};
