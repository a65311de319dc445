/** What tests fetch once and keep between runs, on the machine's user's own account and nowhere else. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** Where it is kept. */
export const TEST_CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'quayside-tests');

/** What is fetched. */
export interface Fetched {
  /** Name of its directory below the cache, with its version. */
  readonly name: string;
  /** What a person is told before it is fetched. */
  readonly saying: string;
  /** A shell script that puts it into the directory `$1`, which is not there yet. */
  readonly script: string;
  readonly args?: readonly string[];
}

/**
 * Gives a directory of the cache, filled before it is given: by this process, or by another that it waits for.
 * @throws ExecaError with what the script wrote when it fails; nothing is kept then
 */
export async function fetched({ name, saying, script, args = [] }: Fetched): Promise<string> {
  const dir = join(TEST_CACHE, name);
  const ready = join(dir, '.ready');
  if (existsSync(ready)) return dir;
  await mkdir(TEST_CACHE, { recursive: true });
  console.error(`quayside: ${saying}, into ${dir}`);
  const once = `set -eu; [ ! -e "$1/.ready" ] || exit 0; rm -rf "$1"; ${script}\ntouch "$1/.ready"`;
  await execa('flock', [`${dir}.lock`, 'sh', '-c', once, 'sh', dir, ...args], { stdin: 'ignore', all: true });
  return dir;
}

/** Whether that has been fetched before. */
export const isFetched = (name: string): boolean => existsSync(join(TEST_CACHE, name, '.ready'));
