/** Looks whether output can be written where it is wanted, before the work that makes it. */
import { checkTarget, type Wanted } from '../engine/fs/export-target.js';
import { isOutOfRoom, UsageError } from './exit-codes.js';

/**
 * Checks that a file or a directory can be written at an absolute path; parents that are missing may be made.
 * @param flag who named the path
 * @throws UsageError that says why not; the file system's own error when there is no room left
 */
export function checkWritable(flag: string, path: string, wanted: Wanted): void {
  try {
    checkTarget(path, wanted);
  } catch (error) {
    if (isOutOfRoom(error)) throw error;
    throw new UsageError(`${flag}=${path} cannot be written: ${(error as Error).message}`, { cause: error });
  }
}
