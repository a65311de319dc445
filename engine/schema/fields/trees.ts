/** What fields of containers, directories and files share about trees. */
import { posix, resolve } from 'node:path';
import { defined } from '../../defined.js';
import { lookUp, type Seen } from '../../fs/listing.js';
import { rootPath, statEntry } from '../../fs/root-path.js';
import { defineOp, emptyTree, everything, type Filter, type Op, type TreeRef } from '../../objects/op.js';
import { cleanPath } from '../../objects/patterns.js';
import type { StatRef } from '../../objects/registry.js';
import type { Api, Args } from '../api.js';

/** The filter that a field's arguments give. */
export function filterOf(args: Args): Filter {
  return { include: args.include ?? [], exclude: args.exclude ?? [], gitignore: args.gitignore ?? false };
}

/** Joins a path to a tree reference's, as Go's path.Join does: `..` leads out of a directory that was taken from a larger tree. */
export function below(ref: TreeRef, path: string): TreeRef {
  return { op: ref.op, path: cleanPath(posix.join('/', ref.path, path)) };
}

/** The tree whose top is the referenced directory. */
export function asRoot(ref: TreeRef): Op {
  return ref.path === '/'
    ? ref.op
    : defineOp({ kind: 'copy', base: emptyTree, to: '/', source: ref, filter: everything, counts: 'all', owner: '' });
}

/** Copies a directory's selected contents to a place of a tree. */
export function copyTree(at: TreeRef, source: TreeRef, args: Args): Op {
  return defineOp({
    kind: 'copy',
    base: at.op,
    to: at.path,
    source,
    filter: filterOf(args),
    counts: 'all',
    owner: args.owner ?? '',
    ...defined({ mode: args.permissions ?? undefined }),
  });
}

/** Copies one file; a path that ends with a slash, or is a directory, takes the file under its own name. */
export function copyFile(at: TreeRef, source: TreeRef, args: Args, path: string): Op {
  const to = /\/\.?$/.test(path) && at.path !== '/' ? `${at.path}/` : at.path;
  return defineOp({
    kind: 'copy-file',
    base: at.op,
    to,
    source,
    owner: args.owner ?? '',
    ...defined({ mode: args.permissions == null ? undefined : args.permissions & 0o7777 }),
  });
}

const longestName = 255;
const permissionBits = 0o777;

/** @throws Error for a name that no file system takes */
function checkFileName(path: string): void {
  if (Buffer.byteLength(posix.basename(path)) > longestName)
    throw new Error(`file name length exceeds the maximum supported ${longestName} characters`);
}

/** @throws Error for a name with a directory in it */
export function checkPlainName(name: string): void {
  if (name.includes('/')) throw new Error(`file name ${JSON.stringify(name)} must not contain a directory`);
  checkFileName(name);
}

/** Where on this machine an export goes. @throws Error when nothing is said */
export function exportPath(path: string): string {
  if (path === '') throw new Error('an export needs a path: it is empty');
  return resolve(path);
}

/** Writes a file: a new one gets the permissions, an existing one keeps its own. @throws Error when the name is too long */
export function writeFile(at: TreeRef, args: Args): Op {
  checkFileName(args.path);
  return defineOp({
    kind: 'write',
    base: at.op,
    path: at.path,
    contents: args.contents,
    mode: (args.permissions || 0o644) & permissionBits,
  });
}

/** A file of its own. @throws Error when the name is empty, has a directory in it or is too long */
export function newFile(name: string, args: Args): TreeRef {
  checkPlainName(name);
  if (name === '' || name === '.' || name === '..') throw new Error(`${JSON.stringify(name)} is not a file name`);
  const path = `/${name}`;
  return { op: writeFile({ op: emptyTree, path }, { ...args, path }), path };
}

/** Removes paths below a place; `*` stands for names in the last part. */
export function removePaths(op: Op, paths: readonly string[]): Op {
  return defineOp({ kind: 'remove', base: op, paths });
}

/** Makes a symbolic link. */
export function makeLink(at: TreeRef, target: string): Op {
  return defineOp({ kind: 'symlink', base: at.op, target, path: at.path });
}

const kindOf = (stats: {
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}): StatRef['fileType'] =>
  stats.isDirectory() ? 'DIRECTORY' : stats.isSymbolicLink() ? 'SYMLINK' : stats.isFile() ? 'REGULAR' : 'UNKNOWN';

async function placeOf(api: Api, { op, path }: TreeRef, followLast: boolean): Promise<string> {
  const { layers } = await api.solver.solve(op);
  return rootPath(await api.context.overlays.view(layers), path, followLast);
}

/** Looks at a path of a tree; undefined when there is nothing. @throws Error when the path leads through a file */
export async function statOf(api: Api, ref: TreeRef, followLast: boolean): Promise<StatRef | undefined> {
  const seen = seenAt(api, ref, followLast);
  if (seen?.kind === 'nothing') return undefined;
  const path = seen?.entry.absolute ?? (await placeOf(api, ref, followLast));
  const stats = statEntry(path);
  return (
    stats && {
      size: stats.size,
      name: posix.basename(seen?.path ?? path),
      fileType: kindOf(stats),
      permissions: stats.mode & permissionBits,
    }
  );
}

/** The description of a path below a directory. @throws Error when nothing is there */
export async function requireStat(api: Api, ref: TreeRef, args: Args): Promise<StatRef> {
  const stat = args.path === '' ? undefined : await statOf(api, below(ref, args.path), !args.doNotFollowSymlinks);
  if (stat === undefined) throw new Error(`stat ${args.path}: no such file or directory`);
  return stat;
}

/** Whether a path below a directory is there, of the expected type when one is given. */
export async function existsIn(api: Api, ref: TreeRef, args: Args): Promise<boolean> {
  if (args.path === '') {
    await api.solver.solve(ref.op);
    return false;
  }
  const followLast = !(args.doNotFollowSymlinks || args.expectedType === 'SYMLINK_TYPE');
  const stat = await statOf(api, below(ref, args.path), followLast);
  if (stat === undefined) return false;
  return args.expectedType == null || `${stat.fileType}_TYPE` === args.expectedType;
}

/**
 * Looks at a path of a tree that is only listed so far.
 * @returns undefined for one that was made, or of which the list does not say enough
 */
export function seenAt(api: Api, { op, path }: TreeRef, followLast = true): Seen | undefined {
  const listing = api.seen.listing(op);
  return listing && lookUp(listing, path, followLast);
}

/** Where the contents of a file can be read on this machine. @throws Error when it is not there, or no file */
export async function requireText(api: Api, ref: TreeRef): Promise<string> {
  const seen = seenAt(api, ref);
  if (seen?.entry?.kind !== 'file') return requireType(api, ref, 'file');
  api.seen.read(seen.entry);
  return seen.entry.absolute;
}

/** Sees to it that something of a type is at a path. @throws Error when it is not */
export async function checkType(api: Api, ref: TreeRef, wanted: 'directory' | 'file'): Promise<void> {
  const isTop = wanted === 'directory' && ref.path === '/' && api.seen.listing(ref.op) !== undefined;
  const seen = isTop ? undefined : seenAt(api, ref);
  if (seen?.kind === 'nothing') throw nothingAt(ref);
  if (!isTop && seen?.kind !== wanted) await requireType(api, ref, wanted);
}

const nothingAt = ({ path }: TreeRef): Error => new Error(`${path}: no such file or directory`);

/** Where a path of a tree lies on this machine. @throws Error when it is not of the wanted type */
export async function requireType(api: Api, ref: TreeRef, wanted: 'directory' | 'file'): Promise<string> {
  const path = await api.solver.locate(ref);
  const stats = statEntry(path);
  if (stats === undefined) throw nothingAt(ref);
  if (wanted === 'directory' && !stats.isDirectory()) throw new Error(`path ${ref.path} is a file, not a directory`);
  if (wanted === 'file' && stats.isDirectory()) throw new Error(`path ${ref.path} is a directory, not a file`);
  if (wanted === 'file' && !stats.isFile()) throw new Error(`path ${ref.path} is not a regular file`);
  return path;
}
