/** Remembers the hashes of this machine's files by their stats, so that an unchanged tree is not read again. */
import type { Stats } from 'node:fs';
import * as z from 'zod';
import { type FileHasher, hashFile } from '../fs/content-hash.js';
import type { RecordKind, Records } from './records.js';

export interface KnownHashes {
  /** For files below a directory: each has a memory of its own, which costs what is in that directory. */
  below(directory: string): FileHasher;
  /** Writes what was learnt. */
  save(): Promise<void>;
}

type Entry = readonly [stamp: string, hash: string];
type Table = readonly (readonly [path: string, Entry])[];

/** Told in one look and not by a schema of entries, which for a hundred thousand of them takes as long as all else of a start. */
const hashesRecord: RecordKind<Table> = {
  what: "a table of this machine's files",
  schema: z.custom<Table>(value => Array.isArray(value) && value.every(isRow)),
};

function isRow(row: unknown): boolean {
  const [path, entry] = Array.isArray(row) ? row : [];
  return (
    typeof path === 'string' && Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'string'
  );
}

const stampOf = (stats: Stats): string => `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
/** A file written this recently may change again within the clock's grain. */
const settled = 2000;
const mostEntries = 200_000;

/**
 * Opens the memories, each kept in a record that is read when the first file is asked about.
 * @param recordOf where the record of a directory lies
 */
export function openKnownHashes(records: Records, recordOf: (directory: string) => string): KnownHashes {
  const opened = new Map<string, Memory>();
  return {
    below(directory) {
      const memory = opened.get(directory) ?? openMemory(records, recordOf(directory));
      opened.set(directory, memory);
      return memory.hash;
    },
    async save() {
      for (const memory of opened.values()) await memory.save();
    },
  };
}

interface Memory {
  readonly hash: FileHasher;
  save(): Promise<void>;
}

function openMemory(records: Records, file: string): Memory {
  let reading: Promise<Map<string, Entry>> | undefined;
  const read = (): Promise<Map<string, Entry>> => {
    reading ??= records.read(hashesRecord, file).then(table => new Map(table));
    return reading;
  };
  let changed = false;
  return {
    async hash(path, stats) {
      const entries = await read();
      const stamp = stampOf(stats);
      const known = entries.get(path);
      if (known?.[0] === stamp) return known[1];
      const hash = await hashFile(path, stats);
      if (Date.now() - stats.ctimeMs > settled) {
        entries.delete(path);
        entries.set(path, [stamp, hash]);
        changed = true;
      }
      return hash;
    },
    async save() {
      if (!changed) return;
      await records.write(hashesRecord, file, [...(await read())].slice(-mostEntries));
    },
  };
}
