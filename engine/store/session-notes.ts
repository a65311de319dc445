/**
 * What a session notes in its file of the state, for others to read while it lives or when it lives no more: the results that it uses, which no
 * prune may take; and what it writes to in place, without a record that says when it is whole, as caches of package managers and the storage of
 * pulled images. The file goes when all is on disk: what of the latter is still noted after a power cut is not to be trusted.
 */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from '../fs/remove-tree.js';
import type { StateDirs } from './layout.js';

/** What is written to in place: a cache volume by its name, or the storage of pulled images. */
export type InPlace = `cache ${string}` | 'images';

export interface SessionNotes {
  /** Notes a result before it is looked at. */
  use(key: string): void;
  /** Notes what is about to be written to; returns when the note is on disk. */
  writeTo(what: InPlace): Promise<void>;
  /** All that was noted so. */
  readonly inPlace: readonly InPlace[];
}

/** Of a session that notes what it uses: an older version's did not. */
const header = 'uses';

/** Opens the notes of a session in its file. */
export function openNotes(file: string): SessionNotes {
  const used = new Set<string>();
  const written = new Map<InPlace, Promise<void>>();
  appendFileSync(file, `${header}\n`);
  const write = async (what: InPlace): Promise<void> => {
    const handle = await open(file, 'a');
    try {
      await handle.writeFile(`${what}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  };
  return {
    use(key) {
      if (used.has(key)) return;
      used.add(key);
      appendFileSync(file, `use ${key}\n`);
    },
    writeTo(what) {
      const writing = written.get(what) ?? write(what);
      written.set(what, writing);
      return writing;
    },
    get inPlace() {
      return [...written.keys()];
    },
  };
}

/** The results that a session uses; undefined when it is not known. */
export function usesOf(file: string): ReadonlySet<string> | undefined {
  const [first, ...lines] = linesOf(file);
  if (first !== header) return undefined;
  return new Set(lines.flatMap(line => (line.startsWith('use ') ? [line.slice('use '.length)] : [])));
}

/** Where in the state the things are. */
export const inPlaceDirectory = (dirs: Pick<StateDirs, 'caches' | 'images'>, what: InPlace): string =>
  what === 'images' ? dirs.images : join(dirs.caches, what.slice('cache '.length));

/** Removes what a session that ended with its machine wrote to in place. Only while nobody works with the state. */
export async function dropInPlace(dirs: StateDirs, file: string): Promise<void> {
  for (const line of linesOf(file)) {
    if (/^cache [0-9a-f-]+$/.test(line)) await removeTree(inPlaceDirectory(dirs, line as InPlace));
    if (line === 'images') for (const directory of [dirs.images, dirs.references]) await empty(directory);
  }
}

/** The session that is about to begin has made the directory already. */
async function empty(directory: string): Promise<void> {
  await removeTree(directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

function linesOf(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
