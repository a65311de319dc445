/** The programs that settle and compare lists of requirements, asked by the python3 in PATH. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'quayside-installed-'));
afterAll(() => rmSync(dir, { recursive: true }));
const program = (name: string): string => fileURLToPath(new URL(`../../docker/${name}`, import.meta.url));
const site = join(dir, 'site');
for (const [name, version] of [
  ['Flask', '3.1.3'],
  ['torch', '2.4.0+cpu'],
  ['zope.interface', '6.0'],
] as const) {
  const info = join(site, `${name}-${version}.dist-info`);
  mkdirSync(info, { recursive: true });
  writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
}

test.each([
  ['what is locked', 'flask==3.1.3 \\\n    --hash=sha256:00\nzope-interface==6.0\ntorch==2.4.0\n', ''],
  ['a choice', 'flask>=3\n-c constraints.txt\n--no-binary=:all:\n', ''],
  ['a condition of another system', 'colorama==0.4.6 ; sys_platform == "win32"\n', ''],
  ['one version for each Python', 'flask==2.0 ; python_version < "3"\nflask==3.1.3 ; python_version >= "3"\n', ''],
  ['another version', 'flask==3.0.0\n', 'flask: 3.0.0 is locked, and 3.1.3 was installed'],
  ['nothing', 'django==5.2\n', 'django: it is locked and was not installed'],
  [
    'what a condition on a patch release leaves out',
    'django==5.2 ; python_full_version == "3.11.999"\n',
    'django: it is locked for python_full_version == "3.11.999" only, and the image has Python',
  ],
])('a list with %s', (_, list, problem) => {
  const path = join(dir, 'requirements.txt');
  writeFileSync(path, list);
  const { status, stderr } = spawnSync('python3', [program('check-installed.py'), path, site], { encoding: 'utf8' });
  expect(stderr).toMatch(problem === '' ? /^$/ : /\n {2}fix: /);
  expect(stderr).toContain(problem);
  expect(status).toBe(problem === '' ? 0 : 1);
});

test.each([
  ['UTF-8 with a mark', 'utf8'],
  ['UTF-16', 'utf16le'],
] as const)('a list in %s is read as pip reads it', (_, encoding) => {
  const path = join(dir, 'marked.txt');
  writeFileSync(path, Buffer.from('\ufeffflask==3.1.3\r\ndjango==5.2\r\n', encoding));
  const { stderr } = spawnSync('python3', [program('check-installed.py'), path, site], { encoding: 'utf8' });
  expect(stderr).toContain('django: it is locked and was not installed');
  expect(stderr).not.toContain('flask');
});

test.each([
  [
    'as for the one that is named, others stay',
    '3.11.7',
    [
      'a==1 ; python_full_version == "3.11.7" and sys_platform == "linux"',
      "b==1 ; python_full_version <= '3.11.6'",
      'c==1 ; python_version < "3.12"',
    ],
    [
      'a==1 ; python_version >= "3" and sys_platform == "linux"',
      'b==1 ; python_version < "3"',
      'c==1 ; python_version < "3.12"',
    ],
  ],
  [
    'with what an older Python needs beside it',
    '3.50.7',
    [
      'a==1 ; python_full_version == "3.50.7" or python_full_version == "3.51.0" \\',
      '    --hash=sha256:00',
      'b==1 ; python_full_version < "3.50.3"',
      'c==1 ; python_full_version < "3.50.3"',
      'c==2 ; python_full_version >= "3.50.3"',
      '-c constraints.txt',
    ],
    [
      'a==1 ; python_version >= "3" or python_version < "3" \\',
      '    --hash=sha256:00',
      'b==1 ; python_version >= "3"',
      'c==1 ; python_version < "3"',
      'c==2 ; python_version >= "3"',
      '-c constraints.txt',
    ],
  ],
])('conditions on a patch release are settled %s', (_, release, list, expected) => {
  const path = join(dir, 'settled.txt');
  writeFileSync(path, list.join('\n'));
  execFileSync('python3', [program('settle-release.py'), release, path]);
  expect(readFileSync(path, 'utf8').split('\n')).toEqual(expected);
});
