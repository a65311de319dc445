/** Hashes of what files hold: names, types, modes, owners, link targets and contents; never times. */
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { Filter } from '../objects/op.js';
import { isSparse } from './copy-contents.js';
import { makeSelector } from './filter.js';
import type { Owner } from './owner.js';
import { type LeaveOut, type Selector, unlessGone, walk } from './walk.js';

/** Returns the sha256 of a file's contents, from a memory that knows the file by its stats when there is one. */
export type FileHasher = (path: string, stats: Stats) => Promise<string>;

/** A file up to this is read at once: a stream for each takes many times as long. */
const small = 1024 * 1024;

/** Hashes where a file holds something, and what, as tar has it: holes are not read, which takes seconds for each gigabyte. */
async function hashSparse(path: string): Promise<string> {
  const hash = createHash('sha256');
  const same = ['--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=0', '--format=gnu'];
  const place = ['--directory', dirname(path), '--', basename(path)];
  const tar = execa('tar', ['--create', '--file=-', '--sparse', '--hole-detection=seek', ...same, ...place], {
    stdin: 'ignore',
    buffer: { stdout: false },
    reject: false,
  });
  const [{ exitCode, stderr }] = await Promise.all([tar, pipeline(tar.stdout, hash)]);
  // 1: somebody wrote to the file, or linked to it, meanwhile; other files are hashed as they are found, too.
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`${path} cannot be read: ${stderr}`);
  return hash.digest('hex');
}

/** Reads and hashes a file. */
export async function hashFile(path: string, stats?: Stats): Promise<string> {
  const hash = createHash('sha256');
  if (stats !== undefined && stats.size <= small) return hash.update(readFileSync(path)).digest('hex');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What is at a path, without its name and its times: two entries with one description are alike. */
export async function describeEntry(
  path: string,
  stats: Stats,
  hash: FileHasher,
  owner: Owner = stats,
): Promise<string> {
  const owned = `${(stats.mode & 0o7777).toString(8)} ${owner.uid}:${owner.gid}`;
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (stats.isDirectory()) return `dir ${owned}`;
  if (stats.isFile()) return `file ${owned} ${await (isSparse(stats) ? hashSparse(path) : hash(path, stats))}`;
  return `special ${owned} ${stats.rdev}`;
}

export interface HashOptions {
  readonly hash?: FileHasher;
  readonly leaveOut?: LeaveOut | undefined;
  /** Whose everything counts as, when that is not who has it. */
  readonly owner?: Owner;
}

/** A line for each selected entry of a directory, in the order of a walk: its path as JSON, a space, what it is. */
export async function describeDirectory(
  root: string,
  select: Selector,
  { hash = hashFile, leaveOut, owner }: HashOptions = {},
): Promise<string[]> {
  const lines: string[] = [];
  for await (const { path, absolute, stats } of walk(root, select, leaveOut)) {
    const what = await unlessGone(path, () => describeEntry(absolute, stats, hash, owner));
    if (what !== undefined) lines.push(`${JSON.stringify(path)} ${what}`);
  }
  return lines;
}

/** The hash of what a directory's lines describe. */
export function hashOfLines(lines: readonly string[]): string {
  const total = createHash('sha256');
  for (const line of lines) total.update(`${line}\n`);
  return total.digest('hex');
}

/** Hashes the selected contents of a directory. */
export async function hashDirectory(root: string, filter: Filter, options: HashOptions = {}): Promise<string> {
  return hashOfLines(await describeDirectory(root, makeSelector(filter, root), options));
}

/** Hashes one file, its name included. */
export async function hashNamedFile(path: string, hash: FileHasher = hashFile): Promise<string> {
  return createHash('sha256')
    .update(`${JSON.stringify(basename(path))} ${await describeEntry(path, lstatSync(path), hash)}`)
    .digest('hex');
}

/** The hash of a directory's selected files or of a file; undefined when nothing of that kind is there. */
export async function contentHash(path: string, filter: Filter): Promise<string | undefined> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory()) return hashDirectory(path, filter);
  return stats?.isFile() ? hashNamedFile(path) : undefined;
}
