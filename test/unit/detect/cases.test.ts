/** Kinds of apps that were once refused, asked about or read wrongly: one small app for each, and what is to be said of it. */
import { describe, expect, test } from 'vitest';
import { explained } from '../../../src/detect/explain/sections.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

/** The values of an app's explanation with their names, or the codes of what is asked. */
async function said(files: Files): Promise<readonly string[]> {
  const { app, diagnostics } = await understand(memoryTree(files));
  if (!app) return diagnostics.map(({ code }) => `asks ${code}`);
  const sections = explained(app.facts, app.configured);
  return sections.flatMap(({ rows }) =>
    rows.flatMap(({ name, value, more = [] }) =>
      [value, ...more.map(other => other.value)].map(text => `${name}: ${text}`),
    ),
  );
}

const COMPOSE = (app: string, more = '') => ({
  Dockerfile: 'FROM python:3.11-slim\nWORKDIR /app\nCOPY . .\n',
  'docker-compose.yml': `services:\n  web:\n    build: .\n${app}${more}`,
});
const PACKAGE = (scripts: string, packages = '"vite": "5.0.0"') => ({
  'package.json': `{"private": true, "scripts": {${scripts}}, "devDependencies": {${packages}}}`,
  'package-lock.json': '{"name": "a", "lockfileVersion": 3, "packages": {"": {}}}',
});
const REQUIREMENTS = (...lines: readonly string[]) => ({ 'requirements.txt': `${lines.join('\n')}\n` });
const VITE = (outDir: string, head = "import path from 'node:path'\n") => ({
  ...PACKAGE('"build": "vite build"'),
  'vite.config.js': `${head}export default { build: { outDir: ${outDir} } }\n`,
});
const PYTEST = { 'tests/test_a.py': 'def test_a():\n    assert True\n' };
const SERVES_STATIC = { 'shop/__init__.py': `${FLASK['shop/__init__.py']}\n\nDIRECTORY = "static"\n` };
const SETTINGS = (text: string) => ({
  'site_/settings.py': `import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n${text}`,
});

const CASES: Readonly<Record<string, readonly [Files, ...string[]]>> = {
  'migrations of Aerich, and addresses as Tortoise reads them': [
    withFiles(FASTAPI, {
      ...REQUIREMENTS('fastapi', 'uvicorn', 'tortoise-orm', 'asyncpg', 'aerich'),
      'pyproject.toml': '[tool.aerich]\ntortoise_orm = "config.TORTOISE"\n',
      'migrations/models/0_init.py': 'async def upgrade(db):\n    return ""\n',
      'config.py': 'import os\n\nTORTOISE = {"connections": {"default": os.environ["DATABASE_URL"]}}\n',
      'main.py': 'import config\nfrom fastapi import FastAPI\n\napp = FastAPI()\n',
    }),
    'migrate: aerich upgrade',
    'postgres: postgres://',
  ],
  'a frontend without a build script that the Dockerfile builds': [
    withFiles(FLASK, {
      'assets/package.json': '{"devDependencies": {"esbuild": "0.20.0"}}',
      Dockerfile: 'FROM node:20 AS assets\nCOPY assets assets\nRUN cd assets && yarn run esbuild\n',
    }),
    'not built: assets/package.json',
  ],
  'a broker that the code fixes': [
    withFiles(FLASK, {
      ...REQUIREMENTS('flask', 'gunicorn', 'celery[redis]'),
      'tasks.py': 'from celery import Celery\n\ncelery_app = Celery("t", broker="redis://localhost:6379/0")\n',
      'app.py': 'from flask import Flask\nimport tasks\n\napp = Flask(__name__)\n',
      'shop/__init__.py': undefined,
    }),
    'redis: CELERY_BROKER_URL',
  ],
  'workers that only the compose file starts': [
    withFiles(FLASK, {
      ...REQUIREMENTS('flask', 'gunicorn', 'celery[redis]'),
      ...COMPOSE(
        '',
        '  worker:\n    build: .\n    command: celery -A shop.celery worker\n  beat:\n    build: .\n    command: celery -A shop.celery beat\n',
      ),
      'shop/celery.py':
        'import os\n\nfrom celery import Celery\n\n\ndef make():\n    return Celery("shop", broker=os.environ["CELERY_BROKER_URL"])\n\n\napp = make()\n',
    }),
    'worker: celery -A shop.celery worker --concurrency 2',
  ],
  'a setting that the compose file gives': [
    withFiles(FLASK, {
      ...COMPOSE('    environment:\n      APP_SETTINGS: shop.Production\n'),
      'shop/__init__.py': `import os\n${FLASK['shop/__init__.py']}\n\nSETTINGS = os.environ["APP_SETTINGS"]\n`,
    }),
    'variable: APP_SETTINGS=shop.Production',
  ],
  'a setting that the Dockerfile gives': [
    withFiles(FLASK, {
      Dockerfile: 'FROM python:3.11-slim\nENV APP_SETTINGS=shop.Production\n',
      'shop/__init__.py': `import os\n${FLASK['shop/__init__.py']}\n\nSETTINGS = os.environ["APP_SETTINGS"]\n`,
    }),
    'variable: APP_SETTINGS=shop.Production',
  ],
  'addresses that only the compose file names': [
    withFiles(FLASK, {
      ...REQUIREMENTS('flask', 'gunicorn', 'redis'),
      ...COMPOSE('    environment:\n      REDIS_URL: redis://cache:6379\n', '  cache:\n    image: redis:7\n'),
      'settings.ini': '[cache]\nurl =\n',
      'shop/__init__.py': `import configparser\nimport redis\n${FLASK['shop/__init__.py']}`,
    }),
    'redis: REDIS_URL',
    'redis: version 7',
  ],
  'versions that constraints pin': [
    withFiles(FLASK, {
      ...REQUIREMENTS('-c constraints.txt', 'flask', 'gunicorn'),
      'constraints.txt': 'flask==3.1.0\ngunicorn==23.0.0\n',
    }),
    'package manager: pip',
  ],
  'a cache whose place is a variable of its own': [
    withFiles(DJANGO, {
      ...REQUIREMENTS('Django', 'gunicorn', 'django-redis'),
      ...SETTINGS(
        'CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ["CACHELOCATION"]}}\n',
      ),
    }),
    'redis: CACHELOCATION',
  ],
  'a frontend whose output path is joined': [
    withFiles(FLASK, { ...SERVES_STATIC, ...VITE("path.resolve(__dirname, './static')") }),
    'output: static',
  ],
  'a frontend whose output is a URL': [
    withFiles(FLASK, {
      ...SERVES_STATIC,
      ...VITE("fileURLToPath(new URL('./static', import.meta.url))", "import { fileURLToPath, URL } from 'node:url'\n"),
    }),
    'output: static',
  ],
  'a frontend whose output is a constant': [
    withFiles(FLASK, { ...SERVES_STATIC, ...VITE('OUT', "const OUT = 'static'\n") }),
    'output: static',
  ],
  'a style sheet that a command line writes': [
    withFiles(FLASK, {
      ...SERVES_STATIC,
      ...PACKAGE('"build": "tailwindcss -i a.css -o ./static/app.css"', '"tailwindcss": "3.4.0"'),
    }),
    'output: static/app.css',
  ],
  'a frontend of React Router, which is a server unless it is told otherwise': [
    withFiles(FASTAPI, {
      'frontend/package.json':
        '{"scripts": {"build": "react-router build"}, "devDependencies": {"@react-router/dev": "7.0.0", "vite": "5.0.0"}}',
      'frontend/package-lock.json': '{"lockfileVersion": 3, "packages": {"": {}}}',
    }),
    'asks QS409',
  ],
  'variables that settings need and nobody gives': [
    withFiles(DJANGO, SETTINGS('MAIL_TOKEN = os.environ["MAIL_TOKEN"]\nMAX_ITEMS = int(os.environ["MAX_ITEMS"])\n')),
    'needed: MAIL_TOKEN',
    'needed: MAX_ITEMS',
  ],
  'fields of settings without defaults, with an example of their values': [
    withFiles(FASTAPI, {
      ...REQUIREMENTS('fastapi', 'uvicorn', 'pydantic-settings'),
      'main.py':
        'from fastapi import FastAPI\nfrom pydantic_settings import BaseSettings\n\n\nclass Settings(BaseSettings):\n    PROJECT_NAME: str\n\n\nsettings = Settings()\napp = FastAPI()\n',
      '.env.example': 'PROJECT_NAME=Shop\n',
    }),
    'needed: PROJECT_NAME',
    'variable: PROJECT_NAME=Shop',
  ],
  'an extra and a group of one name': [
    withFiles(FLASK, {
      'requirements.txt': undefined,
      'pyproject.toml':
        '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n[project.optional-dependencies]\ndev = ["faker"]\n[dependency-groups]\ndev = ["pytest"]\n',
      ...PYTEST,
    }),
    'unit: groups dev',
  ],
  'PostGIS in the compose file, and what GeoDjango needs': [
    withFiles(DJANGO, {
      ...REQUIREMENTS('Django', 'gunicorn', 'psycopg[binary]'),
      ...COMPOSE('', '  db:\n    image: postgis/postgis:16-3.4\n'),
      ...SETTINGS(
        'INSTALLED_APPS = ["django.contrib.gis"]\nDATABASES = {"default": {"ENGINE": "django.contrib.gis.db.backends.postgis", "HOST": os.environ["DB_HOST"]}}\n',
      ),
    }),
    'postgres: with PostGIS',
    'runtime: gdal-bin',
  ],
  'logs beside the code': [
    withFiles(FASTAPI, {
      'main.py':
        'import os\n\nfrom fastapi import FastAPI\n\nLOGS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "logs")\nos.makedirs(LOGS, exist_ok=True)\napp = FastAPI()\n',
    }),
    'volume: logs',
  ],
  'an option that an old server does not have': [
    withFiles(FASTAPI, REQUIREMENTS('fastapi==0.80.0', 'uvicorn==0.20.0')),
    'left out: --timeout-graceful-shutdown',
  ],
  'a project that is a package': [
    withFiles(FLASK, {
      'requirements.txt': undefined,
      'pyproject.toml':
        '[project]\nname = "shop"\nversion = "1.4.0"\ndependencies = ["flask", "gunicorn"]\n[project.scripts]\nshop-migrate = "shop:migrate"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      Procfile: 'release: shop-migrate\nweb: gunicorn "shop:create_app()"\n',
    }),
    'migrate: shop-migrate',
    'shop: version 1.4.0',
  ],
  'poetry for one patch release': [
    withFiles(FLASK, {
      'requirements.txt': undefined,
      'pyproject.toml':
        '[tool.poetry]\nname = "shop"\nversion = "1"\n[tool.poetry.dependencies]\npython = "3.11.7"\nflask = "*"\ngunicorn = "*"\n',
    }),
    'release: 3.11.7',
  ],
  'a requirements file that the Dockerfile installs, beside poetry': [
    withFiles(FLASK, {
      'pyproject.toml': '[tool.poetry]\nname = "shop"\nversion = "1"\n[tool.poetry.dependencies]\nflask = "*"\n',
      Dockerfile: 'FROM python:3.11\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n',
    }),
    'package manager: pip',
  ],
  'tests that start containers themselves': [
    withFiles(FLASK, {
      ...REQUIREMENTS('flask', 'gunicorn', 'testcontainers'),
      'tests/test_a.py':
        'from testcontainers.postgres import PostgresContainer\n\n\ndef test_a():\n    with PostgresContainer():\n        pass\n',
    }),
    'unit: not run: its tests start containers themselves, with testcontainers',
  ],
  'credentials in the address of an index': [
    withFiles(
      FLASK,
      REQUIREMENTS('--index-url https://${CORP_USER}:${CORP_TOKEN}@pypi.example.org/simple', 'flask', 'gunicorn'),
    ),
    'secret of the build: CORP_TOKEN',
  ],
  'options of a Procfile': [
    withFiles(FLASK, { Procfile: 'web: gunicorn --timeout 120 --preload "shop:create_app()"\n' }),
    'server options: --timeout=120 --preload',
  ],
  'python-ldap, whose library has another name in each release': [
    withFiles(FLASK, REQUIREMENTS('flask', 'gunicorn', 'python-ldap')),
    'runtime: libldap2|libldap-2.5-0 libsasl2-2',
  ],
  'a plain version in runtime.txt': [withFiles(FLASK, { 'runtime.txt': '3.11\n' }), 'version: 3.11'],
  'a scheme that the compose file has': [
    withFiles(DJANGO, {
      ...REQUIREMENTS('Django', 'gunicorn', 'psycopg', 'dj-database-url'),
      ...COMPOSE('    environment:\n      DATABASE_URL: postgres://a:b@db/app\n', '  db:\n    image: postgres:17\n'),
      ...SETTINGS(
        'import dj_database_url\n\nDATABASES = {"default": dj_database_url.parse(os.environ["DATABASE_URL"])}\n',
      ),
    }),
    'postgres: postgres://',
  ],
  'static files that nobody serves': [
    withFiles(DJANGO, SETTINGS('STATIC_URL = "/static/"\nSTATIC_ROOT = "/app/collected"\n')),
    'served: by nginx in front, at /static/',
  ],
  'three hosts of one service': [
    withFiles(FASTAPI, {
      ...REQUIREMENTS('fastapi', 'uvicorn', 'redis'),
      'main.py':
        'import os\n\nimport redis\nfrom fastapi import FastAPI\n\nCACHE = redis.Redis(host=os.getenv("REDIS_CACHE_HOST", "localhost"))\nQUEUE = redis.Redis(host=os.getenv("REDIS_QUEUE_HOST", "localhost"))\napp = FastAPI()\n',
    }),
    'redis: REDIS_CACHE_HOST',
    'redis: REDIS_QUEUE_HOST',
  ],
  'translations that nobody compiled': [
    withFiles(DJANGO, {
      'locale/de/LC_MESSAGES/django.po': 'msgid "a"\nmsgstr "b"\n',
      ...SETTINGS('USE_I18N = True\n'),
    }),
    'translations: compiled: locale/de/LC_MESSAGES/django.po',
  ],
  'two addresses of one database, with two drivers': [
    withFiles(FASTAPI, {
      ...REQUIREMENTS('fastapi', 'uvicorn', 'asyncpg', 'psycopg2-binary', 'sqlalchemy'),
      'main.py':
        'import os\n\nfrom fastapi import FastAPI\n\nSYNC = os.environ["DATABASE_URL"]\nASYNC = os.environ["DATABASE_ASYNC_URL"]\napp = FastAPI()\n',
      '.env.example': 'DATABASE_URL=postgresql://a:b@db/app\nDATABASE_ASYNC_URL=postgresql+asyncpg://a:b@db/app\n',
    }),
    'postgres: DATABASE_URL',
    'postgres: postgresql+asyncpg://',
    'postgres: DATABASE_ASYNC_URL',
  ],
  'a lock of uv for a project without a range of Pythons': [
    withFiles(FLASK, {
      'requirements.txt': undefined,
      'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n',
      'uv.lock':
        'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\n',
    }),
    'version: 3.11',
  ],
  'a package for Windows alone': [
    withFiles(FLASK, REQUIREMENTS('flask==3.1.0', 'gunicorn==23.0.0', 'pywin32==311')),
    'asks QS214',
  ],
};

describe('an app with', () => {
  test.each(Object.entries(CASES))('%s', async (_, [files, ...expected]) => {
    expect(await said(files)).toEqual(expect.arrayContaining(expected));
  });
});
