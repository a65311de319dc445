/** Exact versions by package name, from any kind of lock. */
import { defined } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { LockedPackage } from '../../support/managers/python/definition.js';
import { markerHolds } from '../../support/pep508/evaluate.js';

/** The exact version of each package that a lock or a pinned requirement names. */
export type LockedVersions = ReadonlyMap<string, Sourced<string>>;

/** The first version of each name that may be installed; `python` is the minor version, once it is chosen. */
export function versionsOf(packages: readonly LockedPackage[], python?: string): LockedVersions {
  const versions = new Map<string, Sourced<string>>();
  for (const locked of packages) {
    const { name, version, marker } = locked;
    const isLeftOut = marker !== undefined && markerHolds(marker, { python }) === false;
    if (version === undefined || isLeftOut || versions.has(name)) continue;
    versions.set(name, {
      value: version,
      get place() {
        return locked.place;
      },
    });
  }
  return versions;
}

/** Packages that requirements pin with `==`: where several do, the last counts. */
export function pinnedPackages(dependencies: readonly Dependency[]): readonly LockedPackage[] {
  return dependencies.toReversed().flatMap(({ name, pinned, marker, place }) => {
    if (pinned === undefined) return [];
    return [{ ...defined({ name, version: pinned, marker }), place }];
  });
}
