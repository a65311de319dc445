/** Walks a directory in the order of its sorted names, giving only what a selector selects. */
import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { SourceError } from '../errors.js';
import type { Selector } from './filter.js';

export interface WalkedEntry {
  /** Relative to the walked directory, with `/`. */
  readonly path: string;
  readonly absolute: string;
  readonly stats: Stats;
}

/** Told each pipe, socket and device, which is then left out. */
export type LeaveOut = (path: string) => void;

const isSpecial = (stats: Stats): boolean => !stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink();

/** A directory that is being walked. */
interface Open {
  readonly path: string;
  readonly names: readonly string[];
  next: number;
  /** The directory itself, when it is not selected and nothing in it has been so far. */
  waiting: WalkedEntry | undefined;
}

const entriesBetweenBreaths = 400;
/** What Node makes of bytes that are not UTF-8. */
const replacement = '\ufffd';

/** Says of which entry the system does not tell. @throws SourceError */
function refuse(path: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException;
  const shown = path.length > 200 ? `${path.slice(0, 80)}…${path.slice(-80)}` : path;
  if (code === 'ENOENT') throw new SourceError(`${shown}: its name is not UTF-8: rename it, or leave it out`);
  if (code === 'ENAMETOOLONG')
    throw new SourceError(`${shown}: its path is longer than this machine takes: leave it out`);
  if (code === 'EACCES') throw new SourceError(`${shown}: it may not be read by the user that this runs as`);
  throw error;
}

/** Looks at an entry; undefined when it has gone since its directory was read. */
function look(absolute: string, path: string, select: Selector): Stats | undefined {
  try {
    return lstatSync(absolute);
  } catch (error) {
    const gone = (error as NodeJS.ErrnoException).code === 'ENOENT' && !path.includes(replacement);
    return gone || select(path, false) === 'pruned' ? undefined : refuse(path, error);
  }
}

function open(root: string, path: string, waiting: WalkedEntry | undefined): Open {
  try {
    const names = readdirSync(path === '' ? root : `${root}/${path}`).sort((a, b) => (a < b ? -1 : 1));
    return { path, names, next: 0, waiting };
  } catch (error) {
    return refuse(path, error);
  }
}

/**
 * Yields every selected entry below `root`, a directory before what is in it; a skipped directory comes first when something in it is selected.
 * Rejects with a SourceError for an entry that this machine cannot name or read.
 */
export async function* walk(root: string, select: Selector, leaveOut?: LeaveOut): AsyncGenerator<WalkedEntry> {
  const stack = [open(root, '', undefined)];
  const prefix = root.endsWith('/') ? root : `${root}/`;
  let waiting = 0;
  for (let count = 1; stack.length > 0; count += 1) {
    if (count % entriesBetweenBreaths === 0) await breathe();
    const directory = stack.at(-1)!;
    const name = directory.names[directory.next];
    directory.next += 1;
    if (name === undefined) {
      if (stack.pop()!.waiting !== undefined) waiting -= 1;
      continue;
    }
    const path = directory.path === '' ? name : `${directory.path}/${name}`;
    const stats = look(prefix + path, path, select);
    if (stats === undefined) continue;
    const isDirectory = stats.isDirectory();
    const verdict = select(path, isDirectory);
    if (verdict === 'pruned') continue;
    if (leaveOut !== undefined && isSpecial(stats)) {
      leaveOut(path);
      continue;
    }
    const entry = { path, absolute: prefix + path, stats };
    if (verdict === 'selected') {
      for (const above of waiting > 0 ? stack : []) {
        if (above.waiting === undefined) continue;
        yield above.waiting;
        above.waiting = undefined;
        waiting -= 1;
      }
      yield entry;
    }
    if (!isDirectory) continue;
    if (verdict !== 'selected') waiting += 1;
    stack.push(open(root, path, verdict === 'selected' ? undefined : entry));
  }
}
