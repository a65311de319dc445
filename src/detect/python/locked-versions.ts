/** Exact versions by package name, from any kind of lock. */

import type { Sourced } from '../../source/sourced.js';
import { isTable, stringAt, type TomlFile } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Dependency } from '../../support/dependency.js';
import { normaliseName } from '../../support/dependency.js';
import type { PipfileLock } from './pipenv-lock.js';

/** The exact version of each package that a lock or a pinned requirement names. */
export type LockedVersions = ReadonlyMap<string, Sourced<string>>;

/** Versions in poetry.lock, uv.lock and pdm.lock: the first of each name. */
export function tomlVersions(lock: TomlFile): LockedVersions {
  const versions = new Map<string, Sourced<string>>();
  for (const [index, entry] of (Array.isArray(lock.data.package) ? lock.data.package : []).entries()) {
    if (!isTable(entry)) continue;
    const [name, value] = [stringAt(entry, 'name'), stringAt(entry, 'version')];
    if (name === undefined || value === undefined || versions.has(normaliseName(name))) continue;
    // A lock has hundreds of them, and the lines of few are asked for.
    const version = {
      value,
      get place() {
        return tomlPlace(lock, 'package', index, 'name');
      },
    };
    versions.set(normaliseName(name), version);
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
