/** Walks a directory in the order of its sorted names, giving only what a selector selects. */
import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { SourceError } from '../errors.js';

/** Decides on relative paths in the order of a walk from the top. `pruned`: neither it nor anything below is selected. */
export type Selector = (path: string, isDirectory: boolean) => 'selected' | 'skipped' | 'pruned';

export interface NamedEntry {
  /** Relative to the walked directory, with `/`. */
  readonly path: string;
  readonly absolute: string;
  readonly kind: 'file' | 'directory' | 'link' | 'special';
}

export interface WalkedEntry extends NamedEntry {
  readonly stats: Stats;
}

/** Told each pipe, socket and device, which is then left out. */
export type LeaveOut = (path: string) => void;

function kindOf(entry: Dirent | Stats): NamedEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'special';
}

/** A directory that is being walked. */
interface Open {
  readonly path: string;
  readonly entries: readonly Dirent[];
  next: number;
  /** The directory itself, when it is not selected and nothing in it has been so far. */
  waiting: NamedEntry | undefined;
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

/** Whether an entry has gone since its directory was read. @throws SourceError for what cannot be told of it otherwise */
function isGone(path: string, error: unknown): true {
  const { code } = error as NodeJS.ErrnoException;
  return (code === 'ENOENT' || code === 'ENOTDIR') && !path.includes(replacement) ? true : refuse(path, error);
}

/** What is found of an entry; undefined when it has gone since its directory was read. @throws SourceError for one that may not be read */
export async function unlessGone<T>(path: string, find: () => Promise<T>): Promise<T | undefined> {
  try {
    return await find();
  } catch (error) {
    isGone(path, error);
    return undefined;
  }
}

/** Looks at an entry; undefined when it has gone since its directory was read. */
function look({ path, absolute }: NamedEntry): Stats | undefined {
  try {
    return lstatSync(absolute);
  } catch (error) {
    isGone(path, error);
    return undefined;
  }
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : 1);

/** Reads a directory; it has nothing in it when it has gone since the one around it was read. */
function open(root: string, path: string, waiting: NamedEntry | undefined): Open {
  try {
    const entries = readdirSync(path === '' ? root : `${root}/${path}`, { withFileTypes: true }).sort(byName);
    return { path, entries, next: 0, waiting };
  } catch (error) {
    if (path === '') throw error;
    isGone(path, error);
    return { path, entries: [], next: 0, waiting };
  }
}

/**
 * Yields every selected entry below `root` by its name, a directory before what is in it; a skipped directory comes first when something in it
 * is selected. Rejects with a SourceError for an entry that this machine cannot name or read.
 */
export async function* walkNames(root: string, select: Selector, leaveOut?: LeaveOut): AsyncGenerator<NamedEntry> {
  const stack = [open(root, '', undefined)];
  const prefix = root.endsWith('/') ? root : `${root}/`;
  let waiting = 0;
  for (let count = 1; stack.length > 0; count += 1) {
    if (count % entriesBetweenBreaths === 0) await breathe();
    const directory = stack.at(-1)!;
    const found = directory.entries[directory.next];
    directory.next += 1;
    if (found === undefined) {
      if (stack.pop()!.waiting !== undefined) waiting -= 1;
      continue;
    }
    const path = directory.path === '' ? found.name : `${directory.path}/${found.name}`;
    const entry: NamedEntry = { path, absolute: prefix + path, kind: kindOf(found) };
    const isDirectory = entry.kind === 'directory';
    const verdict = select(path, isDirectory);
    if (verdict === 'pruned') continue;
    if (found.name.includes(replacement) && look(entry) === undefined) continue;
    if (leaveOut !== undefined && entry.kind === 'special') {
      leaveOut(path);
      continue;
    }
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

/** Walks as `walkNames` does and looks at each entry; what has gone meanwhile is left out. */
export async function* walk(root: string, select: Selector, leaveOut?: LeaveOut): AsyncGenerator<WalkedEntry> {
  for await (const entry of walkNames(root, select, leaveOut)) {
    const stats = look(entry);
    // What has become something else meanwhile counts as gone, too.
    if (stats !== undefined && kindOf(stats) === entry.kind) yield { ...entry, stats };
  }
}
