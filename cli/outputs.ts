/** Looks whether output can be written where it is wanted, before the work that makes it. */

import { mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isOutOfRoom, UsageError } from './exit-codes.js';

/**
 * Checks that a file or a directory can be written at an absolute path; parents that are missing may be made.
 * @param flag who named the path
 * @throws UsageError that says why not; the file system's own error when there is no room left
 */
export function checkWritable(flag: string, path: string, wanted: 'file' | 'directory'): void {
  const there = lookAt(flag, path);
  if (there === 'missing') {
    probe(flag, path, nearestParent(flag, path));
    return;
  }
  if (there !== wanted)
    throw new UsageError(`${flag}=${path}: ${article(there)} is there, ${article(wanted)} cannot be written`);
  probe(flag, path, wanted === 'directory' ? path : dirname(path));
}

type Seen = 'file' | 'directory' | 'device' | 'missing';

function lookAt(flag: string, path: string): Seen {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? 'directory' : stats.isFile() ? 'file' : 'device';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing';
    throw new UsageError(`${flag}=${path} cannot be written: ${message}`);
  }
}

const article = (what: Seen): string => (what === 'device' ? 'something that is no file' : `a ${what}`);

/** The directory in which what is missing would be made. */
function nearestParent(flag: string, path: string): string {
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    const there = lookAt(flag, parent);
    if (there === 'directory') return parent;
    if (there !== 'missing') throw new UsageError(`${flag}=${path}: ${parent} is no directory`);
  }
}

/** Makes something in the directory and takes it away again: permissions alone do not say whether that is possible. */
function probe(flag: string, path: string, directory: string): void {
  try {
    rmdirSync(mkdtempSync(join(directory, '.quayside-')));
  } catch (error) {
    if (isOutOfRoom(error)) throw error;
    throw new UsageError(`${flag}=${path} cannot be written: ${(error as Error).message}`);
  }
}
