/** Files in which platforms are told how they run an app, in place of a Procfile. */
import { describe, expect, it } from 'vitest';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

/** An app whose server is found nowhere but in the file of its platform. */
const SHOP: Files = {
  ...FLASK,
  'wsgi.py': 'from shop import create_app\n\nserver = create_app()\n',
  'admin.py': 'from shop import create_app\n\nserver = create_app()\n',
  'tasks.py': 'from celery import Celery\n\nqueue = Celery("shop", broker="redis://")\n',
  'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\ncelery==5.4.0\nredis==5.2.1\n',
};

const WEB = 'gunicorn wsgi:server --timeout 90';
const WORKER = 'celery -A tasks worker';

describe('an app is started as its platform is told', () => {
  it.each<readonly [string, string]>([
    [
      'heroku.yml',
      `build:\n  docker:\n    web: Dockerfile\nrun:\n  web: ${WEB}\n  worker:\n    command:\n      - ${WORKER}\n`,
    ],
    [
      'render.yaml',
      `services:\n  - type: web\n    startCommand: "${WEB}"\n  - type: worker\n    name: worker\n    startCommand: ${WORKER}\n  - type: keyvalue\n    name: cache\n`,
    ],
    ['fly.toml', `app = "shop"\n[processes]\napp = "${WEB}"\nworker = "${WORKER}"\n`],
    [
      '.do/app.yaml',
      `services:\n- name: api\n  run_command: ${WEB}\nworkers:\n- name: worker\n  run_command: ${WORKER}\n`,
    ],
    [
      '.platform.app.yaml',
      `web:\n  commands:\n    start: ${WEB}\nworkers:\n  worker:\n    commands:\n      start: |\n        ${WORKER}\n`,
    ],
  ])('%s, its worker too', async (file, text) => {
    const { facts, diagnostics } = await detectFiles(withFiles(SHOP, { [file]: text }));
    expect(diagnostics).toEqual([]);
    expect(facts?.entry).toMatchObject({
      value: { module: 'wsgi', attribute: 'server' },
      place: { file, line: text.slice(0, text.indexOf(WEB)).split('\n').length },
      why: `as ${file} starts it`,
    });
    expect(facts?.workers?.options?.value).toEqual(['--timeout=90']);
    expect(facts?.components?.map(({ name, command }) => [name, command.value.slice(0, 4)])).toEqual([
      ['worker', ['celery', '-A', 'tasks', 'worker']],
    ]);
  });

  it.each<readonly [string, string]>([
    ['railway.toml', `[deploy]\nstartCommand = "${WEB}"\n`],
    ['railway.json', JSON.stringify({ deploy: { startCommand: WEB } })],
    ['railpack.json', JSON.stringify({ deploy: { startCommand: WEB } })],
    ['nixpacks.toml', `[start]\ncmd = "${WEB}"\n`],
    ['app.yaml', `runtime: python312\nentrypoint: ${WEB}\n`],
  ])('%s', async (file, text) => {
    const { facts } = await detectFiles(withFiles(SHOP, { [file]: text }));
    expect(facts?.entry).toMatchObject({ value: { module: 'wsgi' }, why: `as ${file} starts it` });
  });

  it.each<readonly [string, Files]>([
    [
      'a Procfile counts before',
      { Procfile: 'web: gunicorn admin:server\n', 'railway.toml': `[deploy]\nstartCommand = "${WEB}"\n` },
    ],
    [
      'a service of another directory is none of the app',
      {
        'render.yaml': `services:\n- type: web\n  rootDir: site\n  startCommand: ${WEB}\n- type: web\n  startCommand: gunicorn admin:server\n`,
      },
    ],
  ])('%s', async (_, files) => {
    const { facts } = await detectFiles(withFiles(SHOP, files));
    expect(facts?.entry?.value.module).toBe('admin');
  });

  it('what cannot be read, and a command that starts nothing of the app, are passed over', async () => {
    for (const text of [
      '[deploy\n',
      '[deploy]\nstartCommand = "gunicorn gone:app"\n',
      '[deploy]\nstartCommand = 3\n',
    ]) {
      const { facts, diagnostics } = await detectFiles(withFiles(FLASK, { 'railway.toml': text }));
      expect(diagnostics).toEqual([]);
      expect(facts?.entry?.value).toMatchObject({ module: 'shop', attribute: 'create_app' });
    }
  });
});

describe('what else a platform is told', () => {
  const SITE = withFiles(DJANGO, {
    'site_/production.py': 'from site_.settings import *\n',
    'site_/settings.py':
      'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\nTITLE = os.environ["TITLE"]\nADMIN = os.environ["ADMIN_URL"]\n',
    'site_/migrations/__init__.py': '',
  });

  it('is run before a release, unless it installs what the image has', async () => {
    const fly = (command: string) => ({ 'fly.toml': `[deploy]\nrelease_command = "${command}"\n` });
    const own = await detectFiles(withFiles(SITE, fly('python manage.py migrate --database=main')));
    expect(own.facts?.migrate).toMatchObject({
      place: { file: 'fly.toml', line: 2 },
      why: expect.stringContaining("fly.toml's release"),
    });
    const installs = await detectFiles(withFiles(SITE, fly('pip install --upgrade pip && python manage.py migrate')));
    expect(installs.facts?.migrate?.place?.file).not.toBe('fly.toml');
  });

  it.each<readonly [string, string, string | undefined]>([
    ['tables', "python -c 'from shop import db; db.metadata.create_all(db.engine)'", 'app.json'],
    ['a command of its own', 'flask init-db', 'app.json'],
    ['tables and rows', 'flask init-db && flask seed', undefined],
    ['rows', 'python seed.py', undefined],
  ])('is what Heroku runs after the first release, where it makes %s', async (_, postdeploy, file) => {
    const text = JSON.stringify({ name: 'Shop', scripts: { postdeploy }, env: { KEY: { generator: 'secret' } } });
    const { facts } = await detectFiles(withFiles(FLASK, { 'app.json': text }));
    expect(facts?.migrate?.place?.file).toBe(file);
  });

  it('gives plain variables, a settings module and the version of Python, and neither secrets nor addresses', async () => {
    const { facts, diagnostics } = await detectFiles(
      withFiles(SITE, {
        'render.yaml': [
          'services:',
          '- type: web',
          '  envVars:',
          ...[
            ['TITLE', 'Shop'],
            ['SECRET_KEY', 'written-down'],
            ['ADMIN_URL', 'postgres://db/x'],
            ['PYTHON_VERSION', '3.11.4'],
            ['DJANGO_SETTINGS_MODULE', 'site_.production'],
          ].flatMap(([key, value]) => [`  - key: ${key}`, `    value: ${value}`]),
          '  - key: PORT',
          '    sync: false',
          '',
        ].join('\n'),
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(facts?.environment?.map(({ name, value }) => [name, value.value, value.why])).toEqual([
      ['TITLE', 'Shop', 'as render.yaml sets it'],
    ]);
    expect(facts?.python.version).toMatchObject({ value: '3.11', place: { file: 'render.yaml', line: 10 } });
    expect(facts?.entry?.value.settings).toMatchObject({ value: 'site_.production', why: 'as render.yaml sets it' });
  });
});
