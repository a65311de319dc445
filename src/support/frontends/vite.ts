import { type Finding, found } from '../../source/finding.js';
import { resolvePath } from '../../source/paths.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { directoryOf, outputOf } from './shared/outputs.js';

/** Vite by itself: frameworks that build with it say more than it does. */
export const vite: FrontendDefinition = {
  title: 'Vite',
  doc: '`root` and `build.outDir` of vite.config',
  rank: 10,
  packages: ['vite'],
  commands: ['vite'],
  makers: ['vite'],
  takesOutOption: true,
  example: 1,
  bakes: { prefix: 'VITE_' },
  output,
};

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('vite.config');
  const directory = directoryOf(config, 'outDir', 'build');
  // Where the pages lie, when not beside package.json: it is written there.
  const pages = directoryOf(config, 'root');
  if (pages === 'unknown') return found<BuildOutput>(undefined);
  const root = pages === undefined ? built.root : resolvePath(built.root, pages.value);
  return outputOf({ root, path: built.path }, directory, { title: 'Vite', directory: 'dist' });
}
