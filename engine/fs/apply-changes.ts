/** Makes the difference of two trees in a third one. */
import { closeSync, constants, lstatSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import { copyEntry, makeDirectories, setMetadata } from './copy.js';
import { isAlike } from './diff.js';
import { openWithin, removeWithin, within } from './held.js';
import { rootPath } from './root-path.js';
import { findChanges, topmost } from './tree-changes.js';
import { walk } from './walk.js';

export interface TreePair {
  readonly before: string;
  readonly after: string;
}

/** Removes from a tree what the second of two others does not have any more. What is not there is gone already. */
function removePaths(root: string, top: string, paths: readonly string[]): void {
  for (const path of paths) {
    const at = rootPath(root, posix.join(top, path), false);
    if (at !== join(root, '/')) rmSync(at, { recursive: true, force: true });
  }
}

/**
 * Removes a path from a directory of this machine, through directories alone: what a link leads to is somebody else's.
 * @throws Error for a directory with something in it where a file was meant
 */
export function removeBelow(target: string, path: string): void {
  const opened = [openSync(target, constants.O_RDONLY | constants.O_DIRECTORY)];
  try {
    const steps = path.split('/').filter(Boolean);
    for (const step of steps.slice(0, -1)) opened.push(openWithin(opened.at(-1)!, step));
    const [directory, name] = [opened.at(-1)!, steps.at(-1)!];
    const isDirectory = lstatSync(within(directory, name)).isDirectory();
    if (isDirectory && !path.endsWith('/'))
      throw new Error(`${path} is a directory there, and a file was to be removed`);
    removeWithin(directory, name);
  } catch (error) {
    // It is gone already, or something else is in its place.
    if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** The place of an entry, whose directory is there: links on the way lead where they do in the tree. */
function placeFor(root: string, path: string): string {
  const directory = rootPath(root, posix.dirname(path));
  makeDirectories(directory);
  return join(directory, basename(path));
}

/**
 * Applies to the directory `top` of the tree at `root` what two directories differ in: what is gone is removed, what is new or other comes in place
 * of whatever is there.
 */
export async function applyChanges(root: string, top: string, { before, after }: TreePair): Promise<void> {
  const { removed } = await findChanges(before, after);
  removePaths(root, top, topmost(removed));
  for await (const { path, absolute, stats } of walk(after, () => 'selected')) {
    if (await isAlike({ lower: before, upper: after, path, stats })) continue;
    const to = placeFor(root, posix.join('/', top, path));
    if (!stats.isDirectory()) {
      await copyEntry(absolute, to, stats, {});
      continue;
    }
    if (lstatSync(to, { throwIfNoEntry: false })?.isDirectory() === false) rmSync(to);
    mkdirSync(to, { recursive: true });
    setMetadata(to, stats, {});
  }
}
