/** Words of a source that mean something to shells, make, Docker, compose or workflows are written so that they mean themselves, or are refused. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Plan } from '../../../src/plan/types.js';
import { renderApp } from '../../../src/render/eject.js';
import { unrenderable } from '../../../src/render/renderable.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { writeRendered } from '../../support/rendered-apps.js';

const LINE = 'a\'b"c`id`$(touch pwned)${HOME}$HOME $$ #x ; x \\ %s ${{ secrets.X }} #{x}';
const LINES = `${LINE}\nINJECTED=1\nRUN touch pwned\n\ttouch pwned`;
const json = JSON.stringify;

const APP = {
  'requirements.txt': 'flask\ngunicorn\npytest\nruff\n',
  'app.py': `import os\nfrom flask import Flask\napp = Flask(__name__)\nA = os.getenv("A", """x\nINJECTED=1\n""")\nB = os.environ["B"]\n`,
  'test_app.py': 'def test_x(): pass\n',
  'quayside.yaml': [
    `env: { IN_YAML: ${json(LINE)}, B: { value: ${json(LINES)}, only: trial } }`,
    `suites: { unit: { command: [pytest, ${json(LINES)}] }, lint: { command: [ruff, ${json(LINE)}] } }`,
    `migrate: [flask, ${json(LINE)}]`,
    `build: { commands: [ "true", ${json(LINES)} ] }`,
  ].join('\n'),
  "weird\nRUN touch pwned '.py": 'import os\nC = os.getenv("C", "x")\n',
};

let dir: string;
let plan: Plan;
const texts = new Map<string, string>();
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-hostile-'));
  plan = await planOf(APP);
  const rendered = renderApp(plan, { paths: Object.keys(APP), gitignores: {} });
  for (const { path, text } of rendered) texts.set(path, text);
  writeRendered(rendered, dir);
  writeFileSync(join(dir, '.env'), '');
  // Says what it was told.
  writeFileSync(
    join(dir, 'docker'),
    `#!${process.execPath}\nrequire('fs').appendFileSync('told', JSON.stringify(process.argv.slice(2)) + '\\n');`,
  );
  chmodSync(join(dir, 'docker'), 0o755);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function planOf(files: Readonly<Record<string, string>>): Promise<Plan> {
  const { app, diagnostics } = await understand(memoryTree(files));
  if (app === undefined) throw new Error(json(diagnostics));
  return app.plan;
}

/** What the containers' program is told by a target of the Makefile. */
async function toldBy(target: string): Promise<readonly (readonly string[])[]> {
  rmSync(join(dir, 'told'), { force: true });
  await execa('make', [target], { cwd: dir, env: { PATH: `${dir}:${process.env.PATH}` } });
  return readFileSync(join(dir, 'told'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
}

describe('a hostile source', () => {
  it.each(['test', 'lint'])('gives make %s words that mean themselves', async target => {
    const suite = plan.suites.find(({ kind }) => kind === (target === 'test' ? 'unit' : target))!;
    const [told] = await toldBy(target);
    expect(told!.slice(-suite.args.length)).toEqual(suite.args);
  });

  it('gives make migrate words that mean themselves', async () => {
    const [told] = await toldBy('migrate');
    expect(told!.at(-1)).toBe(LINE);
  });

  it('adds no instruction to the Dockerfile', () => {
    const lines = texts.get('Dockerfile')!.replaceAll(/\\\n/g, '').split('\n');
    const instruction = /^(?:#.*|)$|^(?:FROM|ARG|WORKDIR|COPY|RUN|ENV|USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD|LABEL) /;
    expect(lines.filter(line => !instruction.test(line))).toEqual([]);
    expect(lines.filter(line => /^RUN touch|^INJECTED/.test(line))).toEqual([]);
  });

  it('adds no variable to .env.example', () => {
    const set = texts
      .get('.env.example')!
      .replaceAll(/='(?:[^'\\]|\\[\s\S])*'/g, '=')
      .split('\n');
    expect(
      set.filter(line => /^[^#]/.test(line)).filter(line => !/^(?:B|COMPOSE_\w+|\w*_PASSWORD|SECRET_KEY)=/.test(line)),
    ).toEqual([]);
  });

  it('adds no line to a table of the documents', () => {
    const page = texts.get('deploy/docs/environment.md')!;
    expect(page.split('\n').filter(line => /^(?:RUN|INJECTED)/.test(line))).toEqual([]);
  });

  it('has the commands of its suites in compose files as they are', () => {
    const { services } = parse(texts.get('compose.test.yaml')!, { merge: true }) as {
      services: Record<string, { command: string[] }>;
    };
    expect(services.test!.command.map(word => word.replaceAll('$$', '$')).at(-1)).toBe(
      plan.suites.find(({ kind }) => kind === 'unit')!.args.at(-1),
    );
  });

  it('leaves nothing of itself in workflows', () => {
    for (const path of ['.github/workflows/checks.yml', '.gitlab-ci.yml'].flatMap(name => texts.get(name) ?? []))
      expect(path).not.toContain('touch pwned');
  });
});

describe('a path with a blank', () => {
  it('is one word where it is copied', async () => {
    const files = {
      'requirements.txt': 'flask\ngunicorn\n',
      'app.py': "from flask import Flask\napp = Flask(__name__, static_folder='my frontend/dist')\n",
      'my frontend/package.json': json({ scripts: { build: 'vite build' }, devDependencies: { vite: '6.0.0' } }),
      'my frontend/package-lock.json': json({
        lockfileVersion: 3,
        packages: { 'node_modules/vite': { version: '6.0.0' } },
      }),
      'my frontend/index.html': '<html></html>',
    };
    const text = renderApp(await planOf(files), { paths: Object.keys(files), gitignores: {} }, ['dockerfile'])[0]!.text;
    const copies = text.split('\n').filter(line => line.startsWith('COPY') && line.includes('my frontend'));
    expect(copies).toContain('COPY ["my frontend/package.json","my frontend/package-lock.json","/app/my frontend/"]');
    for (const copy of copies) expect(JSON.parse(/\[.*\]$/.exec(copy)![0])).toHaveLength(copy.includes('lock') ? 3 : 2);
  });
});

describe('what rendered files have no form for', () => {
  const withStep = (step: object): Plan => ({ ...plan, stages: [{ ...plan.stages[0]!, steps: [step as never] }] });

  it.each(['a$b', 'a\nb', 'a"b', 'a`b', 'a:b', 'a\\b', 'a[b]', 'a*'])('are paths such as %j', path => {
    const copy = withStep({ kind: 'copy', from: { kind: 'source', path }, to: '/app' });
    expect(unrenderable(copy)).toEqual([{ kind: 'path', what: path }]);
    expect(unrenderable(withStep({ kind: 'workdir', path }))).toEqual([{ kind: 'path', what: path }]);
  });

  it('are no patterns with a dollar, as .dockerignore files have for what Jython compiles', () => {
    const from = { kind: 'source', path: '', exclude: ['**/*$py.class'] };
    expect(unrenderable(withStep({ kind: 'copy', from, to: '/app' }))).toEqual([]);
  });

  it("are values of several lines in an image, and nothing else of the app's", () => {
    expect(unrenderable(withStep({ kind: 'env', values: { A: LINE, B: LINES } }))).toEqual([
      { kind: 'value', what: 'B' },
    ]);
    expect(unrenderable(plan)).toEqual([]);
  });
});
