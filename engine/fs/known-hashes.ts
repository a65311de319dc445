/** Remembers the hashes of this machine's files by their stats, so that an unchanged tree is not read again. */
import type { Stats } from 'node:fs';
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { type FileHasher, hashFile } from './content-hash.js';

export interface KnownHashes {
  readonly hash: FileHasher;
  /** Writes what was learnt. */
  save(): Promise<void>;
}

type Entry = readonly [stamp: string, hash: string];

const stampOf = (stats: Stats): string => `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
/** A file written this recently may change again within the clock's grain. */
const settled = 2000;
const mostEntries = 200_000;

/** Opens the memory kept in a file; a file that cannot be read starts an empty one. */
export function openKnownHashes(file: string): KnownHashes {
  let entries: Map<string, Entry>;
  try {
    entries = new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, Entry][]);
  } catch {
    entries = new Map();
  }
  let changed = false;
  return {
    async hash(path, stats) {
      const stamp = stampOf(stats);
      const known = entries.get(path);
      if (known?.[0] === stamp) return known[1];
      const hash = await hashFile(path);
      if (Date.now() - stats.ctimeMs > settled) {
        entries.delete(path);
        entries.set(path, [stamp, hash]);
        changed = true;
      }
      return hash;
    },
    async save() {
      if (!changed) return;
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, JSON.stringify([...entries].slice(-mostEntries)));
      await rename(temporary, file);
    },
  };
}
