/** The files of one tree that another does not have or has otherwise. */
import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';
import { hashFile } from './content-hash.js';
import { copyEntry, setMetadata } from './copy.js';
import { rootPath, statEntry } from './root-path.js';
import { walk } from './walk.js';

async function same(lower: string, upper: string, a: Stats | undefined, b: Stats): Promise<boolean> {
  if (a === undefined || a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return false;
  if (b.isDirectory()) return true;
  if (b.isSymbolicLink()) return readlinkSync(lower) === readlinkSync(upper);
  return a.size === b.size && (await hashFile(lower)) === (await hashFile(upper));
}

/** What the tree has at a path that leads through directories alone: what is behind a link lies elsewhere, perhaps outside the tree. */
function statWithin(root: string, path: string): Stats | undefined {
  const directory = posix.join('/', posix.dirname(path));
  try {
    return rootPath(root, directory) === join(root, directory) ? statEntry(join(root, path)) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** An entry of one of two trees. */
interface Compared {
  readonly lower: string;
  readonly upper: string;
  readonly path: string;
  readonly stats: Stats;
}

/** Whether the lower of two trees has an entry of the upper one, and has it alike. */
export function isAlike({ lower, upper, path, stats }: Compared): Promise<boolean> {
  return same(join(lower, path), join(upper, path), statWithin(lower, path), stats);
}

/** Makes the directories around an entry; they are like the upper ones, though these say nothing new. */
function makeParents(upper: string, target: string, path: string): void {
  const to = join(target, path);
  if (path === '.' || lstatSync(to, { throwIfNoEntry: false }) !== undefined) return;
  makeParents(upper, target, posix.dirname(path));
  mkdirSync(to);
  setMetadata(to, lstatSync(join(upper, path)), {});
}

/** Copies to `target` what `upper` has and `lower` has not, or not the same. */
export async function copyDifference(lower: string, upper: string, target: string): Promise<void> {
  for await (const entry of walk(upper, () => 'selected')) {
    if (await isAlike({ lower, upper, path: entry.path, stats: entry.stats })) continue;
    const to = join(target, entry.path);
    makeParents(upper, target, posix.dirname(entry.path));
    if (entry.stats.isDirectory()) makeParents(upper, target, entry.path);
    else await copyEntry(entry.absolute, to, entry.stats, {});
  }
}
