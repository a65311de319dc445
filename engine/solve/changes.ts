/** Differences of two trees as git tells them: patches, lines, renames; and several of them brought together. */
import { join, resolve } from 'node:path';
import { makeDirectories } from '../fs/copy.js';
import { removeTree } from '../fs/remove-tree.js';
import { findChanges, inOrder, type TreeChanges, topmost } from '../fs/tree-changes.js';
import { type ChangedTrees, defineOp, type OpOf } from '../objects/op.js';
import type { DiffStatRef } from '../objects/registry.js';
import { git, runGit } from '../podman/git.js';
import { keepFilled } from '../store/filled-layers.js';
import type { Made } from '../store/snapshots.js';
import { writeLayer } from '../store/written-layers.js';
import type { Engine, EngineContext } from './context.js';

/** What the file of a patch is called. */
export const patchName = 'diff.patch';

/** `git diff` ends with this where there are differences. */
const differs = 1;

/** Outside of any repository: the trees may have files that look like one. */
const outside = { GIT_DIR: '/dev/null' };

async function gitDiff(context: EngineContext, cwd: string, args: readonly string[]): Promise<string> {
  const call = { args: ['diff', '--no-index', ...args], cwd, signal: context.activity.signal, env: outside };
  const { exitCode, stdout, stderr } = await runGit(call);
  if (exitCode > differs) throw new Error(`git diff: ${stderr}`);
  return stdout;
}

/** Writes the patch that leads from one tree to another, as a file of a tree of its own. */
export async function makePatch({ context, solver }: Engine, { before, after }: OpOf<'patch-of'>): Promise<Made> {
  const [a, b] = [await solver.locate(before), await solver.locate(after)];
  const layer = await keepFilled(context.store, async directory => {
    const root = join(directory, 'root');
    for (const name of [root, join(directory, 'a'), join(directory, 'b')]) makeDirectories(name);
    const { exitCode, stderr } = await runGit({
      args: ['diff', '--binary', '--no-prefix', '--no-index', 'a', 'b'],
      cwd: directory,
      signal: context.activity.signal,
      env: outside,
      seen: { a, b },
      output: join(root, patchName),
    });
    if (exitCode > differs) throw new Error(`git diff: ${stderr}`);
    return root;
  });
  return { layers: [layer] };
}

interface Lines {
  readonly added: number;
  readonly removed: number;
  readonly oldPath?: string;
}

const count = (text: string | undefined): number => (text === '-' ? 0 : Number(text));

/** Reads lines of `git diff --numstat -z`: counts and a path, or counts and two paths where a file was renamed. */
export function readNumbers(text: string, before: string, after: string): ReadonlyMap<string, Lines> {
  const below = (path: string): string =>
    path.slice(path.startsWith(`${after}/`) ? after.length + 1 : before.length + 1);
  const tokens = text.split('\0');
  const lines = new Map<string, Lines>();
  for (let at = 0; at < tokens.length; at += 1) {
    const [added, removed, path] = tokens[at]!.split('\t');
    if (path === undefined) continue;
    const counts = { added: count(added), removed: count(removed) };
    if (path !== '') {
      lines.set(below(path), counts);
      continue;
    }
    const [from, to] = [tokens[at + 1]!, tokens[at + 2]!];
    at += 2;
    if (to === '/dev/null') lines.set(below(from), counts);
    // What is in both trees has two paths as well, which are one.
    else
      lines.set(
        below(to),
        from === '/dev/null' || below(from) === below(to) ? counts : { ...counts, oldPath: below(from) },
      );
  }
  return lines;
}

/** What changed at each path between two directories, in the order of the paths' bytes; a file that was renamed is one. */
export async function diffStats(
  context: EngineContext,
  ...trees: [before: string, after: string]
): Promise<readonly DiffStatRef[]> {
  const [before, after] = trees.map(tree => resolve(tree)) as typeof trees;
  const { added, modified, removed } = await findChanges(before, after);
  const numbers = readNumbers(await gitDiff(context, '/', ['--numstat', '-z', before, after]), before, after);
  const renamed = new Set([...numbers.values()].flatMap(({ oldPath }) => oldPath ?? []));
  const stat = (path: string, kind: DiffStatRef['kind']): DiffStatRef => {
    const { added: addedLines = 0, removed: removedLines = 0, oldPath } = numbers.get(path) ?? {};
    const counts = { addedLines, removedLines };
    return oldPath === undefined ? { path, kind, ...counts } : { path, oldPath, kind: 'RENAMED', ...counts };
  };
  const stats = new Map([
    ...removed.filter(path => !renamed.has(path)).map(path => [path, stat(path, 'REMOVED')] as const),
    ...added.map(path => [path, stat(path, 'ADDED')] as const),
    ...modified.map(path => [path, stat(path, 'MODIFIED')] as const),
  ]);
  return inOrder([...stats.keys()]).map(path => stats.get(path)!);
}

/** Where two changes are about one path. */
export interface Conflict {
  readonly path: string;
  readonly why: 'added twice' | 'modified twice' | 'modified and removed';
}

/** What two changes have to do with each other. */
export function conflictsOf(ours: TreeChanges, theirs: TreeChanges): readonly Conflict[] {
  const [added, modified, removed] = [theirs.added, theirs.modified, topmost(theirs.removed)].map(p => new Set(p));
  return [
    ...ours.added.filter(path => added!.has(path)).map(path => ({ path, why: 'added twice' as const })),
    ...ours.modified.flatMap((path): Conflict[] => {
      if (modified!.has(path)) return [{ path, why: 'modified twice' }];
      return removed!.has(path) ? [{ path, why: 'modified and removed' }] : [];
    }),
    ...topmost(ours.removed)
      .filter(path => modified!.has(path))
      .map(path => ({ path, why: 'modified and removed' as const })),
  ];
}

const words: Readonly<Record<Conflict['why'], string>> = {
  'added twice': 'path added in both changesets',
  'modified twice': 'path modified in both changesets',
  'modified and removed': 'path modified in one changeset and removed in the other',
};

/** @throws Error that names every path that two changes are about */
function refuseConflicts(conflicts: readonly Conflict[]): void {
  if (conflicts.length === 0) return;
  throw new Error(
    conflicts
      .map(({ path, why }) => `conflict between changesets at path ${JSON.stringify(path)}: ${words[why]}`)
      .join('\n'),
  );
}

type Work = (...args: readonly string[]) => Promise<string>;

/** A branch with one change on the first commit; it may be empty. */
async function makeBranch(run: Work, name: string, patch: string, from: string): Promise<void> {
  await run('checkout', '-q', '-b', name, from);
  await run('apply', '--allow-empty', patch);
  await run('add', '-A');
  await run('commit', '-q', '--allow-empty', '-m', name);
}

/** Of a file that one change has modified and the other removed, one is taken. */
async function settleRemoved(
  run: Work,
  paths: readonly string[],
  ours: TreeChanges,
  wanted: OpOf<'merge'>['onConflict'],
): Promise<void> {
  const gone = new Set(ours.removed);
  for (const path of paths) {
    const oursGone = gone.has(path);
    const useOurs = wanted === 'LEAVE_CONFLICT_MARKERS' ? !oursGone : wanted === 'PREFER_OURS';
    if (useOurs === oursGone) await run('rm', '--quiet', '--force', '--', path);
    else await run('checkout', '-q', useOurs ? '--ours' : '--theirs', '--', path);
  }
  await run('add', '-A');
}

/** Changes of one tree brought together by git, in a repository that is there for that alone. */
export async function makeMerge(engine: Engine, op: OpOf<'merge'>): Promise<Made> {
  const { context, solver } = engine;
  const all = [op.ours, ...op.others];
  const changes = await Promise.all(all.map(pair => changesOf(engine, pair)));
  const pairs = changes.flatMap((one, index) => changes.slice(index + 1).map(other => conflictsOf(one, other)));
  if (op.onConflict === 'FAIL_EARLY') refuseConflicts(pairs.flat());
  const patches = await Promise.all(all.map(pair => solver.locate({ op: patchOf(pair), path: `/${patchName}` })));
  const { layers } = await solver.solve(op.base);
  const written = await writeLayer(context, layers, async ({ root }) => {
    const run: Work = (...args) => git({ args, cwd: root, signal: context.activity.signal });
    await run('init', '-q', '-b', 'base');
    await run('add', '-A');
    await run('commit', '-q', '--allow-empty', '-m', 'base');
    for (const [index, patch] of patches.entries()) await makeBranch(run, `changes-${index}`, patch, 'base');
    await run('checkout', '-q', 'changes-0');
    await mergeInto(run, op, { ours: changes[0]!, conflicts: pairs.flat() });
    await removeTree(join(root, '.git'));
  });
  return { layers: written };
}

interface Known {
  readonly ours: TreeChanges;
  readonly conflicts: readonly Conflict[];
}

async function mergeInto(run: Work, { others, onConflict }: OpOf<'merge'>, { ours, conflicts }: Known): Promise<void> {
  const prefer = onConflict === 'PREFER_OURS' ? ['-X', 'ours'] : onConflict === 'PREFER_THEIRS' ? ['-X', 'theirs'] : [];
  const branches = others.map((_, index) => `changes-${index + 1}`);
  const merged = run('merge', '-q', '--no-edit', '--no-commit', ...prefer, ...branches);
  if (onConflict === 'FAIL' || onConflict === 'FAIL_EARLY') return void (await merged);
  await merged.catch(() => undefined);
  const removed = conflicts.filter(({ why }) => why === 'modified and removed').map(({ path }) => path);
  if (removed.length > 0) await settleRemoved(run, removed, ours, onConflict);
}

/** The patch between two trees, as an operation. */
export const patchOf = ({ before, after }: ChangedTrees): OpOf<'patch-of'> =>
  defineOp({ kind: 'patch-of', before, after });

/** What two trees differ in. */
export async function changesOf({ solver }: Engine, { before, after }: ChangedTrees): Promise<TreeChanges> {
  return findChanges(await solver.locate(before), await solver.locate(after));
}
