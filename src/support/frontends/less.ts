import type { FrontendDefinition } from './definition.js';
import { byCommandLine } from './shared/outputs.js';

/** Less by its command line. */
export const less: FrontendDefinition = {
  title: 'Less',
  doc: 'what its command line writes: `lessc in.less out.css`',
  rank: 23,
  packages: [],
  commands: ['lessc'],
  makers: ['less'],
  writes: { takingValue: ['-I', '-x'], operands: true },
  output: byCommandLine,
};
