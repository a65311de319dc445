import type { FrontendDefinition } from './definition.js';
import { outputOf } from './shared/outputs.js';

/** Create React App, whose directory its configuration does not change. */
export const createReactApp: FrontendDefinition = {
  title: 'Create React App',
  doc: 'builds to `build`',
  rank: 7,
  packages: ['react-scripts'],
  commands: ['react-scripts'],
  makers: ['react-scripts'],
  takesOutOption: true,
  example: 3,
  bakes: { prefix: 'REACT_APP_' },
  output: async built => outputOf(built, undefined, { title: 'Create React App', directory: 'build' }),
};
