/** docker/install-list.sh and docker/pkg-resources.sh: when packages are built once more, and when pkg_resources is brought. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';

const script = (name: string): string => fileURLToPath(new URL(`../../docker/${name}`, import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'quayside-install-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('install-list.sh', () => {
  /** Runs it over a command that logs a text, and fails unless the tools of before are asked for, or always. */
  async function install(logged: string, works: 'at once' | 'with old tools' | 'never') {
    const log = join(dir, 'pip.log');
    const calls = join(dir, 'calls');
    writeFileSync(log, logged);
    writeFileSync(calls, '');
    const command = `echo "$PIP_CONSTRAINT" >> ${calls}; case ${JSON.stringify(works)} in "at once") ;; never) exit 2 ;; *) test -n "$PIP_CONSTRAINT" ;; esac`;
    const ended = await execa('sh', [script('install-list.sh'), log, 'sh', '-c', command], {
      reject: false,
      env: { PIP_CONSTRAINT: '' },
    });
    return { ...ended, calls: readFileSync(calls, 'utf8').split('\n').slice(0, -1) };
  }

  test('runs pip once when that works', async () => {
    expect(await install('Failed building wheel for old', 'at once')).toMatchObject({
      exitCode: 0,
      calls: [''],
      stderr: '',
    });
  });

  test.each([
    'error: subprocess-exited-with-error\nInstallationSubprocessError: x',
    'ERROR: Failed building wheel for old',
    'WARNING: Discarding old-1.tar.gz. Command errored out with exit status 1',
    'ERROR: Could not build wheels for old',
    'ERROR: Failed to build old',
  ])('runs it once more, with the tools of before, where a package is not built: %s', async logged => {
    const { exitCode, calls, stderr } = await install(logged, 'with old tools');
    expect({ exitCode, calls: calls.length, stderr }).toEqual({
      exitCode: 0,
      calls: 2,
      stderr: 'quayside: once more, with the setuptools of before',
    });
    expect(readFileSync(calls[1]!, 'utf8').split('\n')).toEqual([
      "setuptools<58; python_version<'3.12'",
      "setuptools<72; python_version>='3.12'",
      '',
    ]);
  });

  test('says what the first build that failed has said, which pip keeps for its log', async () => {
    const at = '2026-11-27T18:51:51,433 ';
    const lines = [
      '  Running command pip subprocess to install build dependencies',
      '  Successfully installed setuptools',
      '  Running command Getting requirements to build wheel',
      '  Exception: Can not find valid pkg-config name.',
      '  ERROR: [present-rich] Getting requirements to build wheel exited with 1',
      '  Running command again',
      '  something else',
      '  ERROR: [present-rich] again exited with 1',
    ];
    const { exitCode, stderr } = await install(lines.map(line => `${at}${line}\n`).join(''), 'never');
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '  Exception: Can not find valid pkg-config name.' });
  });

  test('goes back further where a build script asks for what was there before', async () => {
    const { exitCode, calls } = await install(
      "Failed to build old\nImportError: cannot import name 'Feature'",
      'never',
    );
    expect({ exitCode, calls: calls.length }).toEqual({ exitCode: 1, calls: 3 });
    expect(readFileSync(calls[2]!, 'utf8')).toContain("setuptools<46; python_version<'3.12'");
  });

  test('says what pip heard of its indexes where it fails for another reason, and does not try again', async () => {
    const heard = 'Could not fetch URL http://index.test/simple/flask/: 503 Server Error';
    expect(await install(`noise\n${heard}\n`, 'never')).toMatchObject({ exitCode: 1, calls: [''], stderr: heard });
  });
});

describe('pkg-resources.sh', () => {
  const HASHED = '--no-deps --require-hashes -r /dev/shm/quayside-pkg-resources.txt';

  test.each<readonly [string, Readonly<Record<string, string>>, 'imported' | 'always', boolean]>([
    ['a package imports it', { 'site/old.py': 'import pkg_resources\n' }, 'imported', true],
    ['the app imports it', {}, 'always', true],
    ['nothing imports it', { 'site/new.py': 'import importlib\n' }, 'imported', false],
    ['setuptools alone imports it', { 'site/setuptools/x.py': 'import pkg_resources\n' }, 'imported', false],
    ['it is there', { 'site/pkg_resources/__init__.py': '', 'site/old.py': 'import pkg_resources\n' }, 'always', false],
    ['a list pins setuptools', { 'lists/requirements.txt': 'flask==3\nsetuptools==82.0.0\n' }, 'always', false],
  ])('brings it or not: %s', async (_, files, when, brings) => {
    const root = mkdtempSync(join(dir, 'app-'));
    const site = join(root, 'venv/lib/python3.13/site-packages');
    for (const path of [site, join(root, 'lists')]) mkdirSync(path, { recursive: true });
    for (const [path, text] of Object.entries(files)) {
      const file = path.startsWith('site/') ? join(site, path.slice(5)) : join(root, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, text);
    }
    const { stdout } = await execa('sh', [
      script('pkg-resources.sh'),
      when,
      join(root, 'lists'),
      join(root, 'venv'),
      'echo',
      'install',
    ]);
    expect(stdout).toBe(brings ? `install ${HASHED}` : '');
  });
});

// Skipped where there is no dpkg: the script unpacks Debian packages.
describe.skipIf(!existsSync('/usr/bin/dpkg'))('unpack-packages.sh', () => {
  const own = { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? '';

  test.each([
    ['this processor', { TARGETARCH: own }],
    ['a builder that names no processor', {}],
  ])('leaves nothing for %s, and asks nobody', async (_, env) => {
    const root = mkdtempSync(join(dir, 'target-'));
    mkdirSync(join(root, 'var/lib/dpkg'), { recursive: true });
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    const options = { env: { PATH: process.env.PATH, ...env }, extendEnv: false };
    const { stdout, stderr } = await execa('sh', [script('unpack-packages.sh'), root, 'no-such-package'], options);
    expect([stdout, stderr, readdirSync(root)]).toEqual(['', '', []]);
  });

  const other = own === 'arm64' ? 'amd64' : 'arm64';
  const isRoot = process.getuid?.() === 0;

  /** Makes a package for another processor out of a file and of what dpkg is told. */
  async function makePackage(name: string, told: Readonly<Record<string, string>>): Promise<void> {
    const tree = join(dir, 'trees', name);
    const files = {
      [`usr/lib/${name}.so`]: name,
      'DEBIAN/control': `Package: ${name}\nVersion: 1\nArchitecture: ${other}\nMaintainer: nobody\nDescription: none\n`,
      ...told,
    };
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), text, { mode: 0o755 });
    }
    mkdirSync(join(dir, 'debs'), { recursive: true });
    await execa('dpkg-deb', ['--build', '--root-owner-group', tree, join(dir, 'debs', `${name}.deb`)]);
  }

  // Skipped where the tests are not root's: dpkg unpacks for root alone.
  test.skipIf(!isRoot)(
    'configures what has neither a script nor settings, and leaves the rest to the image',
    async () => {
      await makePackage('plain', { 'DEBIAN/triggers': 'activate-noawait ldconfig\n' });
      await makePackage('scripted', { 'DEBIAN/postinst': '#!/bin/sh\ntouch "$DPKG_ROOT/was-run"\n' });
      await makePackage('settled', { 'DEBIAN/conffiles': '/etc/settled.conf\n', 'etc/settled.conf': 'a=1' });
      const tools = join(dir, 'tools');
      mkdirSync(tools);
      const archives = `"$(sed -n 's/^Dir::Cache::archives "\\(.*\\)";/\\1/p' "$APT_CONFIG")"`;
      const fetch = `#!/bin/sh\ncase "$*" in *--download-only*) cp ${join(dir, 'debs')}/*.deb ${archives} ;; esac\n`;
      writeFileSync(join(tools, 'apt-get'), fetch, { mode: 0o755 });
      const root = mkdtempSync(join(dir, 'target-'));
      const admin = join(root, 'var/lib/dpkg');
      for (const name of ['info', 'triggers', 'updates']) mkdirSync(join(admin, name), { recursive: true });
      // Somebody whom others ask for something, as libc-bin is.
      const asked = `Package: asked\nStatus: install ok installed\nVersion: 1\nArchitecture: ${other}\nMaintainer: nobody\n`;
      writeFileSync(join(admin, 'status'), `${asked}Description: none\n`);
      writeFileSync(join(admin, 'info/asked.list'), '');
      writeFileSync(join(admin, 'info/asked.triggers'), 'interest-noawait ldconfig\n');
      writeFileSync(join(admin, 'info/asked.postinst'), '#!/bin/sh\ntouch "$DPKG_ROOT/was-run"\n', { mode: 0o755 });
      writeFileSync(join(admin, 'triggers/ldconfig'), 'asked\n');
      const env = { PATH: `${tools}:${process.env.PATH}`, TARGETARCH: other };
      await execa('sh', [script('unpack-packages.sh'), root, 'plain'], { env, extendEnv: false });
      const listed = ['--admindir', admin, '--show', '--showformat', '${Package} ${db:Status-Status}\n'];
      const { stdout } = await execa('dpkg-query', listed);
      expect(stdout.split('\n')).toEqual([
        'asked triggers-pending',
        'plain installed',
        'scripted unpacked',
        'settled unpacked',
      ]);
      expect(readFileSync(join(root, 'usr/lib/plain.so'), 'utf8')).toBe('plain');
      expect(readdirSync(root).toSorted()).toEqual(['etc', 'usr', 'var']);
    },
  );
});
