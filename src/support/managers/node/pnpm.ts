import { parse } from 'yaml';
import { defined } from '../../../source/defined.js';
import { asObject } from '../../../source/json-file.js';
import type { LockEntry, LockedPackage, NodeManagerDefinition } from './definition.js';
import { FETCH_OPTIONS } from './shared/global-install.js';
import { eachOnce } from './shared/lock-entries.js';

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
  distrustsSource: true,
  lockCommand: 'pnpm install --lockfile-only',
  lockedVersion,
  allLocked,
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

/** An entry of `packages`: its key, and its lines. */
const ENTRY = /^ {2}(['"]?)(\S.*?)\1:\r?\n((?: {4}.*(?:\r?\n|$)|\r?\n(?= {4}))*)/gm;

/** `name@1.0.0(peer@2)` of pnpm 9, `/name@1.0.0` of 8, `/name/1.0.0_peer` of 7. */
const KEY = /^\/?((?:@[^/@]+\/)?[^/@]+)[@/](\d[^(_]*)/;

/** Read by lines, for the same reason. From format 9 on, what is optional is said apart, and what is for development not at all. */
function allLocked(lock: string): readonly LockEntry[] {
  const snapshots = new Map(entriesOf(lock, 'snapshots').map(({ key, body }) => [key.replace(/\(.*/, ''), body]));
  return eachOnce(
    entriesOf(lock, 'packages').flatMap(({ key, body }) => {
      const [, name, version] = KEY.exec(key) ?? [];
      if (name === undefined || version === undefined) return [];
      const is = (field: string, text = body): true | undefined =>
        new RegExp(`^ {4}${field}: true`, 'm').test(text) ? true : undefined;
      return [
        defined({
          name,
          version,
          integrity: /\bintegrity: ['"]?([^\s,'"}]+)/.exec(body)?.[1],
          url: /\btarball: ['"]?([^\s,'"}]+)/.exec(body)?.[1],
          dev: is('dev'),
          optional: is('optional') ?? is('optional', snapshots.get(key) ?? ''),
        }),
      ];
    }),
  );
}

function entriesOf(lock: string, section: string): readonly { readonly key: string; readonly body: string }[] {
  const start = new RegExp(`^${section}:\\r?\\n`, 'm').exec(lock);
  if (!start) return [];
  const rest = lock.slice(start.index + start[0].length);
  const end = rest.search(/^\S/m);
  const text = end < 0 ? rest : rest.slice(0, end);
  return [...text.matchAll(ENTRY)].map(([, , key = '', body = '']) => ({ key, body }));
}
