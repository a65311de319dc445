/** What two trees differ in, path by path, as git sees it: whether a file may be run counts of its mode, whose it is does not. */
import { readlinkSync, type Stats } from 'node:fs';
import { hashFile } from './content-hash.js';
import { walk } from './walk.js';

/** Paths that are in one tree, or in both and not alike. In the order of their bytes; those of directories end with a slash. */
export interface TreeChanges {
  readonly added: readonly string[];
  readonly modified: readonly string[];
  /** All that is gone. */
  readonly removed: readonly string[];
}

interface Entry {
  readonly absolute: string;
  readonly stats: Stats;
}

/** Sorts by bytes, as Dagger does; JavaScript's own order is another above U+FFFF. */
export const inOrder = (paths: readonly string[]): string[] =>
  paths
    .map(path => Buffer.from(path))
    .sort(Buffer.compare)
    .map(String);

/** The entries of a tree; the keys of directories end with a slash, so that a file in place of one is something else. */
async function entriesOf(root: string): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const { path, absolute, stats } of walk(root, () => 'selected'))
    entries.set(stats.isDirectory() ? `${path}/` : path, { absolute, stats });
  return entries;
}

const executable = 0o111;
const kindOf = (stats: Stats): string => {
  if (stats.isSymbolicLink()) return 'link';
  return stats.mode & executable ? 'program' : 'file';
};

async function isModified(was: Entry, is: Entry): Promise<boolean> {
  if (is.stats.isDirectory()) return false;
  if (kindOf(was.stats) !== kindOf(is.stats)) return true;
  if (is.stats.isSymbolicLink()) return readlinkSync(was.absolute) !== readlinkSync(is.absolute);
  if (!was.stats.isFile() || !is.stats.isFile())
    return was.stats.isFile() !== is.stats.isFile() || was.stats.rdev !== is.stats.rdev;
  if (was.stats.size !== is.stats.size) return true;
  return (await hashFile(was.absolute, was.stats)) !== (await hashFile(is.absolute, is.stats));
}

/** Compares two directories. */
export async function findChanges(before: string, after: string): Promise<TreeChanges> {
  const [old, now] = await Promise.all([entriesOf(before), entriesOf(after)]);
  const modified: string[] = [];
  for (const [path, is] of now) {
    const was = old.get(path);
    if (was !== undefined && (await isModified(was, is))) modified.push(path);
  }
  return {
    added: inOrder([...now.keys()].filter(path => !old.has(path))),
    modified: inOrder(modified),
    removed: inOrder([...old.keys()].filter(path => !now.has(path))),
  };
}

/** Paths without those below a directory that is among them: it says enough of what was in it. */
export function topmost(paths: readonly string[]): readonly string[] {
  let above: string | undefined;
  return paths.filter(path => {
    if (above !== undefined && path.startsWith(above)) return false;
    above = path.endsWith('/') ? path : undefined;
    return true;
  });
}

/** Whether any file differs; directories alone do not count. */
export function hasChanges({ added, modified, removed }: TreeChanges): boolean {
  return modified.length > 0 || [...added, ...removed].some(path => !path.endsWith('/'));
}
