import type { FrontendDefinition } from './definition.js';
import { directoryOf, outputOf } from './shared/outputs.js';

/** Vue's command line of before Vite. */
export const vueCli: FrontendDefinition = {
  title: 'Vue CLI',
  doc: '`outputDir` of vue.config',
  rank: 8,
  packages: ['@vue/cli-service'],
  oldHashesBefore: '5.0.0',
  commands: ['vue-cli-service'],
  watches: ['--watch'],
  makers: ['@vue/cli-service'],
  verbs: ['build'],
  writes: { directories: ['--dest'], takingValue: ['--mode', '--target', '--name'] },
  bakes: { prefix: 'VUE_APP_' },
  output: async built =>
    outputOf(built, directoryOf(await built.config('vue.config'), { key: 'outputDir' }, built), {
      title: 'Vue CLI',
      directory: 'dist',
    }),
};
