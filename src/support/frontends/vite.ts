import { type Finding, found } from '../../source/finding.js';
import { resolvePath } from '../../source/paths.js';
import type { BuildOutput, BuiltPackage, FrontendDefinition } from './definition.js';
import { directoryInAny, environmentOf, matchIn, outputOf, withMerged } from './shared/outputs.js';

/** Vite by itself: frameworks that build with it say more than it does. */
export const vite: FrontendDefinition = {
  title: 'Vite',
  doc: '`root` and `build.outDir` of vite.config',
  rank: 10,
  packages: ['vite', 'vite-plus'],
  commands: ['vite', 'vp'],
  // Refine's own program runs the one that its project has: https://refine.dev/docs/packages/cli/
  through: ['refine'],
  watches: ['--watch'],
  makers: ['vite'],
  verbs: ['build'],
  writes: { directories: ['--outDir'], takingValue: ['-c', '--config', '-m', '--mode', '--base', '-l', '--logLevel'] },
  example: 1,
  bakes: { prefix: 'VITE_' },
  output,
};

async function output(built: BuiltPackage): Promise<Finding<BuildOutput>> {
  const config = await built.config('vite.config', '-c', '--config');
  const configs = await withMerged(built, config);
  const mode = built.option('-m', '--mode') ?? 'production';
  const known = new Map([
    ['mode', mode],
    ['command', 'build'],
    ['process.env.NODE_ENV', 'production'],
    ...environmentOf(built),
  ]);
  const directory = directoryInAny(configs, { key: 'outDir', within: 'build', known }, built);
  // Where the pages lie, when not beside package.json: it is written there. `vite build ROOT` names it too.
  const named = built.operands[1];
  const pages = named === undefined ? directoryInAny(configs, { key: 'root', known }, built) : { value: named };
  if (pages === 'unknown') return found<BuildOutput>(undefined);
  const from = (pages && 'root' in pages ? pages.root : undefined) ?? built.root;
  const root = pages === undefined ? built.root : resolvePath(from, pages.value);
  const made = outputOf({ root, path: built.path }, directory, { title: 'Vite', directory: 'dist' });
  const isKept =
    matchIn(config, /\bemptyOutDir:\s*false\b/) !== undefined || built.command.includes('--emptyOutDir=false');
  return made.value && isKept ? found({ ...made.value, isShared: true }) : made;
}
