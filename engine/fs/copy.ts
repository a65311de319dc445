/** Copies trees between mounted snapshots as BuildKit's copy does: contents merged, existing files replaced, times kept. */
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  cpSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Filter } from '../objects/op.js';
import { makeSelector } from './filter.js';
import type { Owner } from './owner.js';
import { walk } from './walk.js';

export interface CopyOptions {
  readonly owner?: Owner | undefined;
  readonly mode?: number | undefined;
}

/** Creates a directory and its parents (mode 0755); the new ones get the owner. */
export function makeDirectories(path: string, options: CopyOptions = {}): void {
  const missing: string[] = [];
  for (let at = path; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) missing.unshift(at);
  for (const directory of missing) {
    mkdirSync(directory, { mode: 0o755 });
    chmodSync(directory, 0o755);
    if (options.owner) lchownSync(directory, options.owner.uid, options.owner.gid);
  }
}

function setMetadata(path: string, stats: Stats, options: CopyOptions): void {
  const owner = options.owner ?? { uid: stats.uid, gid: stats.gid };
  lchownSync(path, owner.uid, owner.gid);
  if (!stats.isSymbolicLink()) chmodSync(path, (options.mode ?? stats.mode) & 0o7777);
  lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

/** Copies one file, link or special file over whatever is at `to`; directories are made by the caller. */
export function copyEntry(from: string, to: string, stats: Stats, options: CopyOptions): void {
  if (lstatSync(to, { throwIfNoEntry: false })) rmSync(to, { recursive: true, force: true });
  if (stats.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (stats.isFile()) copyFileSync(from, to, constants.COPYFILE_FICLONE);
  else if (stats.isFIFO() || stats.isCharacterDevice() || stats.isBlockDevice()) cpSync(from, to);
  else return;
  setMetadata(to, stats, options);
}

/** Copies the selected contents of a directory into `to`, making it when missing. */
export async function copyDirectory(from: string, to: string, filter: Filter, options: CopyOptions): Promise<void> {
  const source = statSync(from);
  if (!source.isDirectory()) throw new Error(`not a directory: ${from}`);
  if (statSync(to, { throwIfNoEntry: false }) === undefined) {
    makeDirectories(to, options);
    setMetadata(to, source, options);
  }
  const times: [path: string, stats: Stats][] = [];
  const hardLinks = new Map<number, string>();
  for await (const entry of walk(from, makeSelector(filter, from))) {
    const target = join(to, entry.path);
    if (entry.stats.isDirectory()) {
      const existing = statSync(target, { throwIfNoEntry: false });
      if (existing?.isDirectory() !== true) {
        rmSync(target, { force: true });
        mkdirSync(target);
      }
      setMetadata(target, entry.stats, options);
      times.push([target, entry.stats]);
      continue;
    }
    const first = entry.stats.isFile() && entry.stats.nlink > 1 ? hardLinks.get(entry.stats.ino) : undefined;
    if (first !== undefined) {
      rmSync(target, { recursive: true, force: true });
      linkSync(first, target);
      continue;
    }
    copyEntry(entry.absolute, target, entry.stats, options);
    if (entry.stats.isFile() && entry.stats.nlink > 1) hardLinks.set(entry.stats.ino, target);
  }
  for (const [path, stats] of times.reverse()) lutimesSync(path, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

/** Makes an empty file unless something is there already. */
export function touchFile(path: string): void {
  closeSync(openSync(path, 'a'));
}
