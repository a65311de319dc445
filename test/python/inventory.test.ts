/** The program that lists what an image consists of, over file systems made for it, by the python3 in PATH. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ImageInventory, parseInventory } from '../../src/attest/inventory.js';

const PROGRAM = fileURLToPath(new URL('../../docker/inventory.py', import.meta.url));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-inventory-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const lines = (...text: readonly string[]) => `${text.join('\n')}\n`;

function write(path: string, text: string): void {
  const file = join(dir, 'root', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function link(path: string, target: string): void {
  const file = join(dir, 'root', path);
  mkdirSync(dirname(file), { recursive: true });
  symlinkSync(target, file);
}

function inventory(...beside: readonly string[]): ImageInventory {
  mkdirSync(join(dir, 'root'), { recursive: true });
  const output = join(dir, 'out.json');
  execFileSync('python3', ['-I', '-B', PROGRAM, output, join(dir, 'root'), ...beside], { timeout: 20_000 });
  return parseInventory(readFileSync(output, 'utf8'));
}

test('an empty image has nothing', () => {
  expect(inventory()).toEqual({
    release: {},
    debian: [],
    alpine: [],
    python: [],
    node: [],
    runtimes: [],
    built: [],
  });
});

describe('packages of Debian', () => {
  test('what is installed, with its source, its licences and the hash of its list', () => {
    write('usr/lib/os-release', lines('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'VERSION_ID="12"', 'ID=debian'));
    link('etc/os-release', '../usr/lib/os-release');
    write(
      'var/lib/dpkg/status',
      lines(
        'Package: libssl3',
        'Status: install ok installed',
        'Maintainer: Somebody <a@b.c>',
        'Architecture: amd64',
        'Source: openssl (3.0.1)',
        'Version: 3.0.1-1+b2',
        'Description: secure sockets',
        ' more of that',
        ' .',
        ' Version: not this one',
        '',
        'Package: gone',
        'Status: deinstall ok config-files',
        'Version: 1',
        '',
        'Package: held',
        'Status: hold ok installed',
        'Version: 2',
        'Architecture: all',
      ),
    );
    write('var/lib/dpkg/info/libssl3:amd64.md5sums', 'list');
    write('usr/share/doc/openssl/copyright', lines('Format: x', '', 'License: Apache-2.0', ' text', 'License: GPL-2+'));
    link('usr/share/doc/libssl3', 'openssl');
    write('usr/share/doc/held/copyright', 'see /usr/share/common-licenses/LGPL-2.1.');
    const { release, debian } = inventory();
    expect(release).toEqual({ id: 'debian', version: '12', title: 'Debian GNU/Linux 12 (bookworm)' });
    const proof = '/var/lib/dpkg/status';
    expect(debian).toEqual([
      {
        name: 'held',
        version: '2',
        architecture: 'all',
        source: 'held',
        sourceVersion: '2',
        licences: ['LGPL-2.1'],
        proof,
      },
      {
        name: 'libssl3',
        version: '3.0.1-1+b2',
        architecture: 'amd64',
        source: 'openssl',
        sourceVersion: '3.0.1',
        maintainer: 'Somebody <a@b.c>',
        licences: ['Apache-2.0', 'GPL-2+'],
        sha256: sha256('list'),
        proof,
      },
    ]);
  });

  test('images without dpkg have a file for each', () => {
    write('var/lib/dpkg/status.d/tzdata', lines('Package: tzdata', 'Version: 2026a', 'Architecture: all'));
    write('var/lib/dpkg/status.d/tzdata.md5sums', 'list');
    expect(inventory().debian).toMatchObject([
      { name: 'tzdata', version: '2026a', sha256: sha256('list'), proof: '/var/lib/dpkg/status.d/tzdata' },
    ]);
  });

  test('packages of Alpine', () => {
    write(
      'lib/apk/db/installed',
      lines('P:musl', 'V:1.2.5-r0', 'A:x86_64', 'L:MIT', 'o:musl', '', 'C:Q1', 'P:zlib', 'V:1.3-r2'),
    );
    expect(inventory().alpine).toMatchObject([
      { name: 'musl', version: '1.2.5-r0', licences: ['MIT'] },
      { name: 'zlib', version: '1.3-r2' },
    ]);
  });
});

describe('packages of Python', () => {
  const site = 'opt/venv/lib/python3.12/site-packages';

  test('by dist-info and egg-info, as directories and as files', () => {
    write(
      `${site}/flask-3.1.dist-info/METADATA`,
      lines(
        'Metadata-Version: 2.4',
        'Name: Flask',
        'Version: 3.1',
        'License-Expression: BSD-3-Clause',
        'Classifier: Framework :: Flask',
        'Classifier: License :: OSI Approved :: BSD License',
        '',
        'Name: not this one',
      ),
    );
    write(`${site}/flask-3.1.dist-info/RECORD`, 'record');
    write('usr/lib/python3/dist-packages/six-1.16.0.egg-info', lines('Name: six', 'Version: 1.16.0', 'License: MIT'));
    write('app/src/shop.egg-info/PKG-INFO', lines('Name: shop', 'Version: 0.1', `License: ${'long '.repeat(50)}`));
    write(`${site}/empty-1.dist-info/RECORD`, '');
    expect(inventory().python).toEqual([
      {
        name: 'Flask',
        version: '3.1',
        expression: 'BSD-3-Clause',
        classifiers: ['License :: OSI Approved :: BSD License'],
        sha256: sha256('record'),
        proof: `/${site}/flask-3.1.dist-info/METADATA`,
      },
      { name: 'shop', version: '0.1', proof: '/app/src/shop.egg-info/PKG-INFO' },
      { name: 'six', version: '1.16.0', licence: 'MIT', proof: '/usr/lib/python3/dist-packages/six-1.16.0.egg-info' },
    ]);
  });

  test('what a package carries inside of itself is told apart', () => {
    const record = lines(
      'setuptools/_vendor/wheel-0.45.dist-info/METADATA,sha256=x,1',
      'pkg_resources/tests/a.egg-info/PKG-INFO,,',
    );
    write(`${site}/setuptools-79.dist-info/METADATA`, lines('Name: setuptools', 'Version: 79'));
    write(`${site}/setuptools-79.dist-info/RECORD`, record);
    for (const place of [
      'setuptools/_vendor/wheel-0.45.dist-info/METADATA',
      'pkg_resources/tests/a.egg-info/PKG-INFO',
      'own/b.egg-info/PKG-INFO',
    ])
      write(`${site}/${place}`, lines(`Name: ${place.split('/')[0]}-inner`, 'Version: 1'));
    const held = Object.fromEntries(inventory().python.map(({ name, within }) => [name, within]));
    expect(held).toEqual({
      setuptools: undefined,
      'setuptools-inner': 'setuptools',
      'pkg_resources-inner': 'setuptools',
      'own-inner': undefined,
    });
  });

  test.each([
    [
      'an archive',
      '{"url":"https://x/a.whl","archive_info":{"hashes":{"sha256":"ab"}}}',
      { url: 'https://x/a.whl', archive: 'ab' },
    ],
    [
      'an archive, as pip of old has it',
      '{"url":"https://x/a.whl","archive_info":{"hash":"sha256=ab"}}',
      { url: 'https://x/a.whl', archive: 'ab' },
    ],
    [
      'a commit',
      '{"url":"https://x/a","vcs_info":{"vcs":"git","commit_id":"c0"}}',
      { url: 'https://x/a', commit: 'c0' },
    ],
    ['what is no JSON', '{', {}],
    ['JSON of another kind', '[1]', {}],
  ])('from %s', (_, direct, expected) => {
    write(`${site}/a-1.dist-info/METADATA`, lines('Name: a', 'Version: 1'));
    write(`${site}/a-1.dist-info/direct_url.json`, direct);
    expect(inventory().python).toEqual([
      { name: 'a', version: '1', proof: `/${site}/a-1.dist-info/METADATA`, ...expected },
    ]);
  });
});

describe('packages of Node', () => {
  test('in node_modules, inside of each other and in the store of pnpm', () => {
    const modules = 'app/web/node_modules';
    write(`${modules}/next/package.json`, '{"name":"next","version":"15.0.0","license":"MIT"}');
    write(`${modules}/next/dist/compiled/x/package.json`, '{"name":"x","version":"1.0.0"}');
    write(
      `${modules}/next/node_modules/postcss/package.json`,
      '{"name":"postcss","version":"8.4.0","license":{"type":"MIT"}}',
    );
    write(
      `${modules}/@scope/a/package.json`,
      '{"name":"@scope/a","version":"1.0.0","licenses":[{"type":"ISC"},"MIT"]}',
    );
    write(`${modules}/.pnpm/b@2.0.0/node_modules/b/package.json`, '{"name":"b","version":"2.0.0"}');
    link(`${modules}/b`, '.pnpm/b@2.0.0/node_modules/b');
    write(`${modules}/broken/package.json`, '{');
    write(`${modules}/list/package.json`, '[]');
    expect(inventory().node).toEqual([
      { name: '@scope/a', version: '1.0.0', licences: ['ISC', 'MIT'], proof: `/${modules}/@scope/a/package.json` },
      { name: 'b', version: '2.0.0', proof: `/${modules}/.pnpm/b@2.0.0/node_modules/b/package.json` },
      { name: 'next', version: '15.0.0', licences: ['MIT'], proof: `/${modules}/next/package.json` },
      {
        name: 'postcss',
        version: '8.4.0',
        licences: ['MIT'],
        proof: `/${modules}/next/node_modules/postcss/package.json`,
      },
    ]);
  });

  test('those of directories beside the image are told apart', () => {
    const beside = join(dir, 'build');
    mkdirSync(join(beside, 'node_modules/vite'), { recursive: true });
    writeFileSync(join(beside, 'node_modules/vite/package.json'), '{"name":"vite","version":"7.0.0"}');
    expect(inventory(beside)).toMatchObject({
      node: [],
      built: [[{ name: 'vite', version: '7.0.0', proof: '/node_modules/vite/package.json' }]],
    });
  });
});

test('Python and Node that no package manager brought', () => {
  write('usr/local/lib/libpython3.12.so.1.0', ['', '', 'a3.12.9', ' 3.12.7', '', '3.12.4', ''].join('\0'));
  write('usr/local/bin/node', 'x https://nodejs.org/download/release/v22.3.0/node-v22.3.0.tar.gz');
  link('usr/local/bin/python3.11', '/usr/bin/python3.11');
  write('usr/bin/python3.11', ['', '3.11.2', ''].join('\0'));
  expect(inventory().runtimes).toEqual([
    { name: 'node', version: '22.3.0', proof: '/usr/local/bin/node' },
    { name: 'python', version: '3.12.4', proof: '/usr/local/lib/libpython3.12.so.1.0' },
  ]);
});

describe('an image that means no good', () => {
  test('links lead nowhere outside of it, and not in circles', () => {
    writeFileSync(join(dir, 'secret'), 'Package: secret\nVersion: 1\n');
    link('var/lib/dpkg/status', join('../../../../', 'secret'));
    link('var/lib/dpkg/status.d/a', join(dir, 'secret'));
    link('var/lib/dpkg/status.d/b', 'b');
    link('usr/local/bin/node', '/usr/local/bin/node');
    expect(inventory()).toMatchObject({ debian: [], runtimes: [] });
  });

  test('pipes are not waited for, and what is no text is no obstacle', () => {
    mkdirSync(join(dir, 'root/var/lib/dpkg'), { recursive: true });
    execFileSync('mkfifo', [join(dir, 'root/var/lib/dpkg/status')]);
    mkdirSync(join(dir, 'root/site-packages/a-1.dist-info'), { recursive: true });
    writeFileSync(
      join(dir, 'root/site-packages/a-1.dist-info/METADATA'),
      Buffer.from('Name: a\xff\nVersion: 1\n', 'latin1'),
    );
    expect(inventory()).toMatchObject({ debian: [], python: [{ name: 'a\ufffd', version: '1' }] });
  });

  const deep = '['.repeat(200_000);
  const metadata = lines('Name: a', 'Version: 1');
  test.each<[string, Readonly<Record<string, string>>, object]>([
    ['JSON without an end', { 'node_modules/a/package.json': deep }, { node: [] }],
    ['a number without an end', { 'node_modules/a/package.json': `{"name":${'9'.repeat(10_000)}}` }, { node: [] }],
    [
      'a name of half a character',
      { 'node_modules/a/package.json': '{"name":"a\\ud800","version":"1"}' },
      { node: [{ name: 'a?' }] },
    ],
    ['no name', { 'node_modules/a/package.json': '{"name":" ","version":"1"}' }, { node: [] }],
    [
      'places of all kinds',
      { 's/a-1.dist-info/METADATA': metadata, 's/a-1.dist-info/direct_url.json': deep },
      { python: [{ name: 'a' }] },
    ],
    [
      'a place that is none',
      {
        's/a-1.dist-info/METADATA': metadata,
        's/a-1.dist-info/direct_url.json': '{"url":{},"archive_info":{"hash":5}}',
      },
      { python: [{ name: 'a' }] },
    ],
    [
      'a name without an end',
      { 's/a-1.dist-info/METADATA': lines(`Name: ${'a'.repeat(20e6)}`, 'Version: 1') },
      { python: [{ name: 'a'.repeat(1000) }] },
    ],
    [
      'lines without an end',
      { 'var/lib/dpkg/status': `Package: a\nVersion: 1\nDescription: x\n${' y\n'.repeat(3e6)}` },
      { debian: [{ name: 'a' }] },
    ],
  ])('may say %s', (_, files, found) => {
    for (const [path, text] of Object.entries(files)) write(path, text);
    expect(inventory()).toMatchObject(found);
  });

  test('directories may lie in each other as deep as paths go', () => {
    execFileSync('python3', [
      '-c',
      'import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(1500): os.mkdir("d"); os.chdir("d")',
      dir,
    ]);
    execFileSync('mv', [join(dir, 'd'), join(dir, 'root')]);
    expect(inventory()).toMatchObject({ python: [] });
    execFileSync('rm', ['-rf', join(dir, 'root')]);
  });

  test('lists of files are read once, however many packages lie inside of others', () => {
    const list = 'p/x.py,,\n'.repeat(10_000);
    for (let at = 0; at < 200; at++) {
      write(`x/site-packages/p${at}-1.dist-info/METADATA`, lines(`Name: p${at}`, 'Version: 1'));
      write(`x/site-packages/p${at}-1.dist-info/RECORD`, `${list}p${at}/v/q-1.dist-info/METADATA,,\n`);
      write(`x/site-packages/p${at}/v/q-1.dist-info/METADATA`, lines('Name: q', 'Version: 1'));
    }
    const inside = inventory().python.filter(({ name }) => name === 'q');
    expect(inside.map(({ within, proof }) => proof === `/x/site-packages/${within}/v/q-1.dist-info/METADATA`)).toEqual(
      Array.from({ length: 200 }, () => true),
    );
  });
});
