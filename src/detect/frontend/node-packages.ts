/** The Node package manager by its lock file, and the version of it that wrote or must read that file. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/place.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { asObject } from '../../source/json-file.js';
import { joinPath, relativePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { BroughtManager, NodeManagerDefinition } from '../../support/managers/node/definition.js';
import { NODE_MANAGERS, type NodePackageManager } from '../../support/managers/node/index.js';
import { entriesOf } from '../../support/registry.js';
import type { NodeProject } from '../facts.js';
import { type PackageJson, placeIn, readPackageJson } from '../files/package-json.js';
import { installedLock } from './installed-lock.js';
import { askedFromGit, lockedFromGit } from './system-packages.js';
import { wholeLock } from './whole-lock.js';

/** How a directory's Node packages are installed. */
export type NodeInstall = Omit<NodeProject, 'root' | 'nodeVersion'>;

/** How they are installed, and what of them is locked. */
export interface LockedPackages {
  readonly install: NodeInstall;
  /** The exact version of a package that package.json asks for; undefined where the lock file does not say it. */
  readonly versionOf: (name: string) => string | undefined;
}

/** The project of a package.json with its packages installed. */
export function nodeProject(root: string, install: NodeInstall, nodeVersion: Sourced<string>): NodeProject {
  const { packageManager, packageManagerVersion, lockfile, unlocked, workspace, systemPackages } = install;
  return defined({
    root,
    packageManager,
    packageManagerVersion,
    nodeVersion,
    lockfile,
    unlocked,
    workspace,
    systemPackages,
  });
}

const MANAGERS = entriesOf<NodePackageManager, NodeManagerDefinition>(NODE_MANAGERS);

/** Names of lock files with the program that writes them. Two managers may go by one program, and write files of one name. */
const LOCKS = MANAGERS.flatMap(([, { lockFiles, command }]) => lockFiles.map(file => ({ file, command }))).filter(
  ({ file }, at, all) => all.findIndex(other => other.file === file) === at,
);

/** Finds the lock file of a package: beside it, or in the workspace that it is a member of. */
export async function detectNodeInstall(tree: Tree, file: PackageJson): Promise<Finding<LockedPackages>> {
  for (const root of await lockRoots(tree, file.root)) {
    const around = root === file.root ? undefined : (await readPackageJson(tree, root)).value;
    const asked = askedManager(file) ?? (around && askedManager(around));
    const locks = LOCKS.filter(({ file: name }) => tree.paths.includes(joinPath(root, name)));
    const isOne = new Set(locks.map(({ command }) => command)).size === 1;
    const known = locks.find(({ command }) => isOne || command === asked?.command);
    const isOpen = known === undefined && locks.length > 1 && !asked;
    const chosen = isOpen
      ? ((await installedLock(tree, root, locks)) ?? (await wholeLock(tree, file, root, locks)))
      : undefined;
    const lock = known ?? chosen;
    if (lock === undefined && locks.length > 0) return failed(twoLocks(root, locks));
    if (lock === undefined) continue;
    const path = joinPath(root, lock.file);
    if (asked !== undefined && asked.command !== lock.command) return failed(otherManager(asked, path));
    return readLock(tree, file, { path, root, command: lock.command, asked });
  }
  return found(withoutLock(file, askedManager(file)));
}

interface Lock {
  readonly path: string;
  /** Directory that it lies in. */
  readonly root: string;
  readonly command: string;
  readonly asked: AskedManager | undefined;
}

async function readLock(tree: Tree, file: PackageJson, lock: Lock): Promise<Finding<LockedPackages>> {
  const { path, root, command, asked } = lock;
  const place = { file: path };
  const text = (await tree.read(path)) ?? '';
  if (/^<{7} /m.test(text)) return failed(diagnose('QS403', { kind: 'conflict', path }, place));
  const [kind, manager] = MANAGERS.find(([, { owns, ...one }]) => one.command === command && (owns?.(text) ?? true))!;
  const version = manager.brought ? (asked?.version ?? versionThatReads(manager.brought, text, place)) : undefined;
  if (manager.brought && version === undefined) return failed(unreadable(path, command, manager.brought, text));
  const install = defined({
    packageManager: { value: kind, place },
    packageManagerVersion: version,
    lockfile: { value: path, place },
    workspace: root === file.root ? undefined : root,
    systemPackages: unlessEmpty(lockedFromGit(path, text)),
  });
  const directory = relativePath(root, file.root);
  const versionOf = (name: string) => {
    const range = file.dependencies.get(name);
    return range === undefined ? undefined : manager.lockedVersion(text, { name, range, directory });
  };
  return found({ install, versionOf });
}

/** The version that reads a lock file, where nothing names one. */
function versionThatReads({ formatOf, readers }: BroughtManager, lock: string, place: Place) {
  const format = formatOf?.(lock);
  const reader = formatOf ? readers.find(one => format !== undefined && format >= one.format) : readers[0];
  const why = formatOf ? `reads lock files of format ${format}` : 'nothing asks for a version';
  return reader && { value: reader.version, place, why };
}

/** Directories to look for the lock in: the package's own, then those above that declare workspaces. */
async function lockRoots(tree: Tree, root: string): Promise<readonly string[]> {
  const parts = root === '' ? [] : root.split('/');
  const above = parts.map((_, depth) => parts.slice(0, depth).join('/')).reverse();
  const roots = [root];
  for (const directory of above) {
    const text = await tree.read(joinPath(directory, 'package.json'));
    const isWorkspace =
      /"workspaces"\s*:/.test(text ?? '') || tree.paths.includes(joinPath(directory, 'pnpm-workspace.yaml'));
    if (isWorkspace) roots.push(directory);
  }
  return roots;
}

/** A package manager that a package.json names, with its version. */
interface AskedManager {
  readonly command: string;
  readonly version: Sourced<string>;
}

/** What `packageManager` (or volta) names, such as pnpm@9.1.0. */
function askedManager(file: PackageJson): AskedManager | undefined {
  const { packageManager } = file.data;
  const written = typeof packageManager === 'string' ? /^(\w+)@(\d+(?:\.\d+){0,2})/.exec(packageManager) : null;
  if (written && MANAGERS.some(([, { command }]) => command === written[1])) {
    return { command: written[1]!, version: { value: written[2]!, place: placeIn(file, 'packageManager') } };
  }
  const volta = asObject(file.data.volta);
  const pinned = MANAGERS.find(([, { inVolta, command }]) => inVolta && typeof volta[command] === 'string')?.[1];
  if (!pinned) return undefined;
  const { command } = pinned;
  return { command, version: { value: String(volta[command]), place: placeIn(file, 'volta', command) } };
}

/** What to type for a lock file of a program, and the name that it has. */
function lockingWith(command: string): NodeManagerDefinition {
  return MANAGERS.find(([, manager]) => manager.command === command)![1];
}

function twoLocks(root: string, locks: typeof LOCKS) {
  const names = locks.map(({ file }) => file);
  return diagnose('QS407', { kind: 'two-locks', names }, { file: joinPath(root, names[0]!) });
}

function otherManager({ command, version: { place } }: AskedManager, lock: string) {
  const data = { kind: 'other-manager', manifest: place.file, asked: command, lock } as const;
  return diagnose('QS407', { ...data, locking: lockingWith(command).lockCommand }, place);
}

function unreadable(path: string, command: string, { formatOf, reads }: BroughtManager, lock: string) {
  const data = { kind: 'format', path, format: formatOf?.(lock), command, reads } as const;
  return diagnose('QS403', data, { file: path });
}

/** Nothing is locked: the manager that package.json names, else npm, takes what fits. */
function withoutLock(file: PackageJson, asked: AskedManager | undefined): LockedPackages {
  const [kind, manager] = asked
    ? MANAGERS.findLast(([, { command, majors }]) => {
        const major = Number.parseInt(asked.version.value, 10);
        return command === asked.command && (majors?.(major) ?? true);
      })!
    : MANAGERS.find(([, { brought }]) => brought === undefined)!;
  const path = joinPath(file.root, manager.lockFiles[0]!);
  const place = asked?.version.place ?? { file: file.path };
  const why = asked ? 'package.json asks for it' : 'nothing asks for another one';
  const newest = manager.brought?.readers[0]?.version;
  const version = newest === undefined ? undefined : (asked?.version ?? { value: newest, place, why });
  const install = defined({
    packageManager: { value: kind, place, why },
    packageManagerVersion: version,
    lockfile: { value: path, place: { file: file.path } },
    unlocked: true as const,
    systemPackages: unlessEmpty(askedFromGit(file)),
  });
  return { install, versionOf: () => undefined };
}
