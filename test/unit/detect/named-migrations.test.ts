/** Migrations that what deploys an app runs by name, whatever brings them. */
import { describe, expect, it } from 'vitest';
import { detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const REQUIREMENTS = FASTAPI['requirements.txt']!;

const app = (requirement: string, files: Files): Files =>
  withFiles(FASTAPI, { 'requirements.txt': `${REQUIREMENTS}${requirement}\n`, ...files });

async function migrate(files: Files): Promise<string> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const found = facts!.migrate;
  return found ? `${found.value.join(' ')} | ${found.place.file}:${found.place.line ?? ''}` : 'none';
}

const compose = (command: string) => `services:\n  migrate:\n    build: .\n    command: ${command}\n`;

describe('a migration that is named', () => {
  it.each<readonly [string, Files, string]>([
    [
      "Litestar's in a compose file further down",
      withFiles(
        app('litestar==2.15.0\nadvanced-alchemy==1.4.0', {
          'main.py': 'from litestar import Litestar\n\napp = Litestar(route_handlers=[])\n',
          'deploy/docker/docker-compose.yml': compose('litestar database upgrade'),
        }),
        {},
      ),
      'litestar database upgrade --no-prompt | deploy/docker/docker-compose.yml:4',
    ],
    [
      "Alembic's with a configuration in a directory whose scripts are found from there alone",
      app('alembic==1.14.0', {
        'db/alembic.ini': '[alembic]\nscript_location = migrations\n',
        'db/migrations/env.py': '',
        'start.sh': '#!/bin/sh\ncd db && alembic upgrade head\n',
      }),
      'sh -c cd db && exec alembic upgrade head | start.sh:2',
    ],
    [
      'one of two configurations of Alembic, to all heads',
      app('alembic==1.14.0', {
        'one/alembic.ini': '[alembic]\nscript_location = one\n',
        'two/alembic.ini': '[alembic]\nscript_location = two\n',
        Dockerfile: 'FROM python:3.13\nCMD poetry run alembic -c two/alembic.ini upgrade heads && uvicorn main:app\n',
      }),
      'alembic -c two/alembic.ini upgrade heads | Dockerfile:2',
    ],
    [
      'the entrypoint of a service',
      app('alembic==1.14.0', {
        'migrations/alembic.ini': '[alembic]\nscript_location = /usr/src/app/migrations\n',
        'compose.yaml':
          'services:\n  m:\n    build: .\n    entrypoint: [alembic, -c, migrations/alembic.ini, upgrade, head]\n',
      }),
      'alembic -c migrations/alembic.ini upgrade head | compose.yaml:4',
    ],
    [
      'a script of the app by its name',
      app('yoyo-migrations==9.0.0', {
        'db-migration.py': '',
        '.github/workflows/test.yml': 'jobs:\n  a:\n    steps:\n      - run: poetry run python db-migration.py\n',
      }),
      'python db-migration.py | .github/workflows/test.yml:1',
    ],
    [
      'in a container',
      app('piccolo==1.22.0', {
        'piccolo_conf.py': '',
        Makefile: 'migrate:\n\tdocker compose exec web piccolo migrations forwards all\n',
      }),
      'piccolo migrations forwards all | Makefile:2',
    ],
    [
      'with a variable that the container has',
      app('yoyo-migrations==9.0.0', {
        'entrypoint.sh': 'yoyo apply --database "$DATABASE_URL" ./migrations\nexec "$@"\n',
      }),
      'sh -c exec yoyo apply --database "$DATABASE_URL" ./migrations --batch | entrypoint.sh:1',
    ],
    [
      "Flask's in another directory",
      withFiles(FLASK, {
        'requirements.txt': `${FLASK['requirements.txt']}flask-migrate==4.0.0\n`,
        'db/alembic.ini': '',
        Procfile: 'web: flask db upgrade -d db && gunicorn "shop:create_app()"\n',
      }),
      'flask db upgrade -d db | Procfile:1',
    ],
  ])('is run: %s', async (_, files, expected) => {
    expect(await migrate(files)).toBe(expected);
  });

  it.each<readonly [string, Files, string]>([
    ['its tool is no dependency', app('', { 'start.sh': 'aerich upgrade\n' }), 'none'],
    ['it goes to an older schema', app('aerich==0.8.0', { 'start.sh': 'aerich downgrade\n' }), 'none'],
    [
      'it has the address of a server',
      app('yoyo-migrations==9.0.0', { 'start.sh': 'yoyo apply --database postgresql://a:b@db/shop ./migrations\n' }),
      'none',
    ],
    ['its script is run by nobody', app('', { 'migrate.py': '' }), 'none'],
    ['its script is told what to do', app('', { 'migrate.py': '', 'start.sh': 'python migrate.py --fake\n' }), 'none'],
    ['its configuration is not there', app('alembic==1.14.0', { 'start.sh': 'alembic upgrade head\n' }), 'none'],
    [
      'it is the one that is found by itself',
      app('alembic==1.14.0', { 'start.sh': 'alembic upgrade head\n', 'alembic.ini': '[alembic]\n' }),
      'alembic upgrade head | alembic.ini:',
    ],
  ])('is passed over where %s', async (_, files, expected) => {
    expect(await migrate(files)).toBe(expected);
  });
});
