/** Removes directories of ours for good, never what may be mounted in them. */
import { lstatSync } from 'node:fs';
import { execa } from 'execa';

/** As many as a command line holds. */
const atOnce = 500;

/** Removes a tree, staying on its file system. What cannot be removed stays, and is tried again when the session is cleared. */
export const removeTree = (path: string): Promise<void> => removeTrees([path]);

/** The same for many. */
export async function removeTrees(paths: readonly string[]): Promise<void> {
  const there = paths.filter(path => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  for (let at = 0; at < there.length; at += atOnce)
    await execa('rm', ['-rf', '--one-file-system', '--', ...there.slice(at, at + atOnce)], { reject: false });
}
