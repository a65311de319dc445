/** Carries results out to this machine's own files, as whoever runs the engine. */
import { constants, statSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportTree } from './host-export.js';
import { replaceFile } from './replace-file.js';

/** Copies a directory's contents into another; with `wipe`, what was there goes first. */
export async function exportDirectory(source: string, target: string, wipe: boolean): Promise<void> {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await exportTree(source, target, { owner, wipe });
}

/** Where a file goes. */
export interface FileTarget {
  readonly path: string;
  /** What the file is called in a directory. */
  readonly name: string;
  /** Whether `path` may be a directory, which takes the file under its name. */
  readonly mayBeDirectory: boolean;
}

/** Copies a file in one move, with its permissions. @throws Error when the path is a directory and may not be */
export async function exportFile(source: string, { path, name, mayBeDirectory }: FileTarget): Promise<void> {
  const intoDirectory = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (intoDirectory && !mayBeDirectory)
    throw new Error(`destination ${path} is a directory: it must be a file path unless allowParentDirPath is set`);
  const target = intoDirectory ? join(path, name) : path;
  await replaceFile(target, async beside => {
    await copyFile(source, beside, constants.COPYFILE_FICLONE);
    await chmod(beside, statSync(source).mode & 0o777);
  });
}
