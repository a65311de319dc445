/**
 * What is kept in the state beside layers: small files that are written whole and read only when they are what they should be. Nothing else
 * reads or writes them: a file that a full disk, a power cut or another program spoilt must never stop the next run.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Amount } from './state-limit.js';

/** One kind of record: what people know it as, and what its content must be. */
export interface RecordKind<T> {
  /** As a sentence takes it: `a result`. */
  readonly what: string;
  readonly schema: z.ZodType<T>;
}

export interface Records {
  /** The content of a record; undefined when there is none. One that is damaged counts as none: it is removed, which is said once a kind. */
  read<T>(kind: RecordKind<T>, file: string): Promise<T | undefined>;
  /** Replaces a record: whoever reads sees the old content or the new, and after a power cut as well. */
  write<T>(kind: RecordKind<T>, file: string, content: T): Promise<void>;
  /** Brings the bytes of a finished file of ours to disk and moves it in place. */
  keep(finished: string, file: string): Promise<void>;
  /** What all that was written and kept comes to on disk. */
  readonly written: Amount;
  /** A name for a file that is being written: used once, and cleared away with its session. */
  scratch(): string;
}

export interface RecordPlace {
  /** Holds what is being written; on the file system of the records. */
  readonly work: string;
  /** Whose work that is: names in `work` begin with it. */
  readonly session: string;
  readonly notice: (text: string) => void;
}

/** What the file system says of a path that holds no readable file: a directory in its place, or a link to itself. */
const noFile: ReadonlySet<string | undefined> = new Set(['EISDIR', 'ELOOP', 'ENOTDIR', 'EIO']);

/** What file systems give out at once. */
const block = 4096;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
/** The hash of a tree's content. */
export const contentHash: RecordKind<string> = { what: 'a content hash', schema: hash };

/** Opens the records of one user of the state. */
export function openRecords({ work, session, notice }: RecordPlace): Records {
  const told = new Set<string>();
  const written = { bytes: 0, entries: 0 };
  const count = (bytes: number): void => {
    written.bytes += Math.ceil(bytes / block) * block;
    written.entries += 1;
  };
  const damaged = async (what: string, file: string): Promise<undefined> => {
    await rm(file, { recursive: true, force: true });
    if (!told.has(what)) notice(`the state held ${what} that was damaged: it is removed and made again (${file})`);
    told.add(what);
    return undefined;
  };
  const records: Records = {
    async read({ what, schema }, file) {
      let text: string;
      try {
        text = await readFile(file, 'utf8');
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === 'ENOENT') return undefined;
        if (noFile.has(code)) return damaged(what, file);
        throw error;
      }
      const parsed = schema.safeParse(parseJson(text));
      return parsed.success ? parsed.data : damaged(what, file);
    },
    async write(_kind, file, content) {
      const temporary = records.scratch();
      try {
        const handle = await open(temporary, 'wx', 0o600);
        try {
          await handle.writeFile(JSON.stringify(content));
          await handle.sync();
        } finally {
          await handle.close();
        }
        await moveInPlace(temporary, file);
        count(block);
      } finally {
        await rm(temporary, { force: true });
      }
    },
    written,
    async keep(finished, file) {
      await syncPath(finished);
      const { size } = await stat(finished);
      await moveInPlace(finished, file);
      count(size);
    },
    scratch: () => join(work, `${session}-${randomBytes(8).toString('hex')}`),
  };
  return records;
}

/** Undefined, which no record is, for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function moveInPlace(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncPath(dirname(to));
}

/** Waits until a file's bytes, or a directory's names, are on disk. */
async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
