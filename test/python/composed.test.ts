/** What Compose itself makes of the rendered files, each set as it is used: `docker compose config`, with every value filled in. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderApp } from '../../src/render/eject.js';
import { pythonTools, withoutPythonTools } from '../support/python-tools.js';
import { corpusApp, EXAMPLE_NAMES, exampleApp, type RenderedApp, writeRendered } from '../support/rendered-apps.js';

const missing = await withoutPythonTools();
beforeEach(({ skip }) => skip(missing !== undefined, missing));

const SETS = {
  development: ['compose.yaml', 'compose.dev.yaml'],
  watched: ['compose.yaml', 'compose.watch.yaml'],
  production: ['compose.yaml', 'compose.prod.yaml'],
  tests: ['compose.test.yaml'],
};

describe("an address of .env takes the place of a service's", () => {
  const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  /** What Compose starts, and the environment of the web server. */
  async function composedWith({ plan, source }: RenderedApp, set: keyof typeof SETS, lines: string) {
    writeRendered(renderApp(plan, source, ['compose']), dir);
    writeFileSync(join(dir, '.env'), lines);
    const program = join(await pythonTools(), 'docker-compose');
    const given = [...SETS[set].flatMap(file => ['--file', file]), 'config', '--format', 'json'];
    const options = { cwd: dir, env: { PATH: process.env.PATH ?? '', HOME: dir }, extendEnv: false };
    const { services } = JSON.parse((await execa(program, given, options)).stdout) as {
      services: Record<string, { environment: Record<string, string>; depends_on?: Record<string, unknown> }>;
    };
    return { ids: Object.keys(services), environment: services.web!.environment };
  }

  test.for(['development', 'watched', 'production'] as const)(
    'one variable has the app use SQLite, or a server elsewhere, and no server is started: %s',
    async set => {
      const app = exampleApp('flask-stream');
      const secrets = 'MARIADB_PASSWORD=p\nSECRET_KEY=k\n';
      const usual = await composedWith(app, set, secrets);
      const other = await composedWith(app, set, `${secrets}DATABASE_URL=sqlite:////data/app.db\n`);
      expect(other.ids).toEqual(usual.ids.filter(id => id !== 'mariadb'));
      expect(usual.ids).toContain('mariadb');
      if (set === 'production') return;
      expect(usual.environment.DATABASE_URL).toBe('mysql+pymysql://app:p@mariadb:3306/app');
      expect(other.environment.DATABASE_URL).toBe('sqlite:////data/app.db');
    },
  );

  test("what the source's own .env says of a developer's machine is said to nobody", async () => {
    const { plan, source } = exampleApp('flask-stream');
    const kept = join(dir, 'kept');
    writeRendered(renderApp(plan, source), kept);
    writeFileSync(join(kept, '.env'), 'DATABASE_URL=mysql+pymysql://me:mine@localhost/dev\n');
    const options = { cwd: kept, env: { PATH: process.env.PATH ?? '', HOME: dir }, extendEnv: false };
    await execa('git', ['init', '--quiet'], options);
    await execa('git', ['add', '.env'], options);
    writeFileSync(join(kept, '.env.quayside'), 'MARIADB_PASSWORD=p\nSECRET_KEY=k\n');
    const told = (await execa('make', ['--dry-run', 'logs'], options)).stdout;
    const words = /^docker compose (.*) logs --follow$/m.exec(told)![1]!.split(' ');
    const program = join(await pythonTools(), 'docker-compose');
    const { stdout } = await execa(program, [...words, 'config', '--format', 'json'], options);
    const { services } = JSON.parse(stdout) as { services: Record<string, { environment: Record<string, string> }> };
    expect(Object.keys(services)).toContain('mariadb');
    expect(services.web!.environment.DATABASE_URL).toBe('mysql+pymysql://app:p@mariadb:3306/app');
  });

  test('the lines that the page on SQLite tells have no server started', async () => {
    const app = await corpusApp('django-on-docker');
    const page = renderApp(app.plan, app.source).find(({ path }) => path.endsWith('sqlite-to-server.md'))!.text;
    const told = /```ini\n([^`]*)```/.exec(page)![1]!;
    const secrets = app.plan.variables
      .flatMap(({ name, trial }) => (trial === undefined ? [] : [`${name}=x\n`]))
      .join('');
    const made = `POSTGRES_PASSWORD=p\nSECRET_KEY=k\n${secrets}`;
    expect((await composedWith(app, 'development', made)).ids).toContain('postgres');
    const { ids, environment } = await composedWith(app, 'development', `${made}${told}`);
    expect(ids).not.toContain('postgres');
    expect(environment).toMatchObject({ SQL_ENGINE: 'django.db.backends.sqlite3', SQL_DATABASE: '/data/db.sqlite3' });
  });
});

describe.each(EXAMPLE_NAMES)('examples/%s', name => {
  const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  beforeAll(() => {
    const { plan, source } = exampleApp(name);
    writeRendered(renderApp(plan, source, ['compose']), dir);
    const example = readFileSync(join(dir, '.env.example'), 'utf8');
    writeFileSync(join(dir, '.env'), example.replaceAll(/^(\w+)=$/gm, '$1=made-up'));
  });

  test.each(Object.entries(SETS))('%s', async (set, files) => {
    const given = files.flatMap(file => ['--file', file]);
    const program = join(await pythonTools(), 'docker-compose');
    // Nothing of this machine: neither its variables, nor where the files lie.
    const env = { PATH: process.env.PATH ?? '', HOME: dir };
    const options = { cwd: dir, env, extendEnv: false };
    const { stdout } = await execa(program, [...given, 'config', '--no-path-resolution'], options);
    await expect(`${stdout}\n`).toMatchFileSnapshot(`../golden/composed/${name}/${set}.yaml`);
  });
});
