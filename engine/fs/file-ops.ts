/** Operations on files that need no process: each writes one layer through an overlay mount. */
import {
  chmodSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { OpOf, TreeRef } from '../objects/op.js';
import { compilePattern } from '../objects/patterns.js';
import { applyChanges } from './apply-changes.js';
import { copyDirectory, copyFileTo, makeDirectories } from './copy.js';
import { resolveOwner } from './owner.js';
import { applyPatch } from './patch.js';
import { replaceText } from './replace-text.js';
import { rootPath, statEntry } from './root-path.js';
import { walk } from './walk.js';

export type FileOp = OpOf<
  | 'copy'
  | 'copy-file'
  | 'write'
  | 'replace'
  | 'patch'
  | 'mkdir'
  | 'symlink'
  | 'remove'
  | 'rename'
  | 'chown'
  | 'timestamps'
  | 'changes'
>;

/** Gives the absolute path of a tree reference in a read-only view. */
export type Locate = (ref: TreeRef) => Promise<string>;

function removeAt(root: string, path: string): void {
  const target = rootPath(root, path, false);
  if (relative(root, target) === '') throw new Error('the directory itself cannot be removed from itself');
  statEntry(target);
  rmSync(target, { recursive: true, force: true });
}

/** Removes a path; `*` in it stands for any part of a name, and the other wildcards count then as well. */
async function remove(root: string, path: string): Promise<void> {
  if (!path.includes('*')) return removeAt(root, path);
  const parts = path.split('/').filter(Boolean);
  const fixed = parts.findIndex(part => /[*?[\\]/.test(part));
  const base = rootPath(root, parts.slice(0, fixed).join('/'));
  const pattern = parts.slice(fixed);
  const names = pattern.map(part => compilePattern(part.startsWith('!') ? `\\${part}` : part.replaceAll('**', '*')));
  const descend = (directory: string, depth: number): void => {
    for (const name of readdirSync(directory)) {
      if (names[depth]?.matches(name) !== true) continue;
      const at = join(directory, name);
      if (depth === names.length - 1) rmSync(at, { recursive: true, force: true });
      else if (lstatSync(at).isDirectory()) descend(at, depth + 1);
    }
  };
  descend(base, 0);
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
      return copyDirectory(await locate(op.source), { root, path: op.to }, op.filter, options);
    }
    case 'copy-file': {
      const options = { owner: resolveOwner(root, op.owner), mode: op.mode };
      return copyFileTo(await locate(op.source), basename(op.source.path), { root, path: op.to }, options);
    }
    case 'write': {
      const target = rootPath(root, op.path);
      makeDirectories(dirname(target));
      const existing = statSync(target, { throwIfNoEntry: false });
      if (existing?.isDirectory() === true) throw new Error(`path ${op.path} is a directory, not a file`);
      writeFileSync(target, op.contents);
      if (existing === undefined) chmodSync(target, op.mode);
      return;
    }
    case 'replace': {
      const target = rootPath(root, op.path);
      return writeFileSync(target, replaceText(readFileSync(target, 'utf8'), op));
    }
    case 'patch':
      return applyPatch(rootPath(root, op.path), await locate(op.patch));
    case 'mkdir': {
      const target = rootPath(root, op.path);
      makeDirectories(target, { mode: op.mode });
      if (!statSync(target).isDirectory()) throw new Error(`mkdir ${op.path}: not a directory`);
      return;
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
    case 'changes': {
      const [before, after] = [await locate(op.changes.before), await locate(op.changes.after)];
      return applyChanges(root, op.path, { before, after });
    }
    case 'rename':
      return renameSync(rootPath(root, op.from, false), rootPath(root, op.to, false));
  }
}
