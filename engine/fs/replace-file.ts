/** Files of the user's are replaced whole or not at all. */
import { mkdirSync, realpathSync, statSync } from 'node:fs';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { besideName, sweep } from './beside.js';

/**
 * Has a file written beside `target` and moves it there once its bytes are on disk: until then, and when writing fails, the old file stays as it
 * is and nothing else is left. Parents are made. An old file keeps its mode; where `target` is a link, what it leads to is replaced.
 * @param write gets the name to write to, which does not exist yet
 * @throws Error when something else than a file is there
 */
export async function replaceFile(target: string, write: (beside: string) => Promise<void>): Promise<void> {
  const old = statSync(target, { throwIfNoEntry: false });
  if (old !== undefined && !old.isFile()) throw new Error(`${target} is not a regular file: nothing is written there`);
  const place = old === undefined ? target : realpathSync(target);
  mkdirSync(dirname(place), { recursive: true });
  sweep(dirname(place));
  const beside = join(dirname(place), besideName());
  try {
    await write(beside);
    if (old !== undefined) await chmod(beside, old.mode & 0o7777);
    const handle = await open(beside, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, place);
  } finally {
    await rm(beside, { force: true });
  }
}
