/**
 * Writes a tree to this machine, over whatever is there. Containers made the tree and may have made what is there: below the target nothing is
 * followed. What is in the way is replaced, and each name is resolved against its directory, which is held open, so that no link can be put in
 * between the look and the write.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs';
import { posix } from 'node:path';
import { copyContents, makePipe } from './copy-contents.js';
import { makeWithin, openWithin, removeWithin, replaceWithin, within } from './held.js';
import type { Owner } from './owner.js';
import { type WalkedEntry, walk } from './walk.js';

export interface ExportOptions {
  readonly owner: Owner;
  /** Whether what is in the target already goes. */
  readonly wipe: boolean;
}

/** A directory that is being written, held open. */
interface Held {
  /** Relative to the target. */
  readonly path: string;
  readonly fd: number;
  /** What it comes from. */
  readonly stats: Stats;
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

/** Opens the target, which whoever named it may have made a link. @throws Error when it is no directory */
function openTarget(target: string): number {
  try {
    mkdirSync(target, { recursive: true });
    return openSync(target, O_RDONLY | O_DIRECTORY);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new Error(`${target} is not a directory: it can take no files`, { cause: error });
    throw error;
  }
}

function finish({ fd, stats }: Pick<Held, 'fd' | 'stats'>, owner: Owner, mode: number): void {
  fchownSync(fd, owner.uid, owner.gid);
  fchmodSync(fd, mode);
  futimesSync(fd, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

function closeDirectory(held: Held, owner: Owner): void {
  finish(held, owner, held.stats.mode & 0o7777);
  closeSync(held.fd);
}

async function writeFile({ absolute, stats }: WalkedEntry, { directory, name, owner }: Place): Promise<void> {
  const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const fd = replaceWithin(directory, name, at => openSync(at, flags, 0o600));
  try {
    // The file itself, whatever its name has come to stand for.
    await copyContents(absolute, `/proc/${process.pid}/fd/${fd}`, stats);
    finish({ fd, stats }, owner, stats.mode & permissions);
  } finally {
    closeSync(fd);
  }
}

function writeLink({ absolute, stats }: WalkedEntry, { directory, name, owner }: Place): void {
  const target = readlinkSync(absolute, 'buffer');
  replaceWithin(directory, name, at => symlinkSync(target, at));
  const at = within(directory, name);
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
    replaceWithin(directory, name, at => linkSync(within(parent, posix.basename(first)), at));
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
    if (stats.isFIFO()) return replaceWithin(place.directory, place.name, makePipe);
    if (!stats.isFile()) return;
    const first = firsts.get(stats.ino);
    if (first !== undefined && linkAgain(top, first, place)) return;
    await writeFile(entry, place);
    if (stats.nlink > 1) firsts.set(stats.ino, path);
  };
}

/**
 * Writes what is in `from` to the directory `target`, which gets the source's mode and times and is made with its parents when it is missing.
 * Rejects with what could not be written.
 */
export async function exportTree(from: string, target: string, { owner, wipe }: ExportOptions): Promise<void> {
  const top = openTarget(target);
  const open: Held[] = [{ path: '.', fd: top, stats: statSync(from) }];
  const write = entryWriter(top);
  try {
    if (wipe) for (const name of readdirSync(within(top, '.'))) removeWithin(top, name);
    for await (const entry of walk(from, () => 'selected')) {
      while (open.at(-1)!.path !== posix.dirname(entry.path)) closeDirectory(open.pop()!, owner);
      const { fd: directory } = open.at(-1)!;
      const name = posix.basename(entry.path);
      if (entry.stats.isDirectory())
        open.push({ path: entry.path, fd: makeWithin(directory, name), stats: entry.stats });
      else await write(entry, { directory, name, owner });
    }
    while (open.length > 0) closeDirectory(open.pop()!, owner);
  } finally {
    for (const { fd } of open) closeSync(fd);
  }
}
