/** Copies trees between mounted snapshots as BuildKit's copy does: contents merged, existing files replaced, times kept. */
import {
  chmodSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readlinkSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { execa } from 'execa';
import type { Filter } from '../objects/op.js';
import { cleanPath } from '../objects/patterns.js';
import { copyContents, makePipe } from './copy-contents.js';
import { makeSelector } from './filter.js';
import type { Owner } from './owner.js';
import { rootPath } from './root-path.js';
import { type LeaveOut, walk } from './walk.js';

export interface CopyOptions {
  readonly owner?: Owner | undefined;
  readonly mode?: number | undefined;
  readonly leaveOut?: LeaveOut | undefined;
}

/** A place in a tree: links in `path` are followed as a process in the tree would. */
export interface Destination {
  readonly root: string;
  readonly path: string;
}

const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Creates a directory and its parents (mode 0755); the new ones get the owner. */
export function makeDirectories(path: string, options: CopyOptions = {}): void {
  const missing: string[] = [];
  for (let at = path; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    mkdirSync(directory, { mode: 0o755 });
    chmodSync(directory, options.mode ?? 0o755);
    if (options.owner) lchownSync(directory, options.owner.uid, options.owner.gid);
  }
}

/** Gives what is at a path the owner, the mode and the times that the options or the stats say. */
export function setMetadata(path: string, stats: Stats, options: CopyOptions): void {
  const owner = options.owner ?? { uid: stats.uid, gid: stats.gid };
  lchownSync(path, owner.uid, owner.gid);
  if (!stats.isSymbolicLink()) chmodSync(path, (options.mode ?? stats.mode) & 0o7777);
  lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

/** Copies one file, link or special file over whatever is at `to`; directories are made by the caller. */
export async function copyEntry(from: string, to: string, stats: Stats, options: CopyOptions): Promise<void> {
  if (lstatSync(to, { throwIfNoEntry: false })) rmSync(to, { recursive: true, force: true });
  if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from, 'buffer'), to);
  else if (stats.isFile()) await copyContents(from, to, stats);
  else if (stats.isFIFO()) makePipe(to);
  else if (stats.isCharacterDevice() || stats.isBlockDevice()) await execa('cp', ['-a', '--', from, to]);
  else return;
  setMetadata(to, stats, options);
}

/** The directory called `name` in a directory of the tree at `root`: as it is, made anew, or made in place of a file. A link to one is that one. */
function directoryIn(root: string, parent: string, name: string): string {
  const own = join(parent, name);
  const stats = lstatSync(own, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return own;
  if (stats?.isSymbolicLink()) {
    const target = rootPath(root, posix.join('/', posix.relative(root, own)));
    if (isDirectory(target)) return target;
  }
  rmSync(own, { force: true });
  mkdirSync(own);
  chmodSync(own, 0o755);
  return own;
}

/** The directory at a place; its parents are made when they are missing. */
function directoryAt({ root, path }: Destination): string {
  if (posix.resolve('/', path) === '/') return root;
  const parent = rootPath(root, posix.dirname(path));
  makeDirectories(parent);
  return directoryIn(root, parent, posix.basename(path));
}

/**
 * Copies a file to a place. A path with a slash at its end, or of a directory, takes it under its own name.
 * @param name what the file is called where it comes from
 */
export async function copyFileTo(from: string, name: string, to: Destination, options: CopyOptions): Promise<void> {
  const stats = statSync(from);
  if (!stats.isFile()) throw new Error(`${name} is not a file`);
  const asDirectory = /\/\.?$/.test(to.path);
  const path = cleanPath(posix.join('/', to.path));
  if (asDirectory && path !== '/') {
    const directory = directoryAt({ root: to.root, path });
    if (options.owner) lchownSync(directory, options.owner.uid, options.owner.gid);
  }
  const into = asDirectory || isDirectory(rootPath(to.root, path));
  const target = into ? posix.join(path, name) : path;
  const parent = rootPath(to.root, posix.dirname(target));
  makeDirectories(parent);
  // A link in its place is replaced, not followed.
  await copyEntry(from, join(parent, posix.basename(target)), stats, options);
}

/** Copies the selected contents of a directory into a place. The directory there gets the source's owner and mode and the present time, unless it is the root. */
export async function copyDirectory(
  from: string,
  to: Destination,
  filter: Filter,
  options: CopyOptions,
): Promise<void> {
  const source = statSync(from);
  if (!source.isDirectory()) throw new Error(`not a directory: ${from}`);
  const top = directoryAt(to);
  const times: [path: string, stats: Stats][] = [];
  if (top !== to.root) setMetadata(top, source, options);
  const hardLinks = new Map<number, string>();
  const directories = new Map([['.', top]]);
  for await (const entry of walk(from, makeSelector(filter, from), options.leaveOut)) {
    const parent = directories.get(posix.dirname(entry.path))!;
    const name = posix.basename(entry.path);
    if (entry.stats.isDirectory()) {
      const target = directoryIn(to.root, parent, name);
      directories.set(entry.path, target);
      setMetadata(target, entry.stats, options);
      times.push([target, entry.stats]);
      continue;
    }
    const target = join(parent, name);
    const first = entry.stats.isFile() && entry.stats.nlink > 1 ? hardLinks.get(entry.stats.ino) : undefined;
    if (first !== undefined) {
      rmSync(target, { recursive: true, force: true });
      linkSync(first, target);
      continue;
    }
    await copyEntry(entry.absolute, target, entry.stats, options);
    if (entry.stats.isFile() && entry.stats.nlink > 1) hardLinks.set(entry.stats.ino, target);
  }
  for (const [path, stats] of times.reverse()) lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000);
  const now = new Date();
  if (top !== to.root) lutimesSync(top, now, now);
}
