/** A directory made like another one by what is known to have changed. */
import { existsSync, lstatSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, posix } from 'node:path';
import { SourceError } from '../errors.js';
import { copyEntry, setMetadata } from './copy.js';
import type { Owner } from './owner.js';

/** Paths that are no more, and paths that are new or otherwise, parents before what is in them. */
export interface Changes {
  readonly gone: readonly string[];
  readonly fresh: readonly string[];
}

/**
 * Writes what is new in one directory over what was there in another.
 * @throws SourceError when something new is no longer there
 */
export async function bringUpToDate(root: string, from: string, { gone, fresh }: Changes, owner: Owner): Promise<void> {
  for (const path of gone) rmSync(join(root, path), { recursive: true, force: true });
  const touched = new Set([...gone, ...fresh].map(path => posix.dirname(path)));
  for (const path of fresh) {
    const [source, target] = [join(from, path), join(root, path)];
    const stats = lstatSync(source, { throwIfNoEntry: false });
    if (stats === undefined) throw new SourceError(`${path} went away while it was taken in`);
    if (!stats.isDirectory()) {
      await copyEntry(source, target, stats, { owner });
      continue;
    }
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (there !== undefined && !there.isDirectory()) rmSync(target);
    if (there?.isDirectory() !== true) mkdirSync(target);
    setMetadata(target, stats, { owner });
  }
  for (const path of touched) {
    if (path === '.' || !existsSync(join(root, path))) continue;
    const { atimeMs, mtimeMs } = statSync(join(from, path));
    utimesSync(join(root, path), atimeMs / 1000, mtimeMs / 1000);
  }
}
