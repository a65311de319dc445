/** Integrity values of files as package locks write them: `sha512-BASE64`. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The integrity value of a file. */
export function integrityOf(file: string, algorithm: string): string {
  return `${algorithm}-${createHash(algorithm).update(readFileSync(file)).digest('base64')}`;
}
