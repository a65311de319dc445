/** Operations on files that need no process: each writes one layer through an overlay mount. */
import {
  chmodSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { copyDirectory, copyEntry, makeDirectories } from '../fs/copy.js';
import { globMatcher } from '../fs/filter.js';
import { resolveOwner } from '../fs/owner.js';
import { rootPath } from '../fs/root-path.js';
import { walk } from '../fs/walk.js';
import type { OpOf, TreeRef } from '../objects/op.js';

export type FileOp = OpOf<'copy' | 'copy-file' | 'write' | 'mkdir' | 'symlink' | 'remove' | 'chown' | 'timestamps'>;

/** Gives the absolute path of a tree reference in a read-only view. */
export type Locate = (ref: TreeRef) => Promise<string>;

async function remove(root: string, path: string): Promise<void> {
  if (!path.includes('*')) {
    rmSync(rootPath(root, path, false), { recursive: true, force: true });
    return;
  }
  const parent = rootPath(root, dirname(path));
  const matches = globMatcher(basename(path));
  for (const name of readdirSync(parent))
    if (matches(name)) rmSync(join(parent, name), { recursive: true, force: true });
}

async function forEachBelow(path: string, change: (path: string) => void): Promise<void> {
  change(path);
  if (!lstatSync(path).isDirectory()) return;
  for await (const entry of walk(path, () => 'selected')) change(entry.absolute);
}

/** Carries out a file operation on the tree mounted writable at `root`. */
export async function applyFileOp(op: FileOp, root: string, locate: Locate): Promise<void> {
  switch (op.kind) {
    case 'copy': {
      const options = { owner: resolveOwner(root, op.owner), mode: op.mode };
      return copyDirectory(await locate(op.source), rootPath(root, op.to), op.filter, options);
    }
    case 'copy-file': {
      const from = await locate(op.source);
      const stats = statSync(from);
      if (!stats.isFile()) throw new Error(`${op.source.path} is not a file`);
      const plain = rootPath(root, op.to);
      const into = op.to.endsWith('/') || statSync(plain, { throwIfNoEntry: false })?.isDirectory() === true;
      const target = into ? join(plain, basename(from)) : plain;
      const options = { owner: resolveOwner(root, op.owner), mode: op.mode };
      makeDirectories(dirname(target), options);
      return copyEntry(from, target, stats, options);
    }
    case 'write': {
      const target = rootPath(root, op.path);
      const owner = resolveOwner(root, op.owner);
      makeDirectories(dirname(target));
      const existed = statSync(target, { throwIfNoEntry: false }) !== undefined;
      writeFileSync(target, op.contents);
      if (!existed) chmodSync(target, op.mode);
      if (owner) lchownSync(target, owner.uid, owner.gid);
      return;
    }
    case 'mkdir': {
      const target = rootPath(root, op.path);
      makeDirectories(dirname(target));
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) return;
      mkdirSync(target);
      return chmodSync(target, op.mode);
    }
    case 'symlink': {
      const directory = rootPath(root, dirname(op.path));
      makeDirectories(directory);
      return symlinkSync(op.target, join(directory, basename(op.path)));
    }
    case 'remove':
      for (const path of op.paths) await remove(root, path);
      return;
    case 'chown': {
      const owner = resolveOwner(root, op.owner);
      if (owner) await forEachBelow(rootPath(root, op.path), path => lchownSync(path, owner.uid, owner.gid));
      return;
    }
    case 'timestamps':
      return forEachBelow(rootPath(root, op.path), path => lutimesSync(path, op.seconds, op.seconds));
  }
}
