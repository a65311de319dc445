/** What the locks of poetry, uv and pdm have in common: a table [[package]] for each package. */
import { defined } from '../../../../source/defined.js';
import { isTable, stringAt, type TomlFile, type tableAt } from '../../../../source/toml-file.js';
import { tomlPlaceInTable } from '../../../../source/toml-place.js';
import type { Marker } from '../../../pep508/marker.js';
import { normaliseName } from '../../../pep508/requirement.js';
import type { LockedPackage } from '../definition.js';

/** An entry of a lock. */
export type LockEntry = ReturnType<typeof tableAt>;

/** How the locks differ. */
export interface LockForm {
  marker(entry: LockEntry): Marker | undefined;
  /** Directory of the source that the entry's code lies in. */
  directory(entry: LockEntry): unknown;
  isFromGit(entry: LockEntry): boolean;
  /** The commit that such an entry is at. */
  commit(entry: LockEntry): unknown;
}

/** The entries of a lock, whatever is in it. */
export function lockEntries({ data }: TomlFile): readonly LockEntry[] {
  return Array.isArray(data.package) ? data.package.filter(isTable) : [];
}

/** The packages of a lock. */
export function packagesIn(lock: TomlFile, form: LockForm): readonly LockedPackage[] {
  return lockEntries(lock).flatMap((entry, index) => {
    const name = stringAt(entry, 'name');
    if (name === undefined) return [];
    const version = stringAt(entry, 'version');
    const known = { name: normaliseName(name), version, marker: form.marker(entry), from: originOf(entry, form) };
    return [
      {
        ...defined(known),
        get place() {
          return tomlPlaceInTable(lock, 'package', index, 'name');
        },
      },
    ];
  });
}

function originOf(entry: LockEntry, form: LockForm): LockedPackage['from'] {
  if (form.isFromGit(entry)) {
    const commit = form.commit(entry);
    return defined({ kind: 'git' as const, commit: isFullCommit(commit) ? commit : undefined });
  }
  const path = form.directory(entry);
  return typeof path === 'string' ? { kind: 'directory', path } : undefined;
}

/** Whether a text is the whole hash of a commit: that says what is in it. */
export function isFullCommit(text: unknown): text is string {
  return typeof text === 'string' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** A condition that holds under any of those written; undefined where there is none, or one that cannot be read. */
export function anyMarker(markers: readonly (Marker | undefined)[]): Marker | undefined {
  const of = markers.filter(marker => marker !== undefined);
  return of.length === 0 || of.length < markers.length ? undefined : { kind: 'any', of };
}
