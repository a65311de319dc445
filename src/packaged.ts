/** The files that Quayside itself carries beside src/: docker/ and compose/. */
import { readFileSync } from 'node:fs';

/**
 * Reads one of Quayside's own files.
 * @param path path relative to the repository's root, such as `docker/entrypoint.sh`
 * @returns its text; throws when the file is not part of the distribution
 */
export function readPackaged(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}
