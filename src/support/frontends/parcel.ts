import type { FrontendDefinition } from './definition.js';
import { outputOf } from './shared/outputs.js';

/** Parcel, whose directory only an option changes. */
export const parcel: FrontendDefinition = {
  title: 'Parcel',
  doc: 'builds to `dist`',
  rank: 12,
  packages: ['parcel', 'parcel-bundler'],
  commands: ['parcel'],
  makers: ['parcel'],
  verbs: ['build'],
  writes: { directories: ['--dist-dir', '-d', '--out-dir'], takingValue: ['--public-url', '--target', '--config'] },
  output: async built => outputOf(built, undefined, { title: 'Parcel', directory: 'dist' }),
};
