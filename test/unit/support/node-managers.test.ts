/** The versions that lock files of Node packages name. */
import { describe, expect, test } from 'vitest';
import { NODE_MANAGERS, type NodePackageManager } from '../../../src/support/managers/node/index.js';

const lines = (...text: readonly string[]) => `${text.join('\n')}\n`;
const next = { name: 'next', range: '^15.0.0', directory: '' };
const member = { ...next, directory: 'apps/web' };

const NPM = JSON.stringify({
  packages: {
    '': {},
    'node_modules/other/node_modules/next': { version: '12.0.0' },
    'node_modules/next': { version: '15.1.0' },
    'apps/web/node_modules/next': { version: '15.2.0' },
  },
});
const PNPM = lines(
  "lockfileVersion: '9.0'",
  '',
  'importers:',
  '',
  '  .:',
  '    dependencies:',
  '      next:',
  '        specifier: ^15.0.0',
  '        version: 15.1.0(react@19.0.0)',
  '',
  '  apps/web:',
  '    devDependencies:',
  '      next:',
  '        specifier: ^15.0.0',
  '        version: 15.2.0',
  '',
  'packages:',
  '',
  '  next@12.0.0:',
  '    resolution: {}',
  '  next@15.1.0:',
  '    resolution: {}',
);
const YARN = lines(
  '# yarn lockfile v1',
  '',
  'next@^12.0.0:',
  '  version "12.0.0"',
  '',
  'next@15, next@^15.0.0:',
  '  version "15.1.0"',
);
const BERRY = lines(
  '__metadata:',
  '  version: 8',
  '',
  '"next@npm:^12.0.0":',
  '  version: 12.0.0',
  '',
  '"next@npm:15, next@npm:^15.0.0":',
  '  version: 15.1.0',
);
const BUN = lines(
  '{',
  '  "workspaces": { "": { "name": "shop" }, "apps/web": { "name": "web", }, },',
  '  "packages": {',
  '    "next": ["next@15.1.0", "", {}, "sha512-a"],',
  '    "web/next": ["next@15.2.0", "", {}, "sha512-b"],',
  '  }',
  '}',
);

describe('the locked version', () => {
  test.each<readonly [string, NodePackageManager, string, typeof next, string | undefined]>([
    ['npm', 'npm', NPM, next, '15.1.0'],
    ['npm, of a member of a workspace', 'npm', NPM, member, '15.2.0'],
    ['npm, of a member that has none of its own', 'npm', NPM, { ...next, directory: 'apps/api' }, '15.1.0'],
    ['npm 6', 'npm', '{ "dependencies": { "next": { "version": "12.0.0" } } }', next, '12.0.0'],
    ['npm, a package that is not there', 'npm', NPM, { ...next, name: 'nuxt' }, undefined],
    ['npm, a file that cannot be read', 'npm', '{', next, undefined],
    ['pnpm', 'pnpm', PNPM, next, '15.1.0'],
    ['pnpm, of a member of a workspace', 'pnpm', PNPM, member, '15.2.0'],
    [
      'pnpm 7',
      'pnpm',
      lines('lockfileVersion: 5.4', '', 'dependencies:', '  next: 12.0.0_react@17', ''),
      next,
      '12.0.0',
    ],
    ['pnpm, the only one by its key', 'pnpm', lines('packages:', '  /next@12.0.0:', '    dev: false'), next, '12.0.0'],
    [
      'pnpm, two and nobody says which',
      'pnpm',
      lines('packages:', '  next@12.0.0:', '  next@13.0.0:'),
      next,
      undefined,
    ],
    ['yarn 1, by the range', 'yarn', YARN, next, '15.1.0'],
    ['yarn 1, another range of two', 'yarn', YARN, { ...next, range: '^14' }, undefined],
    ['yarn 4, by the range', 'yarn-berry', BERRY, next, '15.1.0'],
    ['bun', 'bun', BUN, next, '15.1.0'],
    ['bun, of a member of a workspace', 'bun', BUN, member, '15.2.0'],
    ['bun, the binary format', 'bun', '#!/usr/bin/env bun\nbun-lockfile-format-v0\n', next, undefined],
  ])('%s', (_, manager, lock, wanted, expected) => {
    expect(NODE_MANAGERS[manager].lockedVersion(lock, wanted)).toBe(expected);
  });
});

describe('all that a lock file names', () => {
  const sha = 'sha512-q80=';
  const both = { name: 'a', version: '1.0.0' };

  test.each<readonly [string, NodePackageManager, string, readonly object[]]>([
    [
      'npm, with a member of a workspace, another name, and one package twice',
      'npm',
      JSON.stringify({
        packages: {
          '': { version: '0.1.0' },
          'apps/web': { version: '0.1.0' },
          'node_modules/web': { resolved: 'apps/web', link: true },
          'node_modules/a': { version: '1.0.0', integrity: sha, license: 'MIT', dev: true },
          'node_modules/b/node_modules/a': { version: '1.0.0', resolved: 'https://x/a.tgz' },
          'node_modules/alias': { name: '@s/real', version: '2.0.0', dev: true, optional: true },
        },
      }),
      [
        { name: '@s/real', version: '2.0.0', dev: true, optional: true },
        { ...both, integrity: sha, licence: 'MIT', url: 'https://x/a.tgz' },
      ],
    ],
    [
      'npm 6',
      'npm',
      JSON.stringify({
        dependencies: { b: { version: '2.0.0', dependencies: { a: { version: '1.0.0', dev: true } } } },
      }),
      [
        { ...both, dev: true },
        { name: 'b', version: '2.0.0' },
      ],
    ],
    ['npm, a file that cannot be read', 'npm', '{', []],
    [
      'yarn 1',
      'yarn',
      lines(
        '# yarn lockfile v1',
        '',
        'a@^1.0.0, a@1:',
        '  version "1.0.0"',
        '  resolved "https://x/a.tgz#0123"',
        `  integrity ${sha}`,
        '  dependencies:',
        '    b "^2.0.0"',
        '',
        '"alias@npm:@s/real@^2.0.0":',
        '  version "2.0.0"',
      ),
      [
        { name: '@s/real', version: '2.0.0' },
        { ...both, integrity: sha, url: 'https://x/a.tgz#0123' },
      ],
    ],
    [
      'yarn 4',
      'yarn-berry',
      lines(
        '__metadata:',
        '  version: 8',
        '',
        '"a@npm:1, a@npm:^1.0.0":',
        '  version: 1.0.0',
        '  resolution: "a@npm:1.0.0"',
        '  checksum: 10/abc',
        '',
        '"shop@workspace:.":',
        '  version: 0.0.0-use.local',
        '  resolution: "shop@workspace:."',
      ),
      [both],
    ],
    [
      'pnpm 9',
      'pnpm',
      lines(
        "lockfileVersion: '9.0'",
        'packages:',
        '',
        "  '@s/real@2.0.0':",
        `    resolution: {integrity: ${sha}}`,
        "    engines: {node: '>=18'}",
        '',
        '  a@1.0.0:',
        '    resolution: {tarball: https://x/a.tgz}',
        '',
        'snapshots:',
        '',
        "  '@s/real@2.0.0(a@1.0.0)':",
        '    optional: true',
        '',
        '  a@1.0.0: {}',
      ),
      [
        { name: '@s/real', version: '2.0.0', integrity: sha, optional: true },
        { ...both, url: 'https://x/a.tgz' },
      ],
    ],
    [
      'pnpm 8 and 7',
      'pnpm',
      lines(
        'packages:',
        '',
        '  /a@1.0.0(react@18.0.0):',
        '    resolution: {integrity: sha512-q80=}',
        '    dev: true',
        '',
        '  /@s/real/2.0.0_react@18.0.0:',
        '    resolution: {integrity: sha512-q80=}',
        '    dev: false',
      ),
      [
        { name: '@s/real', version: '2.0.0', integrity: sha },
        { ...both, integrity: sha, dev: true },
      ],
    ],
    [
      'bun',
      'bun',
      '{ "packages": { "a": ["a@1.0.0", "", {}, "sha512-q80="], "web": ["web@workspace:apps/web"], }, }',
      [{ ...both, integrity: sha }],
    ],
    ["bun's binary format", 'bun', '#!/usr/bin/env bun', []],
  ])('%s', (_, manager, lock, entries) => {
    expect(NODE_MANAGERS[manager].allLocked(lock)).toEqual(entries);
  });
});
