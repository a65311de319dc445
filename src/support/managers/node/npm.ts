import { defined } from '../../../source/defined.js';
import { asObject } from '../../../source/json-file.js';
import type { LockEntry, LockedPackage, NodeManagerDefinition } from './definition.js';
import { FETCH_OPTIONS, NPM_CACHE } from './shared/global-install.js';
import { eachOnce } from './shared/lock-entries.js';

/** npm, in the version that comes with Node. */
export const npm: NodeManagerDefinition = {
  title: 'npm',
  doc: 'by package-lock.json or npm-shrinkwrap.json, also of a workspace around the package',
  rank: 1,
  command: 'npm',
  lockFiles: ['package-lock.json', 'npm-shrinkwrap.json'],
  inVolta: false,
  install: ['npm', 'ci', '--no-audit', '--no-fund', ...FETCH_OPTIONS],
  installUnlocked: ['npm', 'install', '--no-audit', '--no-fund', ...FETCH_OPTIONS],
  run: ['npm', 'run'],
  exec: ['npx', '--no-install'],
  cache: NPM_CACHE,
  files: ['.npmrc'],
  lockCommand: 'npm install --package-lock-only',
  lockedVersion,
  allLocked,
};

/** Packages are locked by where they are installed: the nearest node_modules is the one that is read. Locks of npm 6 have names only. */
function lockedVersion(lock: string, { name, directory }: LockedPackage): string | undefined {
  const { packages, dependencies } = parsed(lock);
  const parts = directory === '' ? [] : directory.split('/');
  const around = [...parts.keys(), parts.length].reverse().map(depth => parts.slice(0, depth));
  const paths = around.map(above => [...above, 'node_modules', name].join('/'));
  const found = paths.map(path => asObject(asObject(packages)[path]).version).find(version => version !== undefined);
  const version = found ?? asObject(asObject(dependencies)[name]).version;
  return typeof version === 'string' ? version : undefined;
}

function parsed(lock: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(lock));
  } catch {
    return {};
  }
}

/** Entries of npm 7 and newer, by the directories that packages are installed in; else those of npm 6, which stand inside each other. */
function allLocked(lock: string): readonly LockEntry[] {
  const { packages, dependencies } = parsed(lock);
  if (packages === undefined) return eachOnce(nested(asObject(dependencies)));
  return eachOnce(
    Object.entries(asObject(packages)).flatMap(([path, value]) => {
      const at = path.lastIndexOf('node_modules/');
      return at < 0 ? [] : entryOf(path.slice(at + 'node_modules/'.length), asObject(value));
    }),
  );
}

function nested(dependencies: Readonly<Record<string, unknown>>): readonly LockEntry[] {
  return Object.entries(dependencies).flatMap(([name, value]) => {
    const entry = asObject(value);
    return [...entryOf(name, entry), ...nested(asObject(entry.dependencies))];
  });
}

/** A link leads to a member of the workspace. An entry has a name where the package is installed under another one. */
function entryOf(path: string, entry: Readonly<Record<string, unknown>>): readonly LockEntry[] {
  const { version, name = path, integrity, resolved, license, dev, devOptional, optional, link } = entry;
  if (link === true || typeof version !== 'string' || typeof name !== 'string') return [];
  return [
    defined({
      name,
      version,
      integrity: typeof integrity === 'string' ? integrity : undefined,
      url: typeof resolved === 'string' ? resolved : undefined,
      licence: typeof license === 'string' ? license : undefined,
      dev: dev === true || devOptional === true ? (true as const) : undefined,
      optional: optional === true || devOptional === true ? (true as const) : undefined,
    }),
  ];
}
