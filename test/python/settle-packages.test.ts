/** docker/settle-packages.py: what counts as a contradiction, and what is done about it, with an index and an installer of the test's own. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../docker/settle-packages.py', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'quayside-settle-'));
const empty = join(dir, 'empty');
// pip is what the index is asked with.
const hasPip = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;

interface Package {
  readonly meta?: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** Every release that there is, by `NAME VERSION`, and the day of each. */
const RELEASES: Readonly<Record<string, Package>> = {
  'frame 2.0': {
    files: { 'frame/__init__.py': 'from .app import App\n', 'frame/app.py': 'from tools.urls import quote\n' },
  },
  'careful 1.0': {
    files: {
      'careful/__init__.py':
        'try:\n    from tools.urls import quote\nexcept ImportError:\n    from tools import quote\n',
    },
  },
  'client 1.0': {
    files: {
      'client/__init__.py': '',
      'client/testclient.py': 'import tools\n\ndef open():\n    return tools.start()\n',
    },
  },
  'guarded 1.0': {
    files: { 'guarded/__init__.py': 'import tools\nif hasattr(tools, "start"):\n    start = tools.start\n' },
  },
  'shadowing 1.0': { files: { 'shadowing/__init__.py': 'import tools\ndef open(tools):\n    return tools.start()\n' } },
  'near 1.0': {
    meta: ['Provides-Extra: base', 'Requires-Dist: base>=1.5; extra == "base"'],
    files: { 'near/__init__.py': 'import base\n' },
  },
  'wrong 1.0': { files: { 'wrong/__init__.py': 'from tools.urls import never\n' } },
  'tools 2.5': { files: { 'tools/__init__.py': 'def start(): ...\n', 'tools/urls.py': 'def quote(): ...\n' } },
  'tools 3.0': { files: { 'tools/__init__.py': 'def other(): ...\n', 'tools/urls.py': 'def other(): ...\n' } },
  'frail 2.0': { files: { 'frail/__init__.py': 'from ageing import name\n' } },
  'ageing 1.0': { files: { 'ageing/__init__.py': 'import gone_from_python\nname = 1\n' } },
  'ageing 3.0': { files: { 'ageing/__init__.py': '' } },
  'taker 1.0': {
    meta: ['Requires-Dist: base'],
    files: { 'taker/__init__.py': 'if True:\n    from base import old\n' },
  },
  'taker 2.0': {
    meta: ['Requires-Dist: base'],
    files: { 'taker/__init__.py': 'if True:\n    from base import late\n' },
  },
  'leaning 1.0': {
    meta: ['Requires-Dist: split'],
    files: { 'leaning/__init__.py': 'if True:\n    import split.part\n' },
  },
  'split 1.0': { files: { 'split/__init__.py': '', 'split/part.py': '' } },
  'split 2.0': {
    files: { 'split/__init__.py': '', 'split/part.py': 'raise ImportError("part is now a project of its own.")\n' },
  },
  'absent 2.0': {
    meta: ['Requires-Dist: base'],
    files: { 'absent/__init__.py': 'import of_another_processor\n' },
  },
  'base 1.0': { files: { 'base/__init__.py': 'old = 1\n' } },
  'base 9.0': { files: { 'base/__init__.py': '' } },
  'bus 4.0': {
    meta: ['Provides-Extra: base', 'Requires-Dist: base>=1.0; extra == "base"'],
    files: {
      'bus/__init__.py': '',
      'bus/transport.py': 'try:\n    import base\nexcept ImportError:\n    base = None\n',
    },
  },
  'bus 5.0': {
    meta: ['Provides-Extra: base', 'Requires-Dist: base<9,>=6; extra == "base"'],
    files: {
      'bus/__init__.py': '',
      'bus/transport.py': 'try:\n    import base\nexcept ImportError:\n    base = None\n',
    },
  },
  'late 1.0': { files: { 'late/__init__.py': '' } },
  'late 2.0': { files: { 'late/__init__.py': '' } },
  'checked 1.0': {
    meta: ['Provides-Extra: test', 'Requires-Dist: base>=6; extra == "test"'],
    files: { 'checked/__init__.py': '', 'checked/tests/test_it.py': 'import base\n' },
  },
};
const DAYS: Readonly<Record<string, string>> = {
  'tools 3.0': '2025-01-01',
  'bus 5.0': '2025-01-01',
  'tools 2.5': '2022-05-01',
  'late 1.0': '2022-08-01',
  'late 2.0': '2025-01-01',
  'taker 2.0': '2025-01-01',
  'taker 1.0': '2022-05-01',
  'split 2.0': '2025-01-01',
};
const DAY = '2022-06-01';

let server: Server;
let index = '';
beforeAll(async () => {
  mkdirSync(empty);
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(dir, 'venv')]);
  for (const [release, { meta = [], files }] of Object.entries(RELEASES)) {
    const [name, version] = release.split(' ') as [string, string];
    const info = `${name}-${version}.dist-info`;
    const all: Record<string, string> = {
      ...files,
      [`${info}/METADATA`]: ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`, ...meta, ''].join('\n'),
    };
    all[`${info}/RECORD`] = Object.keys(all)
      .map(file => `${file},,\n`)
      .join('');
    for (const [file, text] of Object.entries(all)) {
      const path = join(dir, 'releases', release, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
  server = createServer((request, response) => {
    const [, name] = /^\/simple\/([\w-]+)\/$/.exec(request.url ?? '') ?? [];
    const files = Object.keys(RELEASES)
      .filter(release => release.startsWith(`${name} `))
      .map(release => ({
        filename: `${release.replace(' ', '-')}-py3-none-any.whl`,
        'upload-time': `${DAYS[release] ?? DAY}T10:00:00.000000Z`,
      }));
    response.setHeader('Content-Type', 'application/vnd.pypi.simple.v1+json').end(JSON.stringify({ files }));
  });
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  index = `http://127.0.0.1:${typeof address === 'object' && address?.port}/simple/`;
  // In place of pip: takes the newest release that a bound allows.
  writeFileSync(
    join(dir, 'install.py'),
    `
import pathlib, re, shutil, sys
site, releases = map(pathlib.Path, sys.argv[1:3])
for bound in [word for word in sys.argv[3:] if "<=" in word]:
    name, most = bound.split("<=")
    version = max(v for v in (p.name.split()[1] for p in releases.glob(f"{name} *")) if v <= most)
    for old in [site / name, *site.glob(f"{name}-*.dist-info")]:
        shutil.rmtree(old)
    shutil.copytree(releases / f"{name} {version}", site, dirs_exist_ok=True)
`,
  );
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

/** What is installed, and what is said, once contradictions among some releases are settled. */
async function settled(list: string, releases: readonly string[], ...options: readonly string[]) {
  const root = mkdtempSync(join(dir, 'app-'));
  const venv = join(root, 'venv');
  cpSync(join(dir, 'venv'), venv, { recursive: true, verbatimSymlinks: true });
  const [python] = readdirSync(join(venv, 'lib'));
  const site = join(venv, 'lib', python!, 'site-packages');
  for (const release of releases) cpSync(join(dir, 'releases', release), site, { recursive: true });
  const [path, told] = [join(root, 'requirements.txt'), join(root, 'told.txt')];
  writeFileSync(path, list);
  const installing = ['python3', join(dir, 'install.py'), site, join(dir, 'releases')];
  await execa('python3', [script, ...options, path, venv, told, 'requirements.txt', ...installing], {
    env: {
      PIP_INDEX_URL: index,
      PIP_EXTRA_INDEX_URL: '',
      PIP_CONFIG_FILE: '/dev/null',
      HOME: empty,
      NO_PROXY: '127.0.0.1',
    },
  });
  const there = readdirSync(site).flatMap(name => /^(\w+)-([\d.]+)\.dist-info$/.exec(name)?.slice(1).join(' ') ?? []);
  return { there: there.sort(), told: readFileSync(told, 'utf8'), beside: readdirSync(root).sort() };
}

// Skipped where python3 has no pip: it is what the script asks the index with.
describe.skipIf(!hasPip)('settle-packages.py', () => {
  test.each([
    ['a pinned package imports a name that is gone', 'frame==2.0\n', ['frame 2.0'], 'tools 3.0', 'tools 2.5'],
    ['its test client uses one', 'client==1.0\n', ['client 1.0'], 'tools 3.0', 'tools 2.5'],
    ['it takes what the pinned one does not have yet', 'base==1.0\ntaker\n', ['base 1.0'], 'taker 2.0', 'taker 1.0'],
    ['it refuses to be imported', 'leaning==1.0\n', ['leaning 1.0'], 'split 2.0', 'split 1.0'],
    ['an extra asks for a newer one than is pinned', 'base==1.0\n', ['base 1.0'], 'bus 5.0', 'bus 4.0'],
  ])('goes back to the day of what is pinned where %s', async (_, list, held, newest, older) => {
    const { there, told, beside } = await settled(list, [...held, newest]);
    expect(there).toEqual([...held, older].sort());
    for (const words of [`${newest} does not work with ${held[0]}`, `${older} in place of ${newest.split(' ')[1]}`])
      expect(told).toContain(words);
    expect(told).toMatch(new RegExp(`add to requirements\\.txt: ${older.replace(' ', '==')}$`));
    expect(beside).toEqual(['requirements.txt', 'told.txt', 'venv']);
  });

  test('takes all that nobody pins as of that day on a Python that has ended', async () => {
    const { there, told, beside } = await settled(
      'careful==1.0\nbus\n',
      ['careful 1.0', 'bus 5.0', 'late 2.0', 'tools 3.0'],
      '--ended',
    );
    // The first after that day, where nothing of before can be had without being compiled.
    expect(there).toEqual(['bus 4.0', 'careful 1.0', 'late 1.0', 'tools 2.5']);
    expect(told).toBe(
      "The app's Python has ended. Taken as of the day of what is pinned: bus 4.0 in place of 5.0, late 1.0 in place of 2.0, tools 2.5 in place of 3.0. To hold that fast, add to requirements.txt: bus==4.0 late==1.0 tools==2.5",
    );
    expect(beside).toEqual(['requirements.txt', 'told.txt', 'venv']);
  });

  test('leaves all as it is there where nothing is pinned', async () => {
    expect((await settled('careful\n', ['careful 1.0', 'tools 3.0'], '--ended')).told).toBe('');
  });

  test.each<readonly [string, string, readonly string[]]>([
    ['nothing is pinned', 'frame\n', ['frame 2.0', 'tools 3.0']],
    ['everything is', 'frame==2.0\ntools==3.0\n', ['frame 2.0', 'tools 3.0']],
    ['a package works with both', 'careful==1.0\nguarded==1.0\n', ['careful 1.0', 'guarded 1.0', 'tools 3.0']],
    ['the name is of something else', 'shadowing==1.0\n', ['shadowing 1.0', 'tools 3.0']],
    ['an extra asks for one that is little newer', 'base==1.0\n', ['base 1.0', 'near 1.0']],
    ['no release has the name', 'wrong==1.0\n', ['wrong 1.0', 'tools 3.0']],
    ['the one of that day works no more', 'frail==2.0\n', ['frail 2.0', 'ageing 3.0']],
    ['the pinned one is newer than is asked for', 'base==9.0\n', ['base 9.0', 'bus 5.0']],
    ['what is missing is no package', 'base==1.0\nabsent\n', ['absent 2.0', 'base 1.0']],
    ['its tests alone import it', 'base==1.0\n', ['base 1.0', 'checked 1.0']],
  ])('leaves all as it is where %s', async (_, list, releases) => {
    expect(await settled(list, releases)).toEqual({
      there: [...releases].sort(),
      told: '',
      beside: ['requirements.txt', 'told.txt', 'venv'],
    });
  });
});
