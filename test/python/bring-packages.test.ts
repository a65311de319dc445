/** docker/bring-packages.py: what the author of an app pins and what was locked beside it, brought into one environment by the real pip. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../docker/bring-packages.py', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'quayside-bring-'));
// pip is what packages are brought by, into an environment that is named since 22.3.
const hasPip =
  spawnSync('python3', ['-c', 'import pip; assert tuple(map(int, pip.__version__.split(".")[:2])) >= (22, 3)'])
    .status === 0;

/** Lays a package down as a wheel; returns its hash. */
function wheel(name: string, version: string, needs: readonly string[] = []): string {
  const info = `${name}-${version}.dist-info`;
  const files: Readonly<Record<string, string>> = {
    [`${name}.py`]: `version = "${version}"\n`,
    [`${info}/METADATA`]: [
      'Metadata-Version: 2.1',
      `Name: ${name}`,
      `Version: ${version}`,
      ...needs.map(need => `Requires-Dist: ${need}`),
      '',
    ].join('\n'),
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  };
  const record = [...Object.keys(files), `${info}/RECORD`].map(file => `${file},,\n`).join('');
  const all = Object.entries({ ...files, [`${info}/RECORD`]: record });
  const zip = zipSync(Object.fromEntries(all.map(([file, text]) => [file, new TextEncoder().encode(text)])));
  writeFileSync(join(dir, 'wheels', `${name}-${version}-py3-none-any.whl`), zip);
  return createHash('sha256').update(zip).digest('hex');
}

let locked: Readonly<Record<'runner' | 'side' | 'part', string>>;
beforeAll(() => {
  mkdirSync(join(dir, 'wheels'));
  wheel('runner', '8.0', ['part>=1']);
  const hash = (name: string, version: string, needs?: readonly string[]) =>
    `${name}==${version} --hash=sha256:${wheel(name, version, needs)}`;
  locked = {
    runner: hash('runner', '9.0', ['part>=1']),
    side: hash('side', '1.0', ['runner>=7']),
    part: hash('part', '1.5'),
  };
});
afterAll(() => rmSync(dir, { recursive: true }));

async function brought(list: readonly string[]): Promise<readonly string[]> {
  const root = mkdtempSync(join(dir, 'app-'));
  const venv = join(root, 'venv');
  await execa('python3', ['-m', 'venv', '--without-pip', venv]);
  writeFileSync(join(root, 'list.txt'), `${list.join('\n')}\n`);
  const env = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: join(dir, 'wheels'), PIP_CONFIG_FILE: '/dev/null' };
  await execa('python3', [script, venv, join(root, 'list.txt')], { env });
  const [python] = readdirSync(join(venv, 'lib'));
  const site = readdirSync(join(venv, 'lib', python!, 'site-packages'));
  return site.flatMap(name => /^(\w+)-([\d.]+)\.dist-info$/.exec(name)?.slice(1).join(' ') ?? []).sort();
}

// Skipped where python3 has no pip that installs into another environment.
describe.skipIf(!hasPip)('bring-packages.py', () => {
  test('brings what is locked', async () => {
    expect(await brought(Object.values(locked))).toEqual(['part 1.5', 'runner 9.0', 'side 1.0']);
  });

  test('brings the version that an author pins in place of the one that is locked beside it', async () => {
    expect(await brought(['runner==8.0', ...Object.values(locked)])).toEqual(['part 1.5', 'runner 8.0', 'side 1.0']);
  });
});
