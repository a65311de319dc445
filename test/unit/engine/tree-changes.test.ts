import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findChanges, hasChanges, inOrder, topmost } from '../../../engine/fs/tree-changes.js';
import { conflictsOf, readNumbers } from '../../../engine/solve/changes.js';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-changes-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

let made = 0;
/** A directory with files; `@` before a text makes a link, `!` a program. */
function tree(files: Readonly<Record<string, string>>): string {
  made += 1;
  const root = join(dir, String(made));
  mkdirSync(root);
  for (const [path, text] of Object.entries(files)) {
    const at = join(root, path);
    mkdirSync(path.endsWith('/') ? at : dirname(at), { recursive: true });
    if (path.endsWith('/')) continue;
    if (text.startsWith('@')) symlinkSync(text.slice(1), at);
    else writeFileSync(at, text);
    if (text.startsWith('!')) chmodSync(at, 0o755);
  }
  return root;
}

describe('two trees', () => {
  it.each([
    ['nothing', { a: '1', 'd/b': '2' }, { a: '1', 'd/b': '2' }, [], [], []],
    ['a text of the same length', { a: '1' }, { a: '2' }, [], ['a'], []],
    ['where a link leads', { a: '@x' }, { a: '@y' }, [], ['a'], []],
    ['a file for a link', { a: '@x', x: '' }, { a: '', x: '' }, [], ['a'], []],
    ['a directory for a file', { a: '' }, { 'a/b': '' }, ['a/', 'a/b'], [], ['a']],
    ['a file for a directory', { 'a/b': '' }, { a: '' }, ['a'], [], ['a/', 'a/b']],
    ['a directory for a link', { a: '@.' }, { 'a/b': '' }, ['a/', 'a/b'], [], ['a']],
  ])('%s', async (_, before, after, added, modified, removed) => {
    expect(await findChanges(tree(before as never), tree(after as never))).toEqual({ added, modified, removed });
  });

  it('that a file may be run counts, and who else may read it does not', async () => {
    const [plain, program, open] = [tree({ a: 'x' }), tree({ a: 'x' }), tree({ a: 'x' })];
    chmodSync(join(program, 'a'), 0o700);
    chmodSync(join(open, 'a'), 0o666);
    expect((await findChanges(plain, program)).modified).toEqual(['a']);
    expect(hasChanges(await findChanges(plain, open))).toBe(false);
  });
});

it('paths are in the order of their bytes', () => {
  expect(inOrder(['\u{10000}', '\uffff', 'b', 'a/', 'a.txt', 'a/b'])).toEqual([
    'a.txt',
    'a/',
    'a/b',
    'b',
    '\uffff',
    '\u{10000}',
  ]);
});

it('a directory that is gone says what was in it, and nothing of its neighbours', () => {
  expect(topmost(['a', 'a.txt', 'a/', 'a/b/', 'a/b/c', 'ab', 'b/', 'b/c'])).toEqual(['a', 'a.txt', 'a/', 'ab', 'b/']);
});

it('lines are those of git, by the path that there is now', () => {
  const text = [
    '1\t2\t',
    '/t/1/f',
    '/t/2/f',
    '3\t0\t',
    '/dev/null',
    '/t/2/n',
    '0\t4\t',
    '/t/1/g',
    '/dev/null',
    '-\t-\t',
    '/t/1/o',
    '/t/2/d/m',
    '',
  ];
  expect([...readNumbers(text.join('\0'), '/t/1', '/t/2')]).toEqual([
    ['f', { added: 1, removed: 2 }],
    ['n', { added: 3, removed: 0 }],
    ['g', { added: 0, removed: 4 }],
    ['d/m', { added: 0, removed: 0, oldPath: 'o' }],
  ]);
  expect([...readNumbers('', '/t/1', '/t/2')]).toEqual([]);
});

it('changes conflict at what both are about', () => {
  const changes = (added: string[], modified: string[], removed: string[]) => ({ added, modified, removed });
  const ours = changes(['n', 'o'], ['a', 'b', 'x'], ['c', 'd/', 'd/e']);
  const theirs = changes(['n', 'p'], ['a', 'c', 'd/e', 'y'], ['b', 'c2']);
  expect(conflictsOf(ours, theirs).map(({ path, why }) => `${path}: ${why}`)).toEqual([
    'n: added twice',
    'a: modified twice',
    'b: modified and removed',
    'c: modified and removed',
  ]);
});
