/** Poetry: [tool.poetry] in pyproject.toml, poetry.lock. */
import { diagnose } from '../../../diagnostics/diagnose.js';
import { isTable, isTomlFile, parseToml, stringAt, type TomlFile, tableAt } from '../../../source/toml-file.js';
import { tomlPlace } from '../../../source/toml-place.js';
import { bothMarkers, type Marker, parseMarker } from '../../pep508/marker.js';
import { pythonMarker } from '../../pep508/python-range.js';
import type { ListRequest, LockingManager } from './definition.js';
import { rulesAt } from './shared/build-rules.js';
import { hashDoubt } from './shared/hash-doubt.js';
import { indexesAt, variablePart } from './shared/indexes.js';
import { poetryContentHashes } from './shared/poetry-hash.js';
import { keyedAt, keysAt, listsBelow } from './shared/tables.js';
import { anyMarker, packagesIn } from './shared/toml-locks.js';

const TABLE = ['tool', 'poetry'] as const;

export const poetry: LockingManager = {
  title: 'Poetry',
  doc: 'the hashes of `poetry.lock` are installed, exported by Poetry; groups and extras; written by Poetry 1 or 2',
  rank: 1,
  spoken: 'poetry',
  pins: 'lock',
  lock: { path: 'poetry.lock', command: 'poetry lock', options: ['--no-interaction'], namesFiles: true },
  manifest: 'pyproject.toml',
  claims: ({ data }) => 'poetry' in tableAt(data, 'tool'),
  dependencies: manifest => [
    ...keyedAt(manifest, [...TABLE, 'dependencies'], FORM),
    ...keysAt(manifest, ...TABLE, 'group').flatMap(group =>
      keyedAt(manifest, [...TABLE, 'group', group, 'dependencies'], FORM, group),
    ),
    ...keyedAt(manifest, [...TABLE, 'dev-dependencies'], FORM, 'dev'),
    ...listsBelow(manifest, ...TABLE, 'extras'),
  ],
  groupNames: manifest => ({
    groups: keysAt(manifest, ...TABLE, 'group'),
    extras: keysAt(manifest, ...TABLE, 'extras'),
  }),
  projectName: [...TABLE, 'name'],
  pythonAt: [...TABLE, 'dependencies', 'python'],
  packagesAt: [...TABLE, 'packages'],
  installs: ['install', 'sync', 'export', 'run'],
  // https://python-poetry.org/docs/repositories/, "Configuring credentials".
  indexes: ({ data }) => indexesAt(tableAt(data, ...TABLE).source, name => `POETRY_HTTP_BASIC_${variablePart(name)}`),
  localDirectories: ({ data }) => {
    const groups = Object.keys(tableAt(data, ...TABLE, 'group')).map(group => ['group', group, 'dependencies']);
    const tables = [['dependencies'], ['dev-dependencies'], ...groups].map(path => tableAt(data, ...TABLE, ...path));
    return tables.flatMap(table =>
      Object.values(table).flatMap(entry => (isTable(entry) && typeof entry.path === 'string' ? [entry.path] : [])),
    );
  },
  runs: { verb: 'run', takingValue: ['-C', '--directory', '-P', '--project'] },
  readLock: (path, text) => {
    const lock = parseToml(path, text, 'QS209');
    if (!isTomlFile(lock) || recordedHash(lock) !== undefined) return lock;
    return diagnose('QS209', { kind: 'without-hash', lock: 'poetry.lock', command: 'poetry lock' }, { file: path });
  },
  lockedPackages: lock =>
    packagesIn(lock, {
      marker: ({ markers }) => {
        // Since poetry 2.1 a table has one for each group.
        const written = isTable(markers) ? Object.values(markers) : markers === undefined ? [] : [markers];
        return anyMarker(written.map(marker => parseMarker(String(marker))));
      },
      directory: entry => tableAt(entry, 'source').type === 'directory' && tableAt(entry, 'source').url,
      isFromGit: entry => tableAt(entry, 'source').type === 'git',
      commit: entry => tableAt(entry, 'source').resolved_reference,
    }),
  doubt: (manifests, lock) =>
    hashDoubt(manifests, {
      name: 'content-hash',
      isOf: file => poetryContentHashes(file).includes(recordedHash(lock)!),
      place: () => tomlPlace(lock, 'metadata', 'content-hash'),
    }),
  builds: {
    file: 'poetry.toml',
    rules: file => [
      ...rulesAt(file, ['installer', 'only-binary'], 'wheel'),
      ...rulesAt(file, ['installer', 'no-binary'], 'source'),
    ],
  },
  lockFiles: () => ['pyproject.toml', 'poetry.lock'],
  exported: {
    by: 'tool',
    program: 'poetry',
    // Newer ones read what older ones wrote.
    packages: ['poetry==2.5.1', 'poetry-plugin-export==1.10.1'],
    last: {
      '3.9': ['poetry==2.2.1', 'poetry-plugin-export==1.9.0'],
      '3.8': ['poetry==1.8.5', 'poetry-plugin-export==1.8.0'],
      '3.7': ['poetry==1.5.1', 'poetry-plugin-export==1.4.0'],
    },
    // Poetry 1.1 runs on it, and can export neither one group nor what is there for 3.6 alone.
    instead: { '3.6': '3.7' },
    env: { POETRY_REQUESTS_MAX_RETRIES: '4', POETRY_REQUESTS_TIMEOUT: '15' },
    words: request => ['export', '--no-interaction', ...selection(request), '--output', request.file],
  },
};

const FORM = {
  // What only an extra brings is not installed.
  isLeftOut: (name: string, value: unknown) => name === 'python' || (isTable(value) && value.optional === true),
  marker: ({ markers, python, platform }: Readonly<Record<string, unknown>>): Marker | undefined =>
    bothMarkers(
      typeof markers === 'string' ? parseMarker(markers) : undefined,
      typeof python === 'string' ? pythonMarker(python) : undefined,
      typeof platform === 'string' ? parseMarker(`sys_platform == ${JSON.stringify(platform)}`) : undefined,
    ),
};

function selection({ main, groups, extras }: ListRequest): readonly string[] {
  const names = groups.join(',');
  if (!main) return [`--only=${names}`];
  return [names === '' ? '--only=main' : `--with=${names}`, ...extras.map(extra => `--extras=${extra}`)];
}

function recordedHash({ data }: TomlFile): string | undefined {
  return stringAt(data, 'metadata', 'content-hash');
}
