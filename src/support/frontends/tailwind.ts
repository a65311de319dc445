import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** Tailwind's own command line. */
export const tailwind: FrontendDefinition = {
  title: 'Tailwind',
  doc: '`-o` of its command line',
  rank: 20,
  packages: [],
  commands: ['tailwindcss', 'tailwind', '@tailwindcss/cli'],
  watches: ['--watch=always'],
  makers: ['tailwindcss', '@tailwindcss/cli'],
  writes: { files: ['-o', '--output'], takingValue: ['-i', '--input', '-c', '--config', '--content', '--postcss'] },
  output: byCommandLine,
};
