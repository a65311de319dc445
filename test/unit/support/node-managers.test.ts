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
