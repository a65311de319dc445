/** Copies what is in a file, holes as holes, and makes pipes, for which Node has no call. */
import { constants, copyFileSync, type Stats } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { execa, execaSync } from 'execa';

/** Above this, others get their turn while the copy is made. */
const long = 4 * 1024 * 1024;
const blockSize = 512;

/** Whether a file holds less on its disk than it has bytes. */
export const isSparse = ({ blocks, size }: Stats): boolean => size > long && blocks * blockSize < size;

/** Copies the contents of a regular file to a path, which is followed when there is something at it. */
export async function copyContents(from: string, to: string, stats: Stats): Promise<void> {
  if (isSparse(stats)) await execa('cp', ['--sparse=always', '--no-preserve=all', '--', from, to]);
  else if (stats.size > long) await copyFile(from, to, constants.COPYFILE_FICLONE);
  else copyFileSync(from, to, constants.COPYFILE_FICLONE);
}

/** Makes a named pipe. @throws Error when something is there */
export function makePipe(path: string): void {
  execaSync('mkfifo', ['--', path], { stdin: 'ignore' });
}
