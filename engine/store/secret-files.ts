/** Secrets as files on the session's tmpfs, for the time of a run. */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Owner } from '../fs/owner.js';

/** Writes a secret to a file of its own, readable by nobody else until it has its owner and mode. */
export function writeSecretFile(
  file: string,
  plaintext: string,
  { owner, mode }: { readonly owner: Owner | undefined; readonly mode: number },
): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, plaintext, { mode: 0o600 });
  if (owner) chownSync(file, owner.uid, owner.gid);
  chmodSync(file, mode);
}

/** Removes a secret's file. */
export async function removeSecretFile(file: string): Promise<void> {
  await rm(file, { force: true });
}
