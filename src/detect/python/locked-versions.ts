/** Exact versions by package name, from any kind of lock. */

import type { Sourced } from '../../source/sourced.js';
import { isTable, stringAt, type TomlFile } from '../../source/toml-file.js';
import type { Dependency } from '../../support/dependency.js';
import { normaliseName } from '../../support/dependency.js';
import type { PipfileLock } from './pipenv-lock.js';

/** The exact version of each package that a lock or a pinned requirement names. */
export type LockedVersions = ReadonlyMap<string, Sourced<string>>;

/** Versions in poetry.lock, uv.lock and pdm.lock: the first of each name. */
export function tomlVersions(lock: TomlFile): LockedVersions {
  const lines = lock.text.split('\n');
  const versions = new Map<string, Sourced<string>>();
  for (const entry of Array.isArray(lock.data.package) ? lock.data.package.filter(isTable) : []) {
    const [name, value] = [stringAt(entry, 'name'), stringAt(entry, 'version')];
    if (name === undefined || value === undefined || versions.has(normaliseName(name))) continue;
    const at = lines.indexOf(`name = "${name}"`);
    versions.set(normaliseName(name), { value, place: { file: lock.path, ...(at >= 0 && { line: at + 1 }) } });
  }
  return versions;
}

/** Versions in Pipfile.lock. */
export function pipfileVersions(lock: PipfileLock): LockedVersions {
  const versions = new Map<string, Sourced<string>>();
  for (const packages of Object.values(lock.categories)) {
    for (const [name, entry] of Object.entries(packages)) {
      const version = isTable(entry) ? stringAt(entry, 'version') : undefined;
      if (version) versions.set(normaliseName(name), { value: version.replace(/^==/, ''), place: { file: lock.path } });
    }
  }
  return versions;
}

/** Versions that requirements pin with `==`. */
export function pinnedVersions(dependencies: readonly Dependency[]): LockedVersions {
  return new Map(
    dependencies.flatMap(({ name, pinned, place }) => (pinned === undefined ? [] : [[name, { value: pinned, place }]])),
  );
}
