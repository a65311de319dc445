import { parse } from 'yaml';
import { asObject } from '../../../source/json-file.js';
import type { LockedPackage, NodeManagerDefinition } from './definition.js';
import { FETCH_OPTIONS } from './shared/global-install.js';

const STORE = '/root/.pnpm-store';

/** pnpm, in the version that the app names or that reads its lock file. */
export const pnpm: NodeManagerDefinition = {
  title: 'pnpm',
  doc: 'by pnpm-lock.yaml of pnpm 7 or newer; the version that `packageManager` or volta names, else one that reads the lock file',
  rank: 2,
  command: 'pnpm',
  lockFiles: ['pnpm-lock.yaml'],
  brought: {
    package: 'pnpm',
    formatOf: lock => {
      const written = /^lockfileVersion:\s*['"]?([\d.]+)/m.exec(lock)?.[1];
      return written === undefined ? undefined : Number(written);
    },
    readers: [
      { format: 9, version: '10.34.8' },
      { format: 6, version: '8.15.9' },
      { format: 5, version: '7.33.7' },
    ],
    reads: 'pnpm 7 or newer',
  },
  inVolta: true,
  install: ['pnpm', 'install', '--frozen-lockfile', '--store-dir', STORE, ...FETCH_OPTIONS],
  installUnlocked: ['pnpm', 'install', '--no-frozen-lockfile', '--store-dir', STORE, ...FETCH_OPTIONS],
  run: ['pnpm', 'run'],
  exec: ['pnpm', 'exec'],
  cache: { key: 'quayside-pnpm', path: STORE },
  files: ['pnpm-workspace.yaml', '.npmrc', '.pnpmfile.cjs', 'patches/**'],
  lockCommand: 'pnpm install --lockfile-only',
  lockedVersion,
};

/** What the package.json in a directory got; else the one version that is locked at all. */
function lockedVersion(lock: string, { name, directory }: LockedPackage): string | undefined {
  const { importers, ...alone } = head(lock);
  const importer = asObject(importers ?? { '.': alone })[directory === '' ? '.' : directory];
  for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
    const entry = asObject(asObject(importer)[group])[name];
    const written = typeof entry === 'string' ? entry : asObject(entry).version;
    const version = typeof written === 'string' ? /^\d+\.\d+\.\d+(?:-[\w.-]+)?/.exec(written)?.[0] : undefined;
    if (version !== undefined) return version;
  }
  const key = new RegExp(`^ {2}['"]?/?${name.replaceAll('/', '\\/')}[@/](\\d+\\.\\d+\\.\\d+(?:-[\\w.-]+)?)`, 'gm');
  const versions = new Set([...lock.matchAll(key)].map(match => match[1]!));
  return versions.size === 1 ? [...versions][0] : undefined;
}

/** What stands before the packages: what was asked for, and what it was resolved to. The rest is long, and a YAML parser slow. */
function head(lock: string): Readonly<Record<string, unknown>> {
  const end = lock.search(/^packages:/m);
  try {
    return asObject(parse(end < 0 ? lock : lock.slice(0, end)));
  } catch {
    return {};
  }
}
