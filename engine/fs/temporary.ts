/** Directories that are there for as long as they are used. */
import { mkdtemp } from 'node:fs/promises';
import { removeTree } from './remove-tree.js';

/** Makes a directory whose path begins with `prefix` for `use`, and removes it afterwards. */
export async function withTemporaryDirectory<T>(prefix: string, use: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(prefix);
  try {
    return await use(dir);
  } finally {
    await removeTree(dir);
  }
}
