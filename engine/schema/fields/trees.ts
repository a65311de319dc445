/** What fields of containers, directories and files share about trees. */
import { lstatSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { rootPath } from '../../fs/root-path.js';
import { defineOp, emptyTree, everything, type Filter, type Op, type TreeRef } from '../../objects/op.js';
import type { StatRef } from '../../objects/registry.js';
import type { Api, Args } from '../api.js';

/** The filter that a field's arguments give. */
export function filterOf(args: Args): Filter {
  return { include: args.include ?? [], exclude: args.exclude ?? [], gitignore: args.gitignore ?? false };
}

/** Joins a path to a tree reference's; a path that leads out of it ends at its top. */
export function below(ref: TreeRef, path: string): TreeRef {
  return { op: ref.op, path: posix.join(ref.path, posix.normalize(`/${path}`)) };
}

/** The tree whose top is the referenced directory. */
export function asRoot(ref: TreeRef): Op {
  return ref.path === '/'
    ? ref.op
    : defineOp({ kind: 'copy', base: emptyTree, to: '/', source: ref, filter: everything, owner: '' });
}

/** Copies a directory's selected contents to a place of a tree. */
export function copyTree(at: TreeRef, source: TreeRef, args: Args): Op {
  return defineOp({
    kind: 'copy',
    base: at.op,
    to: at.path,
    source,
    filter: filterOf(args),
    owner: args.owner ?? '',
    ...(args.permissions == null ? {} : { mode: args.permissions }),
  });
}

/** Copies one file; a path that ends with a slash, or is a directory, takes the file under its own name. */
export function copyFile(at: TreeRef, source: TreeRef, args: Args, path: string): Op {
  const to = path.endsWith('/') && !at.path.endsWith('/') ? `${at.path}/` : at.path;
  return defineOp({
    kind: 'copy-file',
    base: at.op,
    to,
    source,
    owner: args.owner ?? '',
    ...(args.permissions == null ? {} : { mode: args.permissions }),
  });
}

const fileModeDefault = 0o644;

/** Writes a new file. @throws Error for a path without a file name */
export function writeFile(at: TreeRef, args: Args): Op {
  const name = posix.basename(args.path);
  if (args.path === '' || args.path.endsWith('/') || name === '.' || name === '..')
    throw new Error(`invalid file name ${JSON.stringify(args.path)}`);
  return defineOp({
    kind: 'write',
    base: at.op,
    path: at.path,
    contents: args.contents,
    owner: args.owner ?? '',
    mode: args.permissions || fileModeDefault,
  });
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

/** Looks at a path of a tree; undefined when there is nothing. */
export async function statOf(api: Api, ref: TreeRef, followLast: boolean): Promise<StatRef | undefined> {
  const { layers } = await api.solver.solve(ref.op);
  const path = rootPath(await api.context.overlays.view(layers), ref.path, followLast);
  const stats = (followLast ? statSync : lstatSync)(path, { throwIfNoEntry: false });
  return (
    stats && { size: stats.size, name: posix.basename(path), fileType: kindOf(stats), permissions: stats.mode & 0o777 }
  );
}

/** Whether a path is there, of the expected type when one is given. */
export async function existsIn(api: Api, ref: TreeRef, args: Args): Promise<boolean> {
  const followLast = !(args.doNotFollowSymlinks || args.expectedType === 'SYMLINK_TYPE');
  const stat = await statOf(api, ref, followLast);
  if (stat === undefined) return false;
  return args.expectedType == null || `${stat.fileType}_TYPE` === args.expectedType;
}

/** A description of a path of a tree for people. @throws Error when it is not of the wanted type */
export async function requireType(api: Api, ref: TreeRef, wanted: 'directory' | 'file'): Promise<string> {
  const path = await api.solver.locate(ref);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`${ref.path}: no such file or directory`);
  if (wanted === 'directory' && !stats.isDirectory()) throw new Error(`${ref.path}: not a directory`);
  if (wanted === 'file' && !stats.isFile()) throw new Error(`${ref.path}: not a file`);
  return path;
}
