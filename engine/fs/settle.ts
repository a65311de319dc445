/**
 * Moves a tree that was written beside its place there, each file in one move. Names are resolved against directories that are held open, so that
 * no link can be put in between the look and the move.
 */
import { closeSync, fchmodSync, fchownSync, futimesSync, readdirSync, renameSync, type Stats } from 'node:fs';
import { posix } from 'node:path';
import { execa } from 'execa';
import { besideName } from './beside.js';
import { makeWithin, openWithin, removeWithin, within } from './held.js';
import type { Owner } from './owner.js';

/** What an entry is like in the end. */
export interface Finished {
  readonly stats: Stats;
  readonly owner: Owner;
}

/** Gives an open file or directory the owner, the mode and the times. */
export function finish(fd: number, { stats, owner }: Finished, mode: number): void {
  fchownSync(fd, owner.uid, owner.gid);
  fchmodSync(fd, mode);
  futimesSync(fd, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

/** What each directory of a tree is like in the end, and the names of those in it, by its path; the top is `.`. */
export type Directories = ReadonlyMap<string, Finished & { readonly inside: readonly string[] }>;

/** A tree beside its place, all of its directories open to us. */
export interface Staged {
  readonly staged: number;
  /** What it is to be in. */
  readonly top: number;
  /** Of our own, on the same file system as `staged`: what has to go is moved there first. */
  readonly home: number;
  /** What that is called, if it lies in `top`. */
  readonly name: string;
  readonly directories: Directories;
}

/** Gives the directories of a tree in its place what they are to be like, the inner ones first. */
export function dress(fd: number, directories: Directories, path = '.'): void {
  for (const name of directories.get(path)!.inside) {
    const inner = openWithin(fd, name);
    try {
      dress(inner, directories, posix.join(path, name));
    } finally {
      closeSync(inner);
    }
  }
  const finished = directories.get(path)!;
  finish(fd, finished, finished.stats.mode & 0o7777);
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';
/** Whoever puts things in the way all the time ends the work, not the machine. */
const attempts = 20;
/** What says that a name is on another file system, or that one is mounted on it. */
const elsewhere = ['EXDEV', 'EBUSY'];

/** Takes a name away, in one move where that is possible. */
function moveAway({ home }: Staged, directory: number, name: string): void {
  try {
    renameSync(within(directory, name), within(home, besideName()));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') removeWithin(directory, name);
  }
}

/** A copy of a staged file for another file system, moved over its name there. */
async function copyAcross(from: string, directory: number, name: string): Promise<void> {
  const beside = besideName();
  try {
    await execa('cp', ['-a', '--', from, within(directory, beside)]);
    renameSync(within(directory, beside), within(directory, name));
  } catch (error) {
    removeWithin(directory, beside);
    throw error;
  }
}

/** Moves a file, link or pipe over whatever has its name. */
async function moveFile(tree: Staged, { staged, top }: Pair, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return renameSync(within(staged, name), within(top, name));
    } catch (error) {
      if (elsewhere.includes(codeOf(error))) return copyAcross(within(staged, name), top, name);
      if (codeOf(error) !== 'EISDIR' || attempt === attempts) throw error;
      moveAway(tree, top, name);
    }
  }
}

/** A directory of the tree, and the one that it becomes. */
interface Pair {
  readonly staged: number;
  readonly top: number;
  readonly path: string;
}

/** Puts a directory of the tree in its place as a whole; false where one is there that has something in it. */
function moveDirectory(tree: Staged, { staged, top }: Pair, name: string): boolean {
  for (let attempt = 1; ; attempt += 1) {
    try {
      renameSync(within(staged, name), within(top, name));
      return true;
    } catch (error) {
      const code = codeOf(error);
      if (['EEXIST', 'ENOTEMPTY', ...elsewhere].includes(code)) return false;
      if (code !== 'ENOTDIR' || attempt === attempts) throw error;
      moveAway(tree, top, name);
    }
  }
}

async function settlePair(tree: Staged, pair: Pair, wipe: boolean): Promise<void> {
  const { staged, top, path } = pair;
  const names = readdirSync(within(staged, '.'));
  for (const name of names) {
    const below = posix.join(path, name);
    if (!tree.directories.has(below)) {
      await moveFile(tree, pair, name);
      continue;
    }
    if (wipe) moveAway(tree, top, name);
    const isWhole = moveDirectory(tree, pair, name);
    const inner = makeWithin(top, name);
    try {
      if (isWhole) dress(inner, tree.directories, below);
      else await settleBelow(tree, { staged, top: inner, path: below }, wipe);
    } finally {
      closeSync(inner);
    }
  }
  const kept = new Set([...names, ...(path === '.' ? [tree.name] : [])]);
  if (wipe) for (const name of readdirSync(within(top, '.'))) if (!kept.has(name)) moveAway(tree, top, name);
}

/** Merges a staged directory with the one that is open already. */
async function settleBelow(tree: Staged, { staged, top, path }: Pair, wipe: boolean): Promise<void> {
  const inner = openWithin(staged, posix.basename(path));
  try {
    await settlePair(tree, { staged: inner, top, path }, wipe);
    const finished = tree.directories.get(path)!;
    finish(top, finished, finished.stats.mode & 0o7777);
  } finally {
    closeSync(inner);
  }
}

/** Moves a staged tree to its place and merges it with what is there; with `wipe`, what is not of it goes. The top itself is left as it is. */
export const settle = (tree: Staged, wipe: boolean): Promise<void> =>
  settlePair(tree, { staged: tree.staged, top: tree.top, path: '.' }, wipe);
