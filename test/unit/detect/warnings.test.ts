/** What is likely to end an app and no detection can mend: it is said. */
import { expect, it } from 'vitest';
import { DJANGO, detectFiles, FASTAPI, type Files, withFiles } from './apps.js';

async function warningsOf(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return (facts!.warnings ?? []).map(({ value, place, why }) => `${value} ${place.file}:${place.line} ${why}`);
}

const SECRET = 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n';

const DATABASES = (engine: string, indent = '') =>
  `${indent}DATABASES = {"default": {"ENGINE": "${engine}", "NAME": os.environ["DB_NAME"], "HOST": os.environ["DB_HOST"]}}\n`;

const withSettings = (settings: string, changes: Files = {}) =>
  withFiles(DJANGO, { 'site_/settings.py': `${SECRET}${settings}`, ...changes });

const requiring = (...more: readonly string[]): Files => ({
  'requirements.txt': `Django==5.2\ngunicorn==23.0.0\n${more.map(line => `${line}\n`).join('')}`,
});

const NO_POSTGRES = 'settings name that database, and the app ends without one: psycopg is not among the dependencies';

it.each<readonly [string, Files, readonly string[]]>([
  [
    'PostgreSQL',
    withSettings(DATABASES('django.db.backends.postgresql')),
    [`no driver of PostgreSQL site_/settings.py:4 ${NO_POSTGRES}`],
  ],
  [
    'PostGIS',
    withSettings(DATABASES('django.contrib.gis.db.backends.postgis')),
    [`no driver of PostgreSQL site_/settings.py:4 ${NO_POSTGRES}`],
  ],
  [
    'an engine made of it',
    withSettings(DATABASES('django_prometheus.db.backends.postgresql')),
    [`no driver of PostgreSQL site_/settings.py:4 ${NO_POSTGRES}`],
  ],
  [
    'MySQL',
    withSettings(DATABASES('django.db.backends.mysql')),
    [
      'no driver of MySQL site_/settings.py:4 settings name that database, and the app ends without one: mysqlclient is not among the dependencies',
    ],
  ],
  [
    'a database that only some settings have',
    withSettings(`if os.environ.get("LIVE"):\n${DATABASES('django.db.backends.postgresql', '    ')}`),
    [
      'no driver of PostgreSQL site_/settings.py:5 settings name that database, where a condition holds, and the app ends without one: psycopg is not among the dependencies',
    ],
  ],
  [
    'a database of an asynchronous driver alone',
    withSettings(DATABASES('django.db.backends.postgresql'), requiring('asyncpg==0.30.0')),
    [`no driver of PostgreSQL site_/settings.py:4 ${NO_POSTGRES}`],
  ],
])('that nothing connects to %s', async (_, files, expected) => {
  expect(await warningsOf(files)).toEqual(expected);
});

it.each<readonly [string, Files]>([
  ['its driver is a dependency', withSettings(DATABASES('django.db.backends.postgresql'), requiring('psycopg==3.2.0'))],
  ['its driver has another name', withSettings(DATABASES('django.db.backends.mysql'), requiring('pymysql==1.1.0'))],
  ['settings name SQLite', withSettings('DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}\n')],
  [
    'others take its place',
    withSettings('from .base import *\nDATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3"}}\n', {
      'site_/base.py': `import os\n${DATABASES('django.db.backends.postgresql')}`,
    }),
  ],
  [
    'it is one of several to choose from',
    withSettings(
      `if os.environ.get("LIVE"):\n${DATABASES('django.db.backends.postgresql', '    ')}else:\n${DATABASES('django.db.backends.sqlite3', '    ')}`,
    ),
  ],
  [
    'an example of settings has it',
    withSettings('DATABASES = {}\n', {
      'site_/example_settings.py': `import os\n${DATABASES('django.db.backends.mysql')}`,
    }),
  ],
  ['it is asked about alone', withSettings('IS_LARGE = ENGINE == "django.db.backends.postgresql"\n')],
])('nothing of a driver where %s', async (_, files) => {
  expect(await warningsOf(files)).toEqual([]);
});

it('a database that only its engine names is started', async () => {
  const { facts } = await detectFiles(withSettings(DATABASES('django.db.backends.postgresql')));
  expect(facts!.services.map(({ kind }) => kind)).toEqual(['postgres']);
  const sometimes = withSettings(`if os.environ.get("LIVE"):\n${DATABASES('django.db.backends.postgresql', '    ')}`);
  expect((await detectFiles(sometimes)).facts!.services).toEqual([]);
});

const PARSER =
  'import argparse\nfrom fastapi import FastAPI\n\n\ndef options(words=None):\n    parser = argparse.ArgumentParser()\n    return parser.parse_args(words)\n\n\ndef main():\n    parser = argparse.ArgumentParser()\n    return parser.parse_args()\n\n\n';

const READS = (call: string, line: number, module = 'main', file = 'main.py') =>
  `${module} reads arguments ${file}:${line} ${call}() runs when it is imported, and ends every server: the arguments there are the server's`;

it.each<readonly [string, Files, readonly string[]]>([
  [
    'by a function of its own',
    withFiles(FASTAPI, { 'main.py': `${PARSER}args = main()\napp = FastAPI(title=args.title)\n` }),
    [READS('main', 15)],
  ],
  [
    'itself',
    withFiles(FASTAPI, {
      'main.py':
        'import argparse\nfrom fastapi import FastAPI\n\nparser = argparse.ArgumentParser()\nargs = parser.parse_args()\napp = FastAPI()\n',
    }),
    [READS('parser.parse_args', 5)],
  ],
  [
    'in a module that it imports',
    withFiles(FASTAPI, {
      'main.py': 'from fastapi import FastAPI\nfrom options import args\n\napp = FastAPI()\n',
      'options.py': 'import typer\n\nargs = typer.run(print)\n',
    }),
    [READS('typer.run', 3, 'options', 'options.py')],
  ],
  [
    'not when it is run as a program',
    withFiles(FASTAPI, { 'main.py': `${PARSER}app = FastAPI()\nif __name__ == "__main__":\n    main()\n` }),
    [],
  ],
  ['not under a condition', withFiles(FASTAPI, { 'main.py': `${PARSER}app = FastAPI()\nif DEBUG:\n    main()\n` }), []],
  ['not of words that it is given', withFiles(FASTAPI, { 'main.py': `${PARSER}options([])\napp = FastAPI()\n` }), []],
  [
    'not of a parser that lets others be',
    withFiles(FASTAPI, {
      'main.py': `${PARSER.replaceAll('parse_args', 'parse_known_args')}main()\napp = FastAPI()\n`,
    }),
    [],
  ],
  [
    'not where a command starts it',
    withFiles(FASTAPI, {
      'main.py': `${PARSER}args = main()\napp = FastAPI()\n`,
      'quayside.yaml': 'server: { command: [python, main.py, --port, "8000"], port: 8000 }\n',
    }),
    [],
  ],
])('that the module with the app reads arguments %s', async (_, files, expected) => {
  expect(await warningsOf(files)).toEqual(expected);
});

it.each<readonly [string, string, string, readonly string[]]>([
  [
    'that is empty',
    '',
    '',
    [
      'the name of the project is empty pyproject.toml:2 uv reads no project without a name, so its packages cannot be installed: give it one',
    ],
  ],
  ['that is there', 'shop', '', []],
  ['that nobody reads', '', 'Django==5.2\ngunicorn==23.0.0\n', []],
])('the name of a project %s', async (_, name, requirements, expected) => {
  const files = withFiles(DJANGO, {
    'requirements.txt': requirements || undefined,
    'pyproject.toml': `[project]\nname = "${name}"\nversion = "1"\ndependencies = ["django", "gunicorn"]\n`,
  });
  expect(await warningsOf(files)).toEqual(expected);
});

const LOGIN =
  'the code has a user and a password of its own there; those of the postgres here are others, and it lets nobody else in';

it.each<readonly [string, string, readonly string[]]>([
  [
    'in settings',
    'DB = {"ENGINE": "django.db.backends.postgresql", "USER": "shop", "PASSWORD": "a", "HOST": os.environ["DB_HOST"]}',
    [`login of PostgreSQL site_/settings.py:4 ${LOGIN}`],
  ],
  [
    'in an address',
    'URL = f"postgresql://shop:a@{os.environ[\'DB_HOST\']}:5432/shop"',
    [`login of PostgreSQL site_/settings.py:4 ${LOGIN}`],
  ],
  ['not where it is read', 'DB = {"PASSWORD": os.environ["DB_PASSWORD"], "HOST": os.environ["DB_HOST"]}', []],
  ['not of something else', 'DB = {"HOST": os.environ["DB_HOST"]}\nOTHER = {"PASSWORD": "a"}', []],
])('a login that is written out beside a host, %s', async (_, settings, expected) => {
  const files = withSettings(`${settings}\n`, requiring('psycopg==3.2.0'));
  expect(await warningsOf(files)).toEqual(expected);
});
