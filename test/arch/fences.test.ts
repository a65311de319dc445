import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Import, importsOf, ROOT, sourceFiles } from './imports.js';

/** What every room of detection is made with. */
const COMMON = ['src/diagnostics', 'src/source', 'src/support'];

/** What the rooms of detection see of an app. */
const APP = [...COMMON, 'src/detect/facts.ts', 'src/detect/files', 'src/detect/code', 'src/detect/project.ts'];

/**
 * What each room may import from outside of itself: paths of this repository (a folder stands for all in it), packages, and Node's
 * modules. The most specific room that holds a file decides. The rooms stand in their order: each may know those above it, none
 * below, so there is no circle between them. Edit this table only together with docs/architecture.md.
 */
const FENCES: Readonly<Record<string, readonly string[]>> = {
  'src/diagnostics': [],
  'src/packaged.ts': ['node:fs'],
  'src/plan': ['node:crypto'],
  'src/source': [
    'src/diagnostics',
    '@humanwhocodes/momoa',
    'smol-toml',
    'toml-eslint-parser',
    'typescript',
    'yaml',
    'node:module',
  ],
  'src/support': [
    'src/diagnostics',
    'src/packaged.ts',
    'src/plan',
    'src/source',
    '@renovatebot/pep440',
    'semver',
    'yaml',
    'node:crypto',
  ],
  'src/config': [...COMMON, 'yaml', 'zod'],
  'src/detect/variable-facts.ts': ['src/diagnostics', 'src/source', 'src/support'],
  'src/detect/python-facts.ts': ['src/diagnostics', 'src/source', 'src/support'],
  'src/detect/frontend-facts.ts': ['src/diagnostics', 'src/source', 'src/support', 'src/detect/python-facts.ts'],
  'src/detect/suite-facts.ts': ['src/diagnostics', 'src/source', 'src/support', 'src/detect/frontend-facts.ts'],
  'src/detect/facts.ts': [
    ...COMMON,
    'src/detect/variable-facts.ts',
    'src/detect/python-facts.ts',
    'src/detect/frontend-facts.ts',
    'src/detect/suite-facts.ts',
  ],
  'src/detect/files': [...COMMON, 'fast-xml-parser', 'unbash', 'yaml'],
  'src/detect/code': ['src/source', 'src/support', 'src/detect/facts.ts', 'moo'],
  'src/detect/project.ts': ['src/config', 'src/source', 'src/detect/code'],
  'src/detect/python': [...APP, '@renovatebot/pep440'],
  'src/detect/services': APP,
  'src/detect/frontend': [...APP, 'semver'],
  'src/detect/data': APP,
  'src/detect/app': [...APP, 'src/config/image-env.ts', 'src/config/names.ts', 'src/detect/python'],
  'src/detect/suites': [...APP, 'src/detect/python', 'src/detect/frontend'],
  'src/detect/account': [
    'src/source',
    'src/support',
    'src/detect/app/dynaconf.ts',
    'src/detect/app/compose-workers.ts',
    'src/detect/facts.ts',
    'src/detect/files',
    'src/detect/frontend',
    'src/detect/project.ts',
  ],
  'src/detect/read-modules.ts': ['src/source', 'src/detect/code', 'src/detect/app'],
  'src/detect/read-project.ts': [
    'src/config',
    'src/diagnostics',
    'src/source',
    'src/detect/files',
    'src/detect/code',
    'src/detect/project.ts',
    'src/detect/python',
    'src/detect/read-modules.ts',
  ],
  'src/detect/build-secrets.ts': [
    'src/config',
    'src/diagnostics',
    'src/source',
    'src/detect/facts.ts',
    'src/detect/files',
  ],
  'src/detect/in-app.ts': ['src/diagnostics', 'src/source', 'src/detect/project.ts', 'src/detect/python'],
  'src/detect/independent.ts': [
    'src/detect/app',
    'src/detect/build-secrets.ts',
    'src/detect/facts.ts',
    'src/detect/files',
    'src/detect/frontend',
    'src/detect/in-app.ts',
    'src/detect/python',
    'src/detect/suites',
    'src/source',
  ],
  'src/detect/serving.ts': [
    'src/config',
    'src/detect/app',
    'src/detect/code',
    'src/detect/facts.ts',
    'src/detect/files',
    'src/detect/frontend',
    'src/detect/in-app.ts',
    'src/detect/independent.ts',
    'src/detect/project.ts',
    'src/detect/services',
    'src/source',
    'src/support',
  ],
  'src/detect/gather.ts': [
    'src/config',
    'src/detect/app',
    'src/detect/build-secrets.ts',
    'src/detect/code',
    'src/detect/data',
    'src/detect/facts.ts',
    'src/detect/files',
    'src/detect/frontend',
    'src/detect/in-app.ts',
    'src/detect/independent.ts',
    'src/detect/project.ts',
    'src/detect/python',
    'src/detect/services',
    'src/detect/serving.ts',
    'src/detect/suites',
    'src/source',
    'src/support/known-pythons.ts',
  ],
  'src/detect/detect.ts': [
    'src/config',
    'src/diagnostics',
    'src/source',
    'src/detect/account',
    'src/detect/facts.ts',
    'src/detect/files',
    'src/detect/gather.ts',
    'src/detect/in-app.ts',
    'src/detect/independent.ts',
    'src/detect/project.ts',
    'src/detect/python',
    'src/detect/read-project.ts',
    'src/detect/serving.ts',
  ],
  'src/detect/explain': [...COMMON, 'src/config', 'src/detect/facts.ts', 'yaml'],
  'src/planner': [
    'src/config',
    'src/detect/facts.ts',
    'src/packaged.ts',
    'src/plan',
    'src/source',
    'src/support',
    'yaml',
    'zod',
  ],
  'src/understand.ts': [
    'src/config',
    'src/detect/python/directory.ts',
    'src/detect/detect.ts',
    'src/detect/facts.ts',
    'src/support/known-pythons.ts',
    'src/diagnostics',
    'src/plan',
    'src/planner',
    'src/source',
  ],
  'src/dagger': ['src/diagnostics', 'src/plan', '@dagger.io/dagger', 'fast-xml-parser', 'node:crypto'],
  'src/render': ['src/plan', 'src/source', 'yaml', 'node:crypto'],
  'src/attest': [
    '@cyclonedx/cyclonedx-library',
    '@noble/ciphers',
    '@sigstore/bundle',
    '@sigstore/protobuf-specs',
    '@sigstore/sign',
    '@sigstore/tuf',
    '@sigstore/verify',
    'node:crypto',
    'node:util',
    'packageurl-js',
    'spdx-expression-parse',
  ],
  'src/registry': [
    'src/diagnostics/printable.ts',
    'node:child_process',
    'node:crypto',
    'node:fs',
    'node:os',
    'node:path',
    'node:stream',
    'node:timers',
    'node:tls',
    'node:util',
    'node:zlib',
    'fflate',
    'fzstd',
    'tar-stream',
    'undici',
    'zod',
  ],
  'src/pipeline.ts': [
    'src/config',
    'src/dagger',
    'src/diagnostics',
    'src/plan',
    'src/planner/debian-versions.ts',
    'src/render',
    'src/understand.ts',
    '@dagger.io/dagger',
  ],
  'src/eject.ts': ['src/dagger', 'src/diagnostics', 'src/pipeline.ts', 'src/plan', 'src/render', '@dagger.io/dagger'],
  'src/init.ts': [
    'src/config',
    'src/dagger',
    'src/detect/explain',
    'src/diagnostics',
    'src/eject.ts',
    'src/pipeline.ts',
    'src/render',
    'src/understand.ts',
    '@dagger.io/dagger',
  ],
  'src/lock.ts': [
    'src/config',
    'src/dagger',
    'src/diagnostics',
    'src/packaged.ts',
    'src/pipeline.ts',
    'src/plan',
    '@dagger.io/dagger',
  ],
  'src/sbom.ts': [
    'src/attest',
    'src/dagger',
    'src/diagnostics',
    'src/packaged.ts',
    'src/plan',
    'src/support/managers/node',
    '@dagger.io/dagger',
    'node:crypto',
  ],
  'src/scan': [
    'src/attest',
    'src/dagger',
    'src/diagnostics',
    'src/plan',
    'src/sbom.ts',
    'src/source',
    'src/support',
    '@dagger.io/dagger',
    'sarif',
    'zod',
  ],
  'src/publish': [
    'src/attest',
    'src/dagger',
    'src/diagnostics',
    'src/plan',
    'src/registry',
    'src/sbom.ts',
    'src/support/platforms.ts',
    '@dagger.io/dagger',
    'p-map',
    'semver',
    'zod',
    'node:crypto',
    'node:fs',
    'node:os',
    'node:path',
  ],
  'src/index.ts': [
    'src/dagger',
    'src/detect/explain',
    'src/eject.ts',
    'src/init.ts',
    'src/lock.ts',
    'src/sbom.ts',
    'src/scan',
    'src/publish',
    'src/pipeline.ts',
    'src/plan',
    '@dagger.io/dagger',
  ],
  'engine/contract.ts': [],
  'engine/defined.ts': [],
  'engine/errors.ts': [],
  'engine/remembered.ts': [],
  'engine/objects': ['node:crypto', 'node:path'],
  'engine/fs': [
    'engine/errors.ts',
    'engine/objects',
    'execa',
    'ignore',
    'node:crypto',
    'node:fs',
    'node:path',
    'node:stream',
    'node:timers',
    'node:vm',
  ],
  'engine/podman': [
    'engine/objects/platform.ts',
    'engine/defined.ts',
    'engine/errors.ts',
    'execa',
    'zod',
    'node:child_process',
    'node:crypto',
    'node:fs',
    'node:net',
    'node:os',
    'node:path',
    'node:stream',
    'node:string_decoder',
    'node:timers',
  ],
  'engine/store': [
    'engine/contract.ts',
    'engine/defined.ts',
    'engine/errors.ts',
    'engine/remembered.ts',
    'engine/objects',
    'engine/fs',
    'engine/podman',
    'execa',
    'undici',
    'zod',
    'node:child_process',
    'node:crypto',
    'node:events',
    'node:fs',
    'node:net',
    'node:os',
    'node:path',
    'node:stream',
    'node:timers',
    'node:tls',
  ],
  'engine/oci': [
    'engine/defined.ts',
    'engine/errors.ts',
    'engine/fs',
    'engine/podman/silence.ts',
    'engine/store',
    'execa',
    'zod',
    'fflate',
    'node:crypto',
    'node:events',
    'node:fs',
    'node:os',
    'node:path',
    'node:stream',
    'node:worker_threads',
    'node:zlib',
  ],
  'engine/solve': [
    'engine/contract.ts',
    'engine/defined.ts',
    'engine/errors.ts',
    'engine/remembered.ts',
    'engine/objects',
    'engine/fs',
    'engine/podman',
    'engine/store',
    'node:events',
    'node:path',
    'node:timers',
  ],
  'engine/services': [
    'engine/errors.ts',
    'engine/objects',
    'engine/podman',
    'engine/store',
    'engine/solve',
    'node:timers',
  ],
  'engine/images': [
    'engine/defined.ts',
    'engine/errors.ts',
    'engine/remembered.ts',
    'engine/objects',
    'engine/fs',
    'engine/store',
    'engine/oci',
    'engine/solve',
    'yaml',
    'zod',
    'node:path',
    'node:url',
  ],
  'engine/schema': [
    'engine/defined.ts',
    'engine/remembered.ts',
    'engine/objects',
    'engine/fs',
    'engine/podman',
    'engine/store',
    'engine/oci',
    'engine/solve',
    'engine/services',
    'engine/images',
    'dockerfile-ast',
    'graphql',
    'node:path',
  ],
  'engine/server': [
    'engine/defined.ts',
    'engine/errors.ts',
    'engine/schema',
    'graphql',
    'node:crypto',
    'node:http',
    'node:net',
  ],
  'engine/session.ts': [
    'engine/contract.ts',
    'engine/objects',
    'engine/podman',
    'engine/store',
    'engine/solve',
    'engine/services',
    'engine/images',
    'engine/schema',
    'engine/server',
    'node:os',
    'node:path',
  ],
  'engine/index.ts': ['engine/store', 'engine/session.ts'],
  cli: [
    'engine/contract.ts',
    'engine/fs/export-target.ts',
    'engine/fs/replace-file.ts',
    'engine/index.ts',
    'src/dagger/notices.ts',
    'src/dagger/start-problem.ts',
    'src/dagger/titles.ts',
    'src/index.ts',
    'src/publish/publication.ts',
    'src/render/record.ts',
    '@dagger.io/dagger',
    'commander',
    'diff',
    'esbuild',
    'graphql-request',
    'picocolors',
    'node:*',
  ],
  scripts: [
    'cli',
    'src/config',
    'src/diagnostics',
    'src/support',
    '@renovatebot/pep440',
    'execa',
    'smol-toml',
    'node:*',
  ],
};

/** The rooms of the local engine that touch the machine, and what with: files, processes, sockets. */
const HANDS = ['engine/fs', 'engine/podman', 'engine/store', 'engine/oci', 'engine/server'];
const TOUCH = ['node:fs', 'node:child_process', 'node:net', 'execa'];

const FOLDERS = ['src', 'engine', 'cli', 'scripts'];
const order = Object.keys(FENCES);
const rooms = order.toSorted((a, b) => b.length - a.length);

const within = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);
const roomOf = (file: string): string | undefined => rooms.find(room => within(file, room));
const covers = (entry: string, target: string): boolean =>
  entry === 'node:*' ? target.startsWith('node:') : within(target, entry);

/** The imports that leave their room, with what is wrong about them, if anything. */
function violation({ file, line, target }: Import): string | undefined {
  const room = roomOf(file);
  if (room === undefined) return `${file} is in no room: add one to FENCES in test/arch/fences.test.ts`;
  if (roomOf(target) === room || FENCES[room]!.some(entry => covers(entry, target))) return undefined;
  return `${file}:${line} imports ${target}, which ${room} must not (FENCES in test/arch/fences.test.ts)`;
}

/** What is wrong with an import that leads to a room below, if it does. */
function backwards({ file, line, target }: Import): string | undefined {
  const [from = '', to = ''] = [roomOf(file), roomOf(target)];
  if (order.indexOf(to) <= order.indexOf(from)) return undefined;
  return `${file}:${line} imports ${target}: ${to} stands below ${from} in FENCES in test/arch/fences.test.ts`;
}

const imports = FOLDERS.flatMap(sourceFiles).flatMap(file => importsOf(file));

describe('fences between rooms', () => {
  test('no file imports from where its room must not', () => {
    expect(imports.map(violation).filter(text => text !== undefined)).toEqual([]);
  });

  test('no arrow runs back up between rooms, and no room is allowed one that would', () => {
    const allowed = Object.entries(FENCES).flatMap(([room, entries]) =>
      entries.map(target => ({ file: room, line: 0, target })),
    );
    expect([...imports, ...allowed].map(backwards).filter(text => text !== undefined)).toEqual([]);
  });

  test('five rooms of the engine touch the machine, and no other', () => {
    const touching = imports.filter(
      ({ file, target }) => within(file, 'engine') && TOUCH.some(entry => covers(entry, target)),
    );
    const elsewhere = touching.filter(({ file }) => !HANDS.includes(roomOf(file) ?? ''));
    expect(elsewhere.map(({ file, line, target }) => `${file}:${line} ${target}`)).toEqual([]);
    expect(new Set(touching.map(({ file }) => roomOf(file)))).toEqual(new Set(HANDS));
  });

  test('each relative import leads to a file', () => {
    const missing = imports.filter(
      ({ target }) => FOLDERS.some(folder => within(target, folder)) && !existsSync(join(ROOT, target)),
    );
    expect(missing.map(({ file, line, target }) => `${file}:${line} ${target}`)).toEqual([]);
  });

  test('the table holds nothing that no import needs', () => {
    const stale = Object.entries(FENCES).flatMap(([room, entries]) =>
      entries
        .filter(entry => !imports.some(({ file, target }) => roomOf(file) === room && covers(entry, target)))
        .map(entry => `${room}: ${entry}`),
    );
    expect(stale).toEqual([]);
  });

  test('static and dynamic imports, re-exports and import types are all seen, comments and strings are not', () => {
    const text = [
      "import '../dagger/image.js';",
      "export * from '../../engine/contract.js';",
      "const lazy = () => import('@dagger.io/dagger');",
      "type Client = import('execa').Options;",
      "// import 'commander';",
      'const text = "import \'picocolors\'";',
      "import { constants } from '../../node_modules/@dagger.io/dagger/dist/src/connect.js';",
    ].join('\n');
    const found = importsOf('src/plan/sample.ts', text);
    expect(found.map(({ line, target }) => [line, target])).toEqual([
      [1, 'src/dagger/image.ts'],
      [2, 'engine/contract.ts'],
      [3, '@dagger.io/dagger'],
      [4, 'execa'],
      [7, '@dagger.io/dagger'],
    ]);
    expect(found.map(violation).filter(Boolean)).toHaveLength(5);
    expect(found.map(backwards).filter(Boolean)).toHaveLength(2);
  });
});
