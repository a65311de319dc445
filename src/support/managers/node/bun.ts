import { defined } from '../../../source/defined.js';
import { asObject, readLooseJson } from '../../../source/json-file.js';
import type { LockEntry, LockedPackage, NodeManagerDefinition } from './definition.js';
import { eachOnce } from './shared/lock-entries.js';

/** bun as a package manager: the app's scripts run in Node. */
export const bun: NodeManagerDefinition = {
  title: 'bun',
  doc: 'by bun.lock or bun.lockb; the version that `packageManager` names',
  rank: 5,
  command: 'bun',
  lockFiles: ['bun.lock', 'bun.lockb'],
  brought: { package: 'bun', readers: [{ format: 0, version: '1.4.5' }], reads: 'bun 1' },
  inVolta: false,
  install: ['bun', 'install', '--frozen-lockfile'],
  installUnlocked: ['bun', 'install', '--no-frozen-lockfile'],
  run: ['bun', 'run'],
  exec: ['bun', 'x', '--no-install'],
  env: { BUN_CONFIG_HTTP_RETRY_COUNT: '4' },
  cache: { key: 'quayside-bun', path: '/root/.bun/install/cache' },
  files: ['bunfig.toml', '.npmrc'],
  lockCommand: 'bun install --lockfile-only',
  lockedVersion,
  allLocked,
};

/** Packages stand under their names; one that a member has in another version, under that of the member before it. The binary format tells nothing. */
function lockedVersion(lock: string, { name, directory }: LockedPackage): string | undefined {
  if (!lock.trimStart().startsWith('{')) return undefined;
  const { workspaces, packages } = asObject(readLooseJson(lock));
  const member = asObject(asObject(workspaces)[directory]).name;
  const all = asObject(packages);
  const entry = all[`${member}/${name}`] ?? all[name];
  const resolved: unknown = Array.isArray(entry) ? entry[0] : undefined;
  return typeof resolved === 'string' && resolved.startsWith(`${name}@`) ? resolved.slice(name.length + 1) : undefined;
}

/** What is no package of a registry has a path or an address in place of a version. */
function allLocked(lock: string): readonly LockEntry[] {
  if (!lock.trimStart().startsWith('{')) return [];
  const { packages } = asObject(readLooseJson(lock));
  return eachOnce(
    Object.values(asObject(packages)).flatMap(entry => {
      if (!Array.isArray(entry)) return [];
      const [, name, version] = /^(@?[^@]+)@(\d.*)$/.exec(String(entry[0])) ?? [];
      if (name === undefined || version === undefined) return [];
      const integrity = entry.find(part => typeof part === 'string' && /^sha\d+-/.test(part)) as string | undefined;
      return [defined({ name, version, integrity })];
    }),
  );
}
