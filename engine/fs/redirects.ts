/** Files that a process's streams are redirected to and from. */
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import type { Owner } from './owner.js';
import { statEntry } from './root-path.js';

/** What a process gets as its input. @throws Error when the file cannot be read */
export function readInput(path: string): string {
  return readFileSync(path, 'utf8');
}

/** Opens what a stream is redirected to before the process starts, as a shell does: emptied, or made for the owner alone. */
export function openOutput(path: string, owner: Owner): void {
  const existed = statEntry(path) !== undefined;
  writeFileSync(path, '');
  chownSync(path, owner.uid, owner.gid);
  if (!existed) chmodSync(path, 0o600);
}
