/** What is said before anything is built: what was found, what is planned, and what is wrong. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { EXAMPLE, makeScratch } from './support/example.js';
import { logPodman, type Outcome, quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());
const golden = (path: string): string => readFileSync(join(ROOT, 'test/golden', path), 'utf8');

describe('explain and plan', () => {
  let named: Outcome;
  beforeAll(async () => {
    named = await quayside(['explain', `--source=${EXAMPLE}`]);
  });

  test('explain tells each decision with its place and its key', () => {
    expect(named).toMatchObject({ code: 0, steps: [] });
    expect(named.stdout).toBe(golden('detect/flask-stream.explain.txt'));
    expect(named.stdout).toMatch(/poetry\.lock/);
  });

  test('without --source the quayside.yaml of the repository decides which app is meant', async () => {
    const around = await quayside(['explain'], { cwd: ROOT });
    expect(around.code).toBe(0);
    expect(around.stdout).toContain('examples/flask-stream/poetry.lock');
    // What was found is the same; where, is told from the repository, which has a package of its own as well.
    const rows = (text: string) =>
      text
        .replace(/^ +directory +examples.*\n/m, '')
        .replace(/^ +not built +package\.json.*\n/m, '')
        .replaceAll(/examples\/flask-stream\/| +/g, ' ');
    expect(rows(around.stdout).replaceAll(/ +/g, ' ')).toBe(rows(named.stdout).replaceAll(/ +/g, ' '));
  });

  test('what git ignores is no part of the app', async () => {
    const app = scratch.example('ignored');
    app.write('flask_stream/local/scratch.py', 'from flask import Flask\n\napp = Flask(__name__)\n');
    const seen = await quayside(['explain', `--source=${app.path}`]);
    expect(seen).toMatchObject({ code: 2, stderr: expect.stringContaining('QS303') });
    app.write('flask_stream/.gitignore', '/local/\n');
    const ignored = await quayside(['explain', `--source=${app.path}`]);
    expect(ignored).toMatchObject({ code: 0, stdout: named.stdout });
  });

  test('flags may stand before the function', async () => {
    const before = await quayside([`--source=${EXAMPLE}`, 'explain']);
    expect(before).toMatchObject({ code: 0, stdout: named.stdout });
  });

  test('plan is the golden plan, and JSON', async () => {
    const { code, stdout } = await quayside(['plan', `--source=${EXAMPLE}`]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(golden('plan/flask-stream.golden.json')));
  });
});

describe('mistakes end in 2, with the place and the way out, before anything is built', () => {
  const cases: readonly (readonly [string, (dir: string) => void, RegExp])[] = [
    [
      'an unknown key',
      dir => scratchApp(dir).append('quayside.yaml', 'pyton:\n  version: "3.11"\n'),
      /^error: QS102: .*pyton[\s\S]*at: quayside\.yaml:2[\s\S]*python/m,
    ],
    ['a directory without a project', dir => mkdirSync(join(scratch.dir, dir)), /^error: QS201: /m],
  ];
  const apps = new Map<string, ReturnType<typeof scratch.example>>();
  const scratchApp = (name: string) => {
    const app = apps.get(name) ?? scratch.example(name);
    apps.set(name, app);
    return app;
  };

  test.each(cases)('%s', async (name, breakIt, message) => {
    const dir = name.replaceAll(' ', '-');
    breakIt(dir);
    const podman = logPodman(join(scratch.dir, `${dir}-podman`));
    const run = await quayside(['test', `--source=${join(scratch.dir, dir)}`], { env: { PATH: podman.PATH } });
    expect(run).toMatchObject({ code: 2, stdout: '', steps: [] });
    expect(run.stderr).toMatch(message);
    expect(run.stderr).toMatch(/\n {2}expected: .*\n {2}fix: /);
    expect(podman.calls()).toEqual([]);
  });

  test('a stale lock file, as soon as its package manager has seen it', async () => {
    const app = scratch.example('stale-lock');
    app.replace('pyproject.toml', '"redis (>=7.0,<9.0)"', '"redis (>=6.0,<9.0)"');
    const run = await quayside(['test', `--source=${app.path}`]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^error: QS205: [\s\S]*poetry\.lock[\s\S]*poetry lock[\s\S]*fix: /m);
    expect(run.stderr.match(/QS205/g)).toHaveLength(1);
  });

  test.each([
    ['an unknown function', ['tset'], /unknown command 'tset'[\s\S]*Did you mean test\?/],
    ['an unknown flag', ['test', '--sorce=.'], /unknown option '--sorce=\.'[\s\S]*Did you mean --source\?/],
    ['a source that is not there', ['test', '--source=no/such/place'], /no\/such\/place/],
    ['a flag without its value', ['test', '--source'], /--source/],
    ['run without a command', ['run'], /missing required argument/],
    ['a port that is none', ['serve', '--port=harbour'], /--port/],
  ])('%s', async (_, args, message) => {
    const run = await quayside(args);
    expect(run).toMatchObject({ code: 2, stdout: '', steps: [] });
    expect(run.stderr).toMatch(message);
  });
});
