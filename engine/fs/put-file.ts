/** Finished files, put where they belong. */
import { chmodSync, renameSync, rmSync, utimesSync } from 'node:fs';

/** Moves a file of ours on its file system; it is its owner's alone and has a time of its own. */
export function putFile(from: string, to: string, seconds: number): void {
  chmodSync(from, 0o600);
  utimesSync(from, seconds, seconds);
  renameSync(from, to);
}

/** Removes a file of ours, if it is there. */
export function dropFile(path: string): void {
  rmSync(path, { force: true });
}
