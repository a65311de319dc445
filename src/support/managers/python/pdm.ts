/** PDM: [tool.pdm] in pyproject.toml, pdm.lock. */
import { diagnose } from '../../../diagnostics/diagnose.js';
import { isTomlFile, parseToml, stringAt, tableAt } from '../../../source/toml-file.js';
import { tomlPlace } from '../../../source/toml-place.js';
import { parseMarker } from '../../pep508/marker.js';
import type { LockingManager } from './definition.js';
import { hashDoubt } from './shared/hash-doubt.js';
import { encoding, indexesAt } from './shared/indexes.js';
import { pdmContentHash } from './shared/pdm-hash.js';
import { keysAt, listsBelow } from './shared/tables.js';
import { anyMarker, lockEntries, packagesIn } from './shared/toml-locks.js';

const TABLE = ['tool', 'pdm'] as const;

export const pdm: LockingManager = {
  title: 'PDM',
  doc: 'the hashes of `pdm.lock` are installed; groups and extras; strategy `inherit_metadata`',
  rank: 3,
  spoken: 'pdm',
  pins: 'lock',
  lock: { path: 'pdm.lock', command: 'pdm lock', namesFiles: true },
  manifest: 'pyproject.toml',
  claims: ({ data }) => 'pdm' in tableAt(data, 'tool'),
  dependencies: manifest => listsBelow(manifest, ...TABLE, 'dev-dependencies'),
  groupNames: manifest => ({ groups: keysAt(manifest, ...TABLE, 'dev-dependencies'), extras: [] }),
  indexes: ({ data }) => encoding(indexesAt(tableAt(data, 'tool', 'pdm').source)),
  installs: ['install', 'sync', 'export', 'run'],
  runs: { verb: 'run', takingValue: ['-p', '--project'] },
  scriptsAt: [...TABLE, 'scripts'],
  readLock: (path, text) => {
    const lock = parseToml(path, text, 'QS209');
    if (!isTomlFile(lock)) return lock;
    const bare = lockEntries(lock).find(
      entry => !Array.isArray(entry.groups) || !(Array.isArray(entry.files) || 'git' in entry),
    );
    if (!bare) return lock;
    return diagnose(
      'QS209',
      {
        kind: 'without-groups',
        lock: 'pdm.lock',
        package: stringAt(bare, 'name') ?? '',
        expected: 'a lock file written with the strategy inherit_metadata, the default of pdm 2.11 and newer',
        command: 'pdm lock --update-reuse -S inherit_metadata',
      },
      { file: path },
    );
  },
  lockedPackages: lock =>
    packagesIn(lock, {
      marker: entry => anyMarker([stringAt(entry, 'marker')].flatMap(text => (text ? [parseMarker(text)] : []))),
      directory: ({ path }) => path,
      isFromGit: entry => 'git' in entry,
      commit: entry => entry.revision,
    }),
  doubt: (manifests, lock) => {
    const recorded = stringAt(lock.data, 'metadata', 'content_hash');
    return hashDoubt(manifests, {
      name: 'content_hash',
      isOf: file => recorded === pdmContentHash(file),
      place: () => tomlPlace(lock, 'metadata', 'content_hash'),
    });
  },
  buildsProjects: true,
  lockFiles: () => ['pyproject.toml', 'pdm.lock'],
  exported: {
    by: 'reader',
    main: 'default',
    check: {
      program: 'pdm',
      packages: ['pdm==2.29.4', 'hishel[httpx2]==1.4.0'],
      last: { '3.9': ['pdm==2.26.9'], '3.8': ['pdm==2.20.1'], '3.7': ['pdm==2.10.4'] },
      instead: { '3.6': '3.7' },
      words: ['lock', '--check'],
      env: { PDM_CHECK_UPDATE: '0', PDM_REQUEST_TIMEOUT: '15' },
    },
  },
};
