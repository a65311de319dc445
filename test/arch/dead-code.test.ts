import { describe, expect, test } from 'vitest';
import { declarationsOf, unreached } from './declarations.js';
import { sourceFiles } from './imports.js';

/** What runs or reads the code from outside of it: Dagger, the launcher, npm's scripts, threads. */
const ENTRIES = [
  'src/index.ts#*',
  'cli/main.ts#*',
  'cli/bundle.mjs#*',
  'engine/oci/gzip-thread.mjs#*',
  ...['scripts', 'bench'].flatMap(sourceFiles).map(file => `${file}#*`),
];

/** Declarations that only tests use, each with the reason why it stays where it is. */
const KEPT: Readonly<Record<string, string>> = {
  'src/source/tree.ts#memoryTree':
    'the tree that detection reads, without a disk: every test of detection begins with it',
};

const declarations = ['src', 'engine', 'cli', 'scripts', 'bench']
  .flatMap(sourceFiles)
  .flatMap(file => declarationsOf(file));

describe('dead code', () => {
  test('every declaration is used by the module, the engine or the command line, not by tests alone', () => {
    const dead = unreached(declarations, [...ENTRIES, ...Object.keys(KEPT)]);
    expect(dead.map(({ id, line }) => id.replace('#', `:${line} `))).toEqual([]);
  });

  test('the list of exceptions holds nothing that is used, or is not there any more', () => {
    const dead = new Set(unreached(declarations, ENTRIES).map(({ id }) => id));
    expect(Object.keys(KEPT).filter(id => !dead.has(id))).toEqual([]);
  });

  test('what only dead code or itself uses is dead; names of properties, strings and comments are no uses', () => {
    const files = {
      'src/main.ts': `
        import { used, type Shape } from './parts.js';
        import * as all from './all.js';
        export { renamed as shown } from './aliased.js';
        const options = { unused: 1, text: 'unused' }; // unused
        options.unused += 1;
        export const main = (shape: Shape) => used(shape) + all.anything + load();
        const load = () => import('./lazy.js');`,
      'src/parts.ts': `
        export interface Shape { readonly size: Size }
        type Size = number;
        export function used({ size }: Shape) { return size; }
        export function unused() { return deeper(); }
        function deeper() { return unused(); }`,
      'src/all.ts': 'export const anything = 1;',
      'src/aliased.ts': 'export const renamed = 1; export const other = 2;',
      'src/lazy.ts': 'export const loaded = 1; register(); function register() {}',
      'src/alone.ts': 'export const alone = 1; console.log(alone);',
    };
    const all = Object.entries(files).flatMap(([file, text]) => declarationsOf(file, text));
    expect(unreached(all, ['src/main.ts#*']).map(({ id }) => id)).toEqual([
      'src/parts.ts#unused',
      'src/parts.ts#deeper',
      'src/aliased.ts#other',
      'src/alone.ts#alone',
    ]);
  });
});
