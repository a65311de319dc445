import type { FrontendDefinition } from './definition.js';
import { literalOf, outputOf } from './shared/outputs.js';

/** Vue's command line of before Vite. */
export const vueCli: FrontendDefinition = {
  title: 'Vue CLI',
  doc: '`outputDir` of vue.config',
  rank: 7,
  packages: ['@vue/cli-service'],
  commands: ['vue-cli-service'],
  makers: ['@vue/cli-service'],
  takesOutOption: true,
  bakes: { prefix: 'VUE_APP_' },
  output: async built =>
    outputOf(built, literalOf(await built.config('vue.config'), 'outputDir'), { title: 'Vue CLI', directory: 'dist' }),
};
