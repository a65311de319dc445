/** Carries results out to this machine's own files, as whoever runs the engine. */
import { constants, statSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { machineExtensions } from '../errors.js';
import { checkTarget, type Wanted } from './export-target.js';
import { type ExportOptions, exportTree } from './host-export.js';
import { replaceFile } from './replace-file.js';

/** Copies a directory's contents into another; with `wipe`, what was there goes first. */
export async function exportDirectory(
  source: string,
  target: string,
  options: Omit<ExportOptions, 'owner'>,
): Promise<void> {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  await exportTree(source, target, { owner, ...options });
}

/** Where a file goes. */
export interface FileTarget {
  readonly path: string;
  /** What the file is called in a directory. */
  readonly name: string;
  /** Whether `path` may be a directory, which takes the file under its name. */
  readonly mayBeDirectory: boolean;
}

/** What cannot be looked at is none. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Where the file is written. @throws Error when the path is a directory and may not be */
function placeOf({ path, name, mayBeDirectory }: FileTarget): string {
  if (!isDirectory(path)) return path;
  if (mayBeDirectory) return join(path, name);
  throw new Error(`destination ${path} is a directory: it must be a file path unless allowParentDirPath is set`);
}

/** Checks before the work that an export can be written. @throws Error that names the path and says why not */
export function checkExport(to: string | FileTarget, wanted: Wanted): void {
  const path = typeof to === 'string' ? to : placeOf(to);
  try {
    checkTarget(path, wanted);
  } catch (error) {
    if (machineExtensions(error) !== undefined) throw error;
    throw new Error(`cannot export to ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Copies a file in one move, with its permissions. @throws Error when the path is a directory and may not be */
export async function exportFile(source: string, to: FileTarget): Promise<void> {
  await replaceFile(placeOf(to), async beside => {
    await copyFile(source, beside, constants.COPYFILE_FICLONE);
    await chmod(beside, statSync(source).mode & 0o777);
  });
}
