/** The files of one tree that another does not have or has otherwise. */
import { lstatSync, mkdirSync, readlinkSync, type Stats } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { hashFile } from './content-hash.js';
import { copyEntry, makeDirectories } from './copy.js';
import { rootPath } from './root-path.js';
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
  return rootPath(root, directory) === join(root, directory)
    ? lstatSync(join(root, path), { throwIfNoEntry: false })
    : undefined;
}

/** Copies to `target` what `upper` has and `lower` has not, or not the same. */
export async function copyDifference(lower: string, upper: string, target: string): Promise<void> {
  for await (const entry of walk(upper, () => 'selected')) {
    const counterpart = join(lower, entry.path);
    if (await same(counterpart, entry.absolute, statWithin(lower, entry.path), entry.stats)) continue;
    const to = join(target, entry.path);
    makeDirectories(dirname(to));
    if (entry.stats.isDirectory()) mkdirSync(to, { recursive: true, mode: entry.stats.mode & 0o7777 });
    else await copyEntry(entry.absolute, to, entry.stats, {});
  }
}
