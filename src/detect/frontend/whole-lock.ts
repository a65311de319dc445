/** Which of several lock files was kept: the one that has all that package.json asks for. */
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import { joinPath, relativePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { NODE_MANAGERS } from '../../support/managers/node/index.js';
import type { PackageJson } from '../files/package-json.js';
import type { LockName } from './installed-lock.js';

const MANAGERS = Object.values(NODE_MANAGERS);

/** Finds the only one that has a version for every range of a package; the others were left behind when packages were added. */
export async function wholeLock<L extends LockName>(
  tree: Tree,
  file: PackageJson,
  root: string,
  locks: readonly L[],
): Promise<L | undefined> {
  if (file.dependencies.size === 0) return undefined;
  const read = locks.map(async lock => ((await hasAll(tree, file, root, lock)) ? [lock] : []));
  const [only, another] = (await Promise.all(read)).flat();
  return another === undefined ? only : undefined;
}

async function hasAll(tree: Tree, file: PackageJson, root: string, { file: name, command }: LockName) {
  const text = (await tree.read(joinPath(root, name))) ?? '';
  const manager = MANAGERS.find(one => one.command === command && (one.owns?.(text) ?? true));
  const directory = relativePath(root, file.root);
  return [...file.dependencies].every(([dependency, range]) => {
    const version = manager?.lockedVersion(text, { name: dependency, range, directory });
    const isRange = validRange(range) !== null && range !== '';
    return version !== undefined && (!isRange || satisfies(version, range));
  });
}
