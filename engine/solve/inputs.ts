/** What an operation is made of. */
import type { Filter, Op, OpOf, ProcessSpec } from '../objects/op.js';

/** The trees an operation is made of. */
export function inputsOf(op: Op): readonly Op[] {
  switch (op.kind) {
    case 'empty':
    case 'layers':
    case 'host':
    case 'bootstrap':
    case 'npm':
      return [];
    case 'exec':
      return treesOf(op);
    case 'mounted':
      return [op.exec];
    case 'copy':
    case 'copy-file':
      return [op.base, op.source.op];
    case 'patch':
      return [op.base, op.patch.op];
    case 'diff':
      return [op.lower.op, op.upper.op];
    case 'changes':
      return [op.base, op.changes.before.op, op.changes.after.op];
    case 'git-tree':
      return op.origin.kind === 'local' ? [op.origin.directory.op] : [];
    case 'git-cleaned':
      return [op.directory.op];
    case 'patch-of':
      return [op.before.op, op.after.op];
    case 'merge':
      return [op.base, ...[op.ours, ...op.others].flatMap(({ before, after }) => [before.op, after.op])];
    case 'write':
    case 'replace':
    case 'mkdir':
    case 'symlink':
    case 'remove':
    case 'rename':
    case 'chown':
    case 'timestamps':
      return [op.base];
  }
}

/** The trees of a process and of the services that it is bound to. */
const treesOf = ({ rootfs, mounts, bindings }: ProcessSpec): readonly Op[] => [
  rootfs,
  ...mounts.flatMap(mount => ('source' in mount && mount.source !== undefined ? [mount.source.op] : [])),
  ...bindings.flatMap(({ service }) => treesOf(service.process)),
];

/** Makes the test whether a tree is made without any process, so that looking at its content is cheap; it remembers its answers. */
export function plainTrees(): (op: Op) => boolean {
  const answers = new Map<string, boolean>();
  const isPlain = (op: Op): boolean => {
    const known = answers.get(op.digest);
    if (known !== undefined) return known;
    const plain = inputsOf(op).every(isPlain) && isMadeFromFiles(op);
    answers.set(op.digest, plain);
    return plain;
  };
  return isPlain;
}

function isMadeFromFiles(op: Op): boolean {
  switch (op.kind) {
    case 'exec':
    case 'mounted':
    case 'bootstrap':
    case 'npm':
    case 'git-tree':
      return false;
    case 'layers':
      return op.origin === 'host';
    default:
      return true;
  }
}

/** Whether a filter asks for nothing that a tree of this machine was not selected by when it was taken in. */
export function selectsAgain(op: Op, { include, exclude, gitignore }: Filter): boolean {
  if (op.kind !== 'layers' || include.length > 0 || exclude.length > 0) return false;
  return !gitignore || op.selected === 'gitignore';
}

/** Whether a copy puts one whole tree over another, entries as they are. */
export function isMerged({ to, source, owner, mode }: OpOf<'copy'>): boolean {
  return to === '/' && source.path === '/' && owner === '' && mode === undefined;
}
