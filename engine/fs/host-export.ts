/**
 * Writes a tree to this machine, over whatever is there: first all of it beside its place, then it is moved there. Containers made the tree and
 * may have made what is there: below the target nothing is followed.
 */
import {
  closeSync,
  constants,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { besideName, sweep } from './beside.js';
import { copyContents, makePipe } from './copy-contents.js';
import { makeWithin, openWithin, removeWithin, within } from './held.js';
import type { Owner } from './owner.js';
import { type Directories, dress, finish, settle } from './settle.js';
import { type WalkedEntry, walk } from './walk.js';

export interface ExportOptions {
  readonly owner: Owner;
  /** Whether what is in the target already goes. */
  readonly wipe: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Where an entry goes. */
interface Place {
  readonly directory: number;
  readonly name: string;
  readonly owner: Owner;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
/** Without the bits that would let whoever runs a file act as who exported it. */
const permissions = 0o777;

async function writeFile({ absolute, stats }: WalkedEntry, { directory, name, owner }: Place): Promise<void> {
  const fd = openSync(within(directory, name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    // The file itself, whatever its name has come to stand for.
    await copyContents(absolute, `/proc/${process.pid}/fd/${fd}`, stats);
    finish(fd, { stats, owner }, stats.mode & permissions);
  } finally {
    closeSync(fd);
  }
}

function writeLink({ absolute, stats }: WalkedEntry, { directory, name, owner }: Place): void {
  const at = within(directory, name);
  symlinkSync(readlinkSync(absolute, 'buffer'), at);
  lchownSync(at, owner.uid, owner.gid);
  lutimesSync(at, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

/** Gives a file that was written already another name; false when its directories are not what they were. */
function linkAgain(top: number, first: string, { directory, name }: Place): boolean {
  const opened: number[] = [];
  try {
    let parent = top;
    for (const step of posix.dirname(first).split('/')) {
      if (step === '.') continue;
      parent = openWithin(parent, step);
      opened.push(parent);
    }
    linkSync(within(parent, posix.basename(first)), within(directory, name));
    return true;
  } catch {
    return false;
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** Writes entries that are no directories, one after the other. Devices and sockets are left out: on this machine they would be more than files. */
function entryWriter(top: number): (entry: WalkedEntry, place: Place) => Promise<void> {
  const firsts = new Map<number, string>();
  return async (entry, place) => {
    const { path, stats } = entry;
    if (stats.isSymbolicLink()) return writeLink(entry, place);
    if (stats.isFIFO()) return makePipe(within(place.directory, place.name));
    if (!stats.isFile()) return;
    const first = firsts.get(stats.ino);
    if (first !== undefined && linkAgain(top, first, place)) return;
    await writeFile(entry, place);
    if (stats.nlink > 1) firsts.set(stats.ino, path);
  };
}

/** Writes a tree into an empty directory; returns what its directories are to get in the end, which until then are open to us. */
async function stage(from: string, top: number, { owner, signal }: ExportOptions): Promise<Directories> {
  const directories = new Map([['.', { stats: statSync(from), owner, inside: [] as string[] }]]);
  const open: { readonly path: string; readonly fd: number }[] = [];
  const write = entryWriter(top);
  try {
    for await (const entry of walk(from, () => 'selected')) {
      signal?.throwIfAborted();
      while (open.length > 0 && open.at(-1)!.path !== posix.dirname(entry.path)) closeSync(open.pop()!.fd);
      const directory = open.at(-1)?.fd ?? top;
      const name = posix.basename(entry.path);
      if (entry.stats.isDirectory()) {
        directories.set(entry.path, { stats: entry.stats, owner, inside: [] });
        directories.get(posix.dirname(entry.path))!.inside.push(name);
        open.push({ path: entry.path, fd: makeWithin(directory, name) });
      } else await write(entry, { directory, name, owner });
    }
    signal?.throwIfAborted();
    return directories;
  } finally {
    for (const { fd } of open) closeSync(fd);
  }
}

const openDirectory = (path: string): number => openSync(path, O_RDONLY | O_DIRECTORY);

/** Where a tree is written before it is moved. */
interface Stage {
  readonly name: string;
  readonly path: string;
  readonly home: number;
  /** An empty directory in it. */
  readonly staged: number;
}

/** Has the work done with a directory of its own below another one. Nothing is left of it. */
async function withStage<T>(parent: string, work: (stage: Stage) => Promise<T>): Promise<T> {
  sweep(parent);
  const name = besideName();
  const held = [openDirectory(parent)];
  try {
    const home = makeWithin(held[0]!, name);
    held.push(home);
    const staged = makeWithin(home, 'new');
    held.push(staged);
    return await work({ name, path: join(parent, name, 'new'), home, staged });
  } finally {
    removeWithin(held[0]!, name);
    for (const fd of held) closeSync(fd);
  }
}

/** Whether a directory that was not there could be put in its place as a whole. */
function putWhole(staged: string, target: string): boolean {
  try {
    renameSync(staged, target);
    return true;
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

async function exportNew(from: string, target: string, options: ExportOptions): Promise<boolean> {
  mkdirSync(dirname(target), { recursive: true });
  return withStage(dirname(target), async ({ path, staged }) => {
    const directories = await stage(from, staged, options);
    if (!putWhole(path, target)) return false;
    dress(staged, directories);
    return true;
  });
}

/**
 * Writes what is in `from` to the directory `target`, which gets the source's mode and times and is made with its parents when it is missing.
 * Until all is written nothing changes there; then a target that is new appears as a whole, and in another each file is replaced in one move.
 * Rejects with what could not be written.
 */
export async function exportTree(from: string, target: string, options: ExportOptions): Promise<void> {
  const isNew = lstatSync(target, { throwIfNoEntry: false }) === undefined;
  if (isNew && (await exportNew(from, target, options))) return;
  const top = openDirectory(target);
  try {
    const finished = await withStage(target, async ({ name, home, staged }) => {
      const directories = await stage(from, staged, options);
      await settle({ staged, top, home, name, directories }, options.wipe);
      return directories.get('.')!;
    });
    finish(top, finished, finished.stats.mode & 0o7777);
  } finally {
    closeSync(top);
  }
}
