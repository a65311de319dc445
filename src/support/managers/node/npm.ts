import { asObject } from '../../../source/json-file.js';
import type { LockedPackage, NodeManagerDefinition } from './definition.js';
import { FETCH_OPTIONS, NPM_CACHE } from './shared/global-install.js';

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
