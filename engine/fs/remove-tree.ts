/** Removes directories of ours for good, never what may be mounted in them. */
import { existsSync } from 'node:fs';
import { execa } from 'execa';

/** Removes a tree, staying on its file system. What cannot be removed stays, and is tried again when the session is cleared. */
export async function removeTree(path: string): Promise<void> {
  if (!existsSync(path)) return;
  await execa('rm', ['-rf', '--one-file-system', '--', path], { reject: false });
}
