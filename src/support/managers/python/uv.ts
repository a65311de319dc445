/** Uv: pyproject.toml, uv.lock, workspaces. */
import { isTable, parseToml, stringAt, stringsAt, tableAt } from '../../../source/toml-file.js';
import { parseMarker } from '../../pep508/marker.js';
import type { LockingManager } from './definition.js';
import { rulesAt } from './shared/build-rules.js';
import { indexesAt, variablePart } from './shared/indexes.js';
import { listedAt } from './shared/tables.js';
import { anyMarker, packagesIn } from './shared/toml-locks.js';
import { uvLockDifference } from './shared/uv-difference.js';
import { uvNeededPackages } from './shared/uv-needed.js';

const UV = 'uv==0.13.8';
/** A program that no Python runs: it locks for 3.6 as well, where its package says that it is for 3.8 and newer. */
const ON_ANY = ['--ignore-requires-python', UV];

export const uv: LockingManager = {
  title: 'uv',
  doc: 'the hashes of `uv.lock` are installed, exported by uv; groups, extras, workspaces',
  rank: 2,
  spoken: 'uv',
  pins: 'lock',
  lock: { path: 'uv.lock', command: 'uv lock', namesFiles: true },
  manifest: 'pyproject.toml',
  suggested: true,
  dependencies: manifest => listedAt(manifest, ['tool', 'uv', 'dev-dependencies'], 'dev'),
  workspace: ({ data }) => {
    const table = tableAt(data, 'tool', 'uv', 'workspace');
    return 'members' in table
      ? { members: stringsAt(table, 'members'), exclude: stringsAt(table, 'exclude') }
      : undefined;
  },
  installs: ['sync', 'export', 'run'],
  // https://docs.astral.sh/uv/concepts/indexes/, "Providing credentials directly".
  indexes: ({ data }) =>
    indexesAt(tableAt(data, 'tool', 'uv').index, name => `UV_INDEX_${variablePart(name)}`).map(index => ({
      ...index,
      unlisted: true,
    })),
  localDirectories: ({ data }) =>
    Object.values(tableAt(data, 'tool', 'uv', 'sources')).flatMap(source =>
      [source].flat().flatMap(entry => (isTable(entry) && typeof entry.path === 'string' ? [entry.path] : [])),
    ),
  runs: {
    verb: 'run',
    takingValue: [
      '--extra',
      '--group',
      '--with',
      '--env-file',
      '-p',
      '--python',
      '--package',
      '--directory',
      '--project',
    ],
  },
  readLock: (path, text) => parseToml(path, text, 'QS209'),
  lockedPackages: lock =>
    packagesIn(lock, {
      marker: entry => anyMarker(stringsAt(entry, 'resolution-markers').map(parseMarker)),
      directory: entry => {
        const { directory, editable, virtual } = tableAt(entry, 'source');
        return directory ?? editable ?? virtual;
      },
      isFromGit: entry => 'git' in tableAt(entry, 'source'),
      commit: entry => stringAt(entry, 'source', 'git')?.split('#')[1],
    }),
  lockedWith: ({ data }) => /^>=\s*(\d+\.\d+)$/.exec(stringAt(data, 'requires-python') ?? '')?.[1],
  neededPackages: uvNeededPackages,
  doubt: (manifests, lock) => {
    // What a project leaves to its build only the build can hold against the lock.
    const written = manifests.filter(
      ({ file }) => !stringsAt(file.data, 'project', 'dynamic').includes('dependencies'),
    );
    const differing = written.map(manifest => [manifest.file.path, uvLockDifference(manifest, lock)] as const);
    const [path, difference] = differing.find(([, found]) => found !== undefined) ?? [];
    return difference === undefined
      ? undefined
      : { reason: `written for another ${path}: ${difference}`, place: { file: lock.path } };
  },
  builds: {
    file: 'pyproject.toml',
    rules: file => [
      ...rulesAt(file, ['tool', 'uv', 'no-binary'], 'source'),
      ...rulesAt(file, ['tool', 'uv', 'no-build'], 'wheel'),
      ...rulesAt(file, ['tool', 'uv', 'no-binary-package'], 'source'),
      ...rulesAt(file, ['tool', 'uv', 'no-build-package'], 'wheel'),
    ],
  },
  buildsProjects: true,
  // The lock is checked against every project of the workspace.
  lockFiles: workspace => ['pyproject.toml', 'uv.lock', ...(workspace ? ['**/pyproject.toml'] : [])],
  exported: {
    by: 'tool',
    program: 'uv',
    packages: [UV],
    last: { '3.7': ON_ANY, '3.6': ON_ANY },
    env: { UV_HTTP_RETRIES: '4', UV_HTTP_TIMEOUT: '20' },
    words: ({ main, groups, extras, workspace, member, file }) => [
      'export',
      '--quiet',
      '--locked',
      ...(member === undefined ? [] : ['--package', member]),
      // Code that lies in the source is not installed: imports find it there.
      workspace ? '--no-emit-local' : '--no-emit-project',
      '--no-default-groups',
      ...groups.map(group => `--${main ? '' : 'only-'}group=${group}`),
      ...extras.map(extra => `--extra=${extra}`),
      '--output-file',
      file,
    ],
  },
};
