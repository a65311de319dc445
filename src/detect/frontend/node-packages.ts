/** The Node package manager by its lock file, and the version of it that wrote or must read that file. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/diagnostic.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { NodePackageManager } from '../facts.js';
import { asObject, type PackageJson, placeIn, readPackageJson } from '../files/package-json.js';

/** How a directory's Node packages are installed. */
export interface NodeInstall {
  readonly packageManager: Sourced<NodePackageManager>;
  /** Exact version to install; absent: the one that comes with Node. */
  readonly packageManagerVersion?: Sourced<string>;
  readonly lockfile: Sourced<string>;
  /** Directory of the lock file when it is a workspace around the package. */
  readonly workspace?: string;
}

const LOCKS: readonly (readonly [file: string, manager: 'npm' | 'pnpm' | 'yarn' | 'bun'])[] = [
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

/** Versions that read a lock file of the given format and write it unchanged; newest format first. */
const READERS: Readonly<Record<'pnpm' | 'yarn-berry', readonly (readonly [format: number, version: string])[]>> = {
  pnpm: [
    [9, '10.34.8'],
    [6, '8.15.9'],
    [5, '7.33.7'],
  ],
  'yarn-berry': [
    [8, '4.18.1'],
    [6, '3.8.7'],
  ],
};

const BUN = '1.4.5';

const LOCKING: Readonly<Record<string, string>> = {
  npm: 'npm install --package-lock-only',
  pnpm: 'pnpm install --lockfile-only',
  yarn: 'yarn install',
  bun: 'bun install --lockfile-only',
};

/** Finds the lock file of a package: beside it, or in the workspace that it is a member of. */
export async function detectNodeInstall(tree: Tree, file: PackageJson): Promise<Finding<NodeInstall>> {
  for (const root of await lockRoots(tree, file.root)) {
    const around = root === file.root ? undefined : (await readPackageJson(tree, root)).value;
    const asked = askedManager(file) ?? (around && askedManager(around));
    const locks = LOCKS.filter(([name]) => tree.paths.includes(joinPath(root, name)));
    const managers = [...new Set(locks.map(([, manager]) => manager))];
    const [lock] = locks.filter(([, manager]) => managers.length === 1 || manager === asked?.name);
    if (lock === undefined && managers.length > 1)
      return failed(
        twoLocks(
          root,
          locks.map(([name]) => name),
        ),
      );
    if (lock === undefined) continue;
    if (asked !== undefined && asked.name !== lock[1])
      return failed(otherManager(file, asked.name, joinPath(root, lock[0])));
    return install(tree, file, root, lock, asked);
  }
  return failed(noLock(file, askedManager(file)?.name ?? 'npm'));
}

async function install(
  tree: Tree,
  file: PackageJson,
  root: string,
  [name, manager]: (typeof LOCKS)[number],
  asked: AskedManager | undefined,
): Promise<Finding<NodeInstall>> {
  const path = joinPath(root, name);
  const text = (await tree.read(path)) ?? '';
  if (/^<{7} /m.test(text)) return failed(conflict(path));
  const format = lockFormat(manager, text);
  const kind: NodePackageManager = manager === 'yarn' && format !== undefined ? 'yarn-berry' : manager;
  const place = { file: path };
  const readable =
    kind === 'pnpm' || kind === 'yarn-berry' ? READERS[kind].find(([known]) => (format ?? 0) >= known) : undefined;
  const fallback = kind === 'bun' ? BUN : readable?.[1];
  const why = kind === 'bun' ? 'nothing asks for a version' : `reads lock files of format ${format}`;
  // The npm of the image reads every lock file of npm, and yarn 1 has no versions worth telling apart.
  const isOwn = kind === 'npm' || kind === 'yarn';
  if (!isOwn && asked?.version === undefined && fallback === undefined) return failed(oldLock(path, kind, format));
  const version: Sourced<string> | undefined = isOwn
    ? undefined
    : asked?.version !== undefined
      ? { value: asked.version, place: asked.place }
      : { value: fallback!, place, why };
  return found({
    packageManager: { value: kind, place },
    ...(version && { packageManagerVersion: version }),
    lockfile: { value: path, place },
    ...(root !== file.root && { workspace: root }),
  });
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

interface AskedManager {
  readonly name: string;
  readonly version: string;
  readonly place: Place;
}

/** What `packageManager` (or volta) names, such as pnpm@9.1.0. */
function askedManager(file: PackageJson): AskedManager | undefined {
  const { packageManager } = file.data;
  const written =
    typeof packageManager === 'string' ? /^(npm|pnpm|yarn|bun)@(\d+\.\d+\.\d+)/.exec(packageManager) : null;
  if (written) return { name: written[1]!, version: written[2]!, place: placeIn(file, '"packageManager"') };
  const volta = asObject(file.data.volta);
  const name = ['pnpm', 'yarn'].find(key => typeof volta[key] === 'string');
  return name === undefined ? undefined : { name, version: String(volta[name]), place: placeIn(file, '"volta"') };
}

/** The number of the lock file's format; undefined for formats that need no telling apart. */
function lockFormat(manager: string, text: string): number | undefined {
  if (manager === 'pnpm') return Number(/^lockfileVersion:\s*['"]?([\d.]+)/m.exec(text)?.[1] ?? 0);
  const berry = manager === 'yarn' ? /^__metadata:\s*\n\s+version:\s*(\d+)/m.exec(text) : null;
  return berry ? Number(berry[1]) : undefined;
}

function twoLocks(root: string, names: readonly string[]) {
  return worded('QS407', {
    place: { file: joinPath(root, names[0]!) },
    problem: `${names.join(' and ')} lock the same packages`,
    expected: 'the lock file of one package manager',
    fix: 'delete the one that is not used, or name the package manager as "packageManager" in package.json',
  });
}

function otherManager(file: PackageJson, asked: string, lock: string) {
  return worded('QS407', {
    place: placeIn(file, '"packageManager"'),
    problem: `${file.path} asks for ${asked}, and the packages are locked in ${lock}`,
    expected: `a lock file of ${asked}`,
    fix: `run "${LOCKING[asked]}" and commit its lock file, or correct "packageManager"`,
  });
}

function conflict(path: string) {
  return worded('QS403', {
    place: { file: path },
    problem: `${path} has the marks of a merge conflict`,
    expected: 'a lock file as the package manager writes it',
    fix: 'solve the conflict, and let the package manager write the file again',
  });
}

function oldLock(path: string, kind: string, format: number | undefined) {
  return worded('QS403', {
    place: { file: path },
    problem: `${path} has format ${format ?? 'unknown'}, which no supported version of ${kind === 'pnpm' ? 'pnpm' : 'yarn'} reads`,
    expected: kind === 'pnpm' ? 'a lock file of pnpm 7 or newer' : 'a lock file of yarn 1, 3 or 4',
    fix: 'lock again with a newer version, or name the exact one as "packageManager" in package.json',
  });
}

function noLock(file: PackageJson, manager: string) {
  const lock = LOCKS.find(([, name]) => name === manager)![0];
  return worded('QS401', {
    place: { file: file.path },
    problem: `${file.path} has a build script, and no lock file pins its packages`,
    expected: `${joinPath(file.root, lock)} in the source`,
    fix: `run "${LOCKING[manager]}" there and commit it, or write "frontend: false" in quayside.yaml`,
  });
}
