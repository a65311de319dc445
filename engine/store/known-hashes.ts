/** Remembers the hashes of this machine's files by their stats, so that an unchanged tree is not read again. */
import type { Stats } from 'node:fs';
import * as z from 'zod';
import { type FileHasher, hashFile } from '../fs/content-hash.js';
import type { RecordKind, Records } from './records.js';

export interface KnownHashes {
  readonly hash: FileHasher;
  /** Writes what was learnt. */
  save(): Promise<void>;
}

type Entry = readonly [stamp: string, hash: string];

const hashesRecord: RecordKind<readonly (readonly [path: string, Entry])[]> = {
  what: "a table of this machine's files",
  schema: z.array(z.tuple([z.string(), z.tuple([z.string(), z.string()])])),
};

const stampOf = (stats: Stats): string => `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
/** A file written this recently may change again within the clock's grain. */
const settled = 2000;
const mostEntries = 200_000;

/** Opens the memory kept in a record. */
export async function openKnownHashes(records: Records, file: string): Promise<KnownHashes> {
  const entries = new Map(await records.read(hashesRecord, file));
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
      await records.write(hashesRecord, file, [...entries].slice(-mostEntries));
    },
  };
}
