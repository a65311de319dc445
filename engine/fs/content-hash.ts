/** Hashes of what files hold: names, types, modes, owners, link targets and contents; never times. */
import { createHash } from 'node:crypto';
import { createReadStream, lstatSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Filter } from '../objects/op.js';
import { makeSelector } from './filter.js';
import { walk } from './walk.js';

/** Returns the sha256 of a file's contents, from a memory that knows the file by its stats when there is one. */
export type FileHasher = (path: string, stats: Stats) => Promise<string>;

/** Reads and hashes a file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** What is at a path, without its name and its times: two entries with one description are alike. */
export async function describeEntry(path: string, stats: Stats, hash: FileHasher): Promise<string> {
  const owned = `${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid}`;
  if (stats.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  if (stats.isDirectory()) return `dir ${owned}`;
  if (stats.isFile()) return `file ${owned} ${await hash(path, stats)}`;
  return `special ${owned} ${stats.rdev}`;
}

/** Hashes the selected contents of a directory. */
export async function hashDirectory(root: string, filter: Filter, hash: FileHasher = hashFile): Promise<string> {
  const total = createHash('sha256');
  for await (const entry of walk(root, makeSelector(filter, root)))
    total.update(`${JSON.stringify(entry.path)} ${await describeEntry(entry.absolute, entry.stats, hash)}\n`);
  return total.digest('hex');
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
