/** Secrets of production as files: what `make setup` writes, who may read it, and what the images' entrypoint makes of it. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderApp } from '../../../src/render/eject.js';
import type { Rendered } from '../../../src/render/rendered.js';
import { corpusApp, exampleApp, plannedApp, writeRendered } from '../../support/rendered-apps.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-unit-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const make = (...words: readonly string[]) => execa('make', words, { cwd: dir, reject: false, all: true });
const hasMake = !(await execa('make', ['--version'], { reject: false })).failed;
const values = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readFileSync(join(dir, '.env'), 'utf8')
      .split('\n')
      .flatMap(line => {
        const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return name === undefined ? [] : [[name, value ?? '']];
      }),
  );
const secret = (name: string) => readFileSync(join(dir, '.env.secrets', name), 'utf8');
/** Writes what is rendered. @returns the text of each */
const writeAll = (rendered: readonly Rendered[]) => {
  writeRendered(rendered, dir);
  return (path: string) => rendered.find(file => file.path === path)!.text;
};
const modeOf = (path: string) => (statSync(join(dir, path)).mode & 0o777).toString(8);

// Skipped where there is no make, whose targets these are.
describe.runIf(hasMake)('make setup', () => {
  it('makes up what is secret, once, and lays it where its owner alone enters', async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    await make('setup');
    const { MARIADB_PASSWORD = '', SECRET_KEY = '' } = values();
    expect(MARIADB_PASSWORD).toMatch(/^[0-9a-f]{48}$/);
    // A Fernet key, as trials have one: code that takes it apart would not start otherwise.
    expect(SECRET_KEY).toMatch(/^\w{43}=$/);
    expect(Buffer.from(SECRET_KEY, 'base64')).toHaveLength(32);
    expect(MARIADB_PASSWORD).not.toBe(SECRET_KEY);
    expect(secret('MARIADB_PASSWORD')).toBe(MARIADB_PASSWORD);
    expect(secret('DATABASE_URL')).toBe(`mysql+pymysql://app:${MARIADB_PASSWORD}@mariadb:3306/app`);
    expect(secret('SECRET_KEY')).toBe(SECRET_KEY);
    expect(secret('.gitignore')).toBe('*\n');
    // Containers run as others than the owner, and are given the files alone.
    expect([modeOf('.env'), modeOf('.env.secrets'), modeOf('.env.secrets/SECRET_KEY')]).toEqual(['600', '700', '644']);
    await make('setup');
    expect(values().SECRET_KEY).toBe(SECRET_KEY);
  });

  it('says whose file git would take, and outside of a repository nothing of git', async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    // A directory below a repository of somebody else's is in that.
    const env = { GIT_CEILING_DIRECTORIES: tmpdir() };
    expect(await execa('make', ['setup'], { cwd: dir, env, all: true })).toMatchObject({ all: '.env is there' });
    await execa('git', ['init', '--quiet'], { cwd: dir });
    expect((await make('setup')).all).toContain('Add .env to .gitignore');
    writeFileSync(join(dir, '.gitignore'), '.env\n');
    expect(await make('setup')).toMatchObject({ all: '.env is there' });
  });

  it("leaves the source's own .env, which is in its repository, and writes another one", async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    const own = 'DATABASE_URL=mysql+pymysql://me:mine@localhost/dev\n';
    writeFileSync(join(dir, '.env'), own);
    await execa('git', ['init', '--quiet'], { cwd: dir });
    await execa('git', ['add', '.env'], { cwd: dir });
    expect(await make('setup')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(dir, '.env'), 'utf8')).toBe(own);
    expect(modeOf('.env.quayside')).toBe('600');
    expect(secret('DATABASE_URL')).toMatch(/^mysql\+pymysql:\/\/app:[0-9a-f]{48}@mariadb:3306\/app$/);
  });

  it('writes another one beside a directory of that name', async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    mkdirSync(join(dir, '.env'));
    expect(await make('setup')).toMatchObject({ exitCode: 0 });
    expect(modeOf('.env.quayside')).toBe('600');
  });

  it('tells of addresses in .env that lead to the container itself', async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    writeFileSync(join(dir, '.env'), 'OTHER=localhost\nDATABASE_URL=mysql://me@127.0.0.1/dev\n');
    const told = await make('setup');
    expect(told.all).toContain('2:DATABASE_URL=mysql://me@127.0.0.1/dev\nThese lead to the container itself.');
    writeFileSync(join(dir, '.env'), 'OTHER=localhost\nDATABASE_URL=mysql://me@db.example.org/dev\n');
    expect((await make('setup')).all).not.toContain('container itself');
  });

  it('leaves what stands in .env, and adds what it lacks', async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    writeFileSync(join(dir, '.env'), 'OWN=1\nSECRET_KEY=mine');
    expect((await make('setup')).exitCode).toBe(0);
    const { MARIADB_PASSWORD = '', COMPOSE_FILE } = values();
    expect(readFileSync(join(dir, '.env'), 'utf8')).toMatch(/^OWN=1\nSECRET_KEY=mine\n[A-Z]/);
    expect(MARIADB_PASSWORD).toMatch(/^[0-9a-f]{48}$/);
    expect(COMPOSE_FILE).toBe('compose.yaml:compose.dev.yaml');
    const before = readFileSync(join(dir, '.env'), 'utf8');
    await make('setup');
    expect(readFileSync(join(dir, '.env'), 'utf8')).toBe(before);
  });

  it.each([
    ['it is in quotes', `SECRET_KEY='a b # c'`, 'a b # c'],
    ['it is in double quotes', 'SECRET_KEY="a b"', 'a b'],
    ['it has signs of shells and of make', 'SECRET_KEY=$(HOME)`x`"\\;&$$', '$(HOME)`x`"\\;&$$'],
    ['it is said twice', 'SECRET_KEY=first\nSECRET_KEY=second', 'second'],
  ])('takes a value over as it is when %s', async (_, line, value) => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    writeFileSync(join(dir, '.env'), `MARIADB_PASSWORD=p\n${line}\n`);
    expect((await make('secrets')).exitCode).toBe(0);
    expect(secret('SECRET_KEY')).toBe(value);
  });

  it.each([
    ['DATABASE_URL=sqlite:////data/app.db', 'sqlite:////data/app.db'],
    ['DATABASE_URL=', 'mysql+pymysql://app:p@mariadb:3306/app'],
  ])("with %s in .env the app's address is %s", async (line, address) => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    writeFileSync(join(dir, '.env'), `MARIADB_PASSWORD=p\nSECRET_KEY=k\n${line}\n`);
    expect((await make('secrets')).exitCode).toBe(0);
    expect(secret('DATABASE_URL')).toBe(address);
  });

  it('makes up nothing where only a value of a kind is taken, and keeps what is said of it to files', async () => {
    const code = `import sentry_sdk\nsentry_sdk.init(dsn=os.environ["SENTRY_DSN"])\n_key = os.environ["MAPS_API_KEY"]\n`;
    const { plan, source } = await plannedApp({
      'app.py': `import os\nfrom flask import Flask\napp = Flask(__name__)\n${code}`,
      'requirements.txt': 'flask==3.1.0\nsentry-sdk==2.20.0\n',
    });
    const files = writeAll(renderApp(plan, source));
    await make('setup');
    // Sentry's client refuses to start with anything but an address.
    expect(values()).toMatchObject({
      SENTRY_DSN: 'http://none@localhost/1',
      MAPS_API_KEY: expect.stringMatching(/^\w{43}=$/),
    });
    expect(secret('SENTRY_DSN')).toBe('http://none@localhost/1');
    expect(files('compose.prod.yaml')).toContain('file: ./.env.secrets/SENTRY_DSN');
    expect(files('compose.yaml')).not.toContain('SENTRY_DSN');
    // What is made up opens nothing at whoever gives such keys out.
    expect(files('.env.example')).toContain('Keys of services elsewhere are theirs to give');
    expect(files('deploy/docs/production.md')).toMatch(/`MAPS_API_KEY`: where a service elsewhere gives it/);
  });

  it('keeps the password of a mail server elsewhere to files, and tells the app of none at the mailbox', async () => {
    const parts = ['HOST', 'PORT', 'HOST_USER', 'HOST_PASSWORD'].map(
      part => `EMAIL_${part} = os.environ["EMAIL_${part}"]\n`,
    );
    const { plan, source } = await plannedApp({
      'manage.py': 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n',
      'site1/__init__.py': '',
      'site1/settings.py': `import os\nALLOWED_HOSTS = ["*"]\nWSGI_APPLICATION = "site1.wsgi.application"\n${parts.join('')}`,
      'site1/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
      'requirements.txt': 'django==5.2.1\n',
    });
    const files = writeAll(renderApp(plan, source));
    const environmentOf = (file: string) =>
      (parse(files(file), { merge: true }) as { services: { web: { environment: object } } }).services.web.environment;
    expect(environmentOf('compose.yaml')).toMatchObject({ EMAIL_HOST_PASSWORD: '' });
    expect(environmentOf('compose.dev.yaml')).toMatchObject({ EMAIL_HOST_PASSWORD: '${EMAIL_HOST_PASSWORD:-}' });
    expect(environmentOf('compose.prod.yaml')).not.toHaveProperty('EMAIL_HOST_PASSWORD');
    await make('setup');
    expect(secret('EMAIL_HOST_PASSWORD')).toBe('');
    writeFileSync(join(dir, '.env'), 'EMAIL_HOST_PASSWORD=theirs\n', { flag: 'a' });
    expect((await make('secrets')).exitCode).toBe(0);
    expect(secret('EMAIL_HOST_PASSWORD')).toBe('theirs');
  });

  it("asks once for a password that is called as the service's", async () => {
    const parts = ['HOST', 'DB', 'USER', 'PASSWORD'].map(part => `_${part} = os.environ["POSTGRES_${part}"]\n`);
    const { plan, source } = await plannedApp({
      'app.py': `import os\nimport psycopg2\nfrom flask import Flask\napp = Flask(__name__)\n${parts.join('')}`,
      'requirements.txt': 'flask==3.1.0\npsycopg2-binary==2.9.10\n',
    });
    const { text } = renderApp(plan, source).find(({ path }) => path === 'compose.dev.yaml')!;
    expect(text.match(/POSTGRES_PASSWORD: .*/g)).toEqual([
      'POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?run make setup}',
      'POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?run make setup}',
    ]);
  });

  it('says which secret .env lacks', async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    writeFileSync(join(dir, '.env'), 'MARIADB_PASSWORD=p\nSECRET_KEY=\n');
    const ended = await make('secrets');
    expect(ended.all).toContain('SECRET_KEY is not set in .env');
    expect(ended.exitCode).not.toBe(0);
  });

  it('gives no value to a program as an argument, where lists of processes have it', async () => {
    const { plan, source } = exampleApp('flask-stream');
    writeRendered(renderApp(plan, source), dir);
    const log = join(dir, 'arguments');
    mkdirSync(join(dir, 'bin'));
    for (const name of ['sed', 'tail', 'od', 'tr', 'mkdir', 'chmod', 'mv', 'id', 'cp', 'awk', 'cat', 'git']) {
      const real = (await execa('sh', ['-c', `command -v ${name}`], { reject: false })).stdout;
      writeFileSync(join(dir, 'bin', name), `#!/bin/sh\necho "$@" >> ${log}\nexec ${real || 'false'} "$@"\n`);
      chmodSync(join(dir, 'bin', name), 0o755);
    }
    await execa('make', ['setup'], { cwd: dir, env: { PATH: `${join(dir, 'bin')}:${process.env.PATH}` } });
    const seen = readFileSync(log, 'utf8');
    expect(seen).toContain('SECRET_KEY');
    for (const name of ['SECRET_KEY', 'MARIADB_PASSWORD']) expect(seen).not.toContain(values()[name]);
  });
});

// Skipped where there is no make, whose targets these are.
describe.runIf(hasMake)('a service whose image has no variable for a file', () => {
  it('finds its password in settings', async () => {
    const { plan, source } = await corpusApp('flask-celery-rabbit');
    const rendered = renderApp(plan, source);
    writeRendered(rendered, dir);
    await make('setup');
    expect(secret('RABBITMQ_PASSWORD')).toBe(`default_pass = ${values().RABBITMQ_PASSWORD}\n`);
    const { services } = parse(rendered.find(({ path }) => path === 'compose.prod.yaml')!.text, { merge: true }) as {
      services: Record<string, { secrets?: unknown; environment?: object }>;
    };
    const target = '/etc/rabbitmq/conf.d/90-password.conf';
    expect(services.rabbitmq?.secrets).toEqual([{ source: 'RABBITMQ_PASSWORD', target }]);
    expect(services.rabbitmq?.environment).toBeUndefined();
  });
});

describe('the entrypoint of the images', () => {
  const run = async (files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) => {
    const given = join(dir, 'given');
    mkdirSync(given);
    mkdirSync(join(given, 'kubernetes'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(given, name), text);
    const script = readFileSync('docker/entrypoint.sh', 'utf8')
      .replaceAll('/run/secrets', given)
      .replaceAll('/tmp/quayside-started', join(dir, 'started'));
    writeFileSync(join(dir, 'entrypoint'), script);
    const { stdout } = await execa(
      'sh',
      [join(dir, 'entrypoint'), process.execPath, '-p', 'JSON.stringify(process.env)'],
      {
        env,
      },
    );
    return JSON.parse(stdout) as Record<string, string>;
  };

  it.each<[string, Record<string, string>, Record<string, string>, Record<string, string | undefined>]>([
    ['reads a file', { SECRET_KEY: 'a "b" $c `d`\\' }, {}, { SECRET_KEY: 'a "b" $c `d`\\' }],
    ['without the line break at its end', { SECRET_KEY: 'a\nb\n' }, {}, { SECRET_KEY: 'a\nb' }],
    ['and lets a variable that is set be', { SECRET_KEY: 'file' }, { SECRET_KEY: 'own' }, { SECRET_KEY: 'own' }],
    ['but not an empty one', { SECRET_KEY: 'file' }, { SECRET_KEY: '' }, { SECRET_KEY: 'file' }],
    ['an empty file is none', { SENTRY_DSN: '' }, {}, { SENTRY_DSN: undefined }],
    ['what is no name of a variable is none', { 'tls.key': 'x', '1st': 'y' }, {}, { 'tls.key': undefined }],
  ])('%s', async (_, files, env, expected) => {
    const given = await run(files, env);
    for (const [name, value] of Object.entries(expected)) expect(given[name]).toBe(value);
  });

  it('has no variables of its own left', async () => {
    expect(Object.keys(await run({ A: 'b' })).filter(name => name.startsWith('quayside_'))).toEqual([]);
  });
});
