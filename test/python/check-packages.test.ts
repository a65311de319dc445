/** docker/check-packages.py: which failures of an import are a package's own, and what is said to do about them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const CHECK = fileURLToPath(new URL('../../docker/check-packages.py', import.meta.url));

/** What the program makes of code that imports something: the error that counts, and the line that helps. */
function judged(code: string): readonly [string | null, string | null] {
  const program = `
import json, runpy, sys
own = runpy.run_path(sys.argv[1])
problem = own["import_problem"](sys.argv[2])
print(json.dumps([problem, problem and own["fix_for"](problem, {})]))
`;
  const done = spawnSync('python3', ['-c', program, CHECK, code], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

test.each<readonly [string, string, string | null]>([
  ['code that works', 'import json', null],
  ['a module that nothing brings', 'import no_such_module', 'add the Python package with no_such_module'],
  [
    'a name that another release of a package had',
    'from json import no_such_name',
    'the versions of its packages do not fit together: pin the one that brings json',
  ],
  [
    'a part that has become a package of its own',
    'raise ImportError("a.b module is now a separate project a_b.\\nInstall a[b] or a_b directly.")',
    'add a_b to the dependencies',
  ],
  ['words on what to install', 'raise ImportError("run `pip install a-b[c]` first")', 'add a-b to the dependencies'],
  ['any other refusal', 'raise ImportError("not with this release")', 'pin it, or what it imports, to releases'],
  ['an order of imports', 'raise ImportError("the a package should be imported before a_binary")', null],
  ['settings', 'raise RuntimeError("no settings")', null],
])('%s', (_, code, fix) => {
  const [problem, said] = judged(code);
  expect(problem === null).toBe(fix === null);
  if (fix !== null) expect(said).toContain(fix);
});

/** What the program says of packages that lie in a directory, as those of an environment do, and of which the app imports some; default: all. */
function checked(modules: Readonly<Record<string, string>>, imported?: string) {
  const dir = mkdtempSync(join(tmpdir(), 'check-packages-'));
  try {
    for (const [name, code] of Object.entries(modules)) {
      const info = join(dir, `${name}-1.0.dist-info`);
      mkdirSync(info);
      writeFileSync(join(dir, `${name}.py`), code);
      writeFileSync(join(info, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`);
      writeFileSync(join(info, 'RECORD'), `${name}.py,,\n`);
    }
    writeFileSync(join(dir, 'libraries.json'), '{}');
    const program = `
import runpy, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
own = runpy.run_path(sys.argv[1])
own["main"].__globals__["SITE"] = Path(sys.argv[2])
sys.exit(own["main"](["--libraries", sys.argv[2] + "/libraries.json", *sys.argv[3:]]))`;
    const names = Object.keys(modules);
    const args = ['-c', program, CHECK, dir, '--own', 'the_app', '--imports', imported ?? names.join(','), ...names];
    const done = spawnSync('python3', args, { encoding: 'utf8', env: { ...process.env, PYTHONPATH: dir } });
    return { code: done.status, said: done.stderr };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

test.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
  ['packages that work', { one: '', two: 'import one' }, []],
  ['one that prints, and one that ends the process', { one: 'print("two")', two: 'import os; os._exit(3)' }, []],
  ['one that lacks a module, among others', { one: '', two: 'import no_such_module', xyz: 'import one' }, ['two']],
  ['one that imports the app, which is not there yet', { plugin: 'from the_app.plugins import Plugin' }, []],
  [
    'one that is spoilt by another, and works alone',
    { aaa: 'import sys; sys.modules["zlib"] = None', bbb: 'import zlib' },
    [],
  ],
  [
    'one that starts what never ends',
    { one: 'import threading, time; threading.Thread(target=time.sleep, args=(99,)).start()' },
    [],
  ],
])('of %s', (_, modules, wrong) => {
  const { code, said } = checked(modules);
  expect(said.match(/^\w+(?=: )/gm) ?? []).toEqual(wrong);
  expect(code).toBe(wrong.length > 0 ? 1 : 0);
});

test('tells alone of a package that lacks another one, where the app imports nothing of it', () => {
  const { code, said } = checked({ one: '', two: 'import no_such_module' }, 'one');
  expect(said).toContain(
    "two, of which the app imports nothing: it cannot be imported: ModuleNotFoundError: No module named 'no_such_module'",
  );
  expect(code).toBe(0);
});
