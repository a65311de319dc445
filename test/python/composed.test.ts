/** What Compose itself makes of the rendered files, each set as it is used: `docker compose config`, with every value filled in. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderApp } from '../../src/render/eject.js';
import { pythonTools, withoutPythonTools } from '../support/python-tools.js';
import { EXAMPLE_NAMES, exampleApp, writeRendered } from '../support/rendered-apps.js';

const missing = await withoutPythonTools();
beforeEach(({ skip }) => skip(missing !== undefined, missing));

const SETS = {
  development: ['compose.yaml', 'compose.dev.yaml'],
  watched: ['compose.yaml', 'compose.watch.yaml'],
  production: ['compose.yaml', 'compose.prod.yaml'],
  tests: ['compose.test.yaml'],
};

test("an address of .env takes the place of a service's: one variable has the app use SQLite, or a server elsewhere", async () => {
  const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
  try {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source, ['compose']), dir);
    const databaseWith = async (line: string) => {
      writeFileSync(join(dir, '.env'), `MARIADB_PASSWORD=p\nSECRET_KEY=k\n${line}\n`);
      const program = join(await pythonTools(), 'docker-compose');
      const given = ['--file', 'compose.yaml', '--file', 'compose.dev.yaml', 'config', '--format', 'json'];
      const options = { cwd: dir, env: { PATH: process.env.PATH ?? '', HOME: dir }, extendEnv: false };
      const { services } = JSON.parse((await execa(program, given, options)).stdout) as {
        services: Record<string, { environment: Record<string, string> }>;
      };
      return services.web?.environment.DATABASE_URL;
    };
    expect(await databaseWith('')).toBe('mysql+pymysql://app:p@mariadb:3306/app');
    expect(await databaseWith('DATABASE_URL=sqlite:////data/app.db')).toBe('sqlite:////data/app.db');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
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
