/** Pipenv: Pipfile, Pipfile.lock. */
import { diagnose } from '../../../diagnostics/diagnose.js';
import { defined } from '../../../source/defined.js';
import { isTable, stringAt, type TomlFile, tableAt } from '../../../source/toml-file.js';
import { bothMarkers, isMarkerVariable, type Marker, parseMarker } from '../../pep508/marker.js';
import { normaliseName } from '../../pep508/requirement.js';
import type { LockedPackage, LockingManager } from './definition.js';
import { hashDoubt } from './shared/hash-doubt.js';
import { encoding, indexesAt } from './shared/indexes.js';
import { PIPFILE_SETTINGS, pipfileHash } from './shared/pipfile-hash.js';
import { keyedAt } from './shared/tables.js';
import { isFullCommit } from './shared/toml-locks.js';

export const pipenv: LockingManager = {
  title: 'Pipenv',
  doc: 'the hashes of `Pipfile.lock` are installed; categories of packages',
  rank: 4,
  spoken: 'pipenv',
  pins: 'lock',
  lock: { path: 'Pipfile.lock', command: 'pipenv lock', namesFiles: false },
  manifest: 'Pipfile',
  dependencies: pipfile => [
    ...keyedAt(pipfile, ['packages'], FORM),
    ...keyedAt(pipfile, ['dev-packages'], FORM, 'develop'),
    // Categories of its own count as groups for development.
    ...Object.keys(pipfile.data)
      .filter(name => !PIPFILE_SETTINGS.has(name) && isTable(pipfile.data[name]))
      .flatMap(name => keyedAt(pipfile, [name], FORM, name)),
  ],
  indexes: ({ data }) => encoding(indexesAt(data.source)),
  installs: ['install', 'sync', 'requirements', 'run'],
  runs: { verb: 'run', takingValue: [] },
  scriptsAt: ['scripts'],
  readLock: (path, text) => {
    const data = parsedJson(text);
    return isTable(data) && isTable(data._meta)
      ? { path, text, data }
      : diagnose('QS209', { kind: 'no-json', lock: path, manager: 'pipenv', command: 'pipenv lock' }, { file: path });
  },
  lockedPackages: lock => categoriesOf(lock).flatMap(packages => Object.entries(packages).flatMap(lockedPackage(lock))),
  doubt: (manifests, lock) => {
    const recorded = tableAt(lock.data, '_meta', 'hash').sha256;
    return hashDoubt(manifests, {
      name: 'hash',
      isOf: file => recorded === pipfileHash(file, lock),
      place: () => ({ file: lock.path }),
    });
  },
  lockFiles: () => ['Pipfile', 'Pipfile.lock'],
  exported: {
    by: 'reader',
    main: 'default',
    check: {
      program: 'pipenv',
      packages: ['pipenv==2026.10.3'],
      last: {
        '3.9': ['pipenv==2025.0.4'],
        '3.8': ['pipenv==2024.4.1'],
        '3.7': ['pipenv==2023.10.3'],
        '3.6': ['pipenv==2022.4.8'],
      },
      words: ['verify'],
    },
  },
};

const FORM = {
  /** `markers`, and a key for each variable: `sys_platform = "== 'win32'"`. */
  marker: (value: Readonly<Record<string, unknown>>): Marker | undefined =>
    bothMarkers(
      ...Object.entries(value).map(([key, condition]) => {
        if (typeof condition !== 'string') return undefined;
        if (key === 'markers') return parseMarker(condition);
        return isMarkerVariable(key) ? parseMarker(`${key} ${condition}`) : undefined;
      }),
    ),
};

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function categoriesOf({ data }: TomlFile): readonly TomlFile['data'][] {
  return Object.entries(data).flatMap(([name, value]) => (name !== '_meta' && isTable(value) ? [value] : []));
}

function lockedPackage({ path }: TomlFile) {
  return ([name, entry]: [string, unknown]): readonly LockedPackage[] => {
    if (!isTable(entry)) return [];
    const version = stringAt(entry, 'version')?.replace(/^==/, '');
    const written = stringAt(entry, 'markers');
    const marker = written === undefined ? undefined : parseMarker(written);
    const directory = { kind: 'directory', path: String(entry.path ?? entry.file ?? '') } as const;
    const git = defined({ kind: 'git' as const, commit: isFullCommit(entry.ref) ? entry.ref : undefined });
    const from = version === undefined ? ('git' in entry ? git : directory) : undefined;
    return [defined({ name: normaliseName(name), version, marker, from, place: { file: path } })];
  };
}
