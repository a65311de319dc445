/** What people get wrong, one row each; the words they see are in test/golden/diagnostics. */
import { describe, expect, it } from 'vitest';
import { CODES } from '../../../src/diagnostics/codes.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, FASTAPI, type Files, FLASK, poetryApp, withFiles } from './apps.js';

const PACKAGE_JSON = JSON.stringify({ scripts: { build: 'vite build' } }, null, 2);
const FRONTEND: Files = { 'frontend/package.json': PACKAGE_JSON, 'frontend/package-lock.json': '{}' };
const POETRY = '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n';

/** Name of the golden file, the codes to expect in their order, and the app. */
const BROKEN: readonly (readonly [name: string, codes: readonly string[], files: Files])[] = [
  ['yaml-unclosed-list', ['QS101'], withFiles(FLASK, { 'quayside.yaml': 'name: shop\nmigrate: [flask, db\n' })],
  ['yaml-duplicate-key', ['QS101'], withFiles(FLASK, { 'quayside.yaml': 'name: shop\nname: store\n' })],
  ['config-unknown-key', ['QS102'], withFiles(FLASK, { 'quayside.yaml': 'nmae: shop\n' })],
  [
    'config-unknown-nested-key',
    ['QS102'],
    withFiles(FLASK, { 'quayside.yaml': 'services:\n  mariadb:\n    versoin: "10.11"\n' }),
  ],
  ['lock-file-cut-off', ['QS106'], withFiles(FLASK, { 'quayside.lock': '{"lockVersion": 1,' })],
  [
    'lock-file-without-digest',
    ['QS106'],
    withFiles(FLASK, { 'quayside.lock': '{"lockVersion": 1, "images": {"docker.io/library/python:3.13": "3.13"}}' }),
  ],
  ['config-is-a-directory', ['QS120'], withFiles(FLASK, { 'quayside.yaml/name': 'shop' })],
  ['lock-file-is-a-directory', ['QS120'], withFiles(FLASK, { 'quayside.lock/images': '' })],
  ['ignore-file-is-a-directory', ['QS120'], withFiles(FLASK, { '.dockerignore/x': '' })],
  ['config-unknown-service', ['QS102'], withFiles(FLASK, { 'quayside.yaml': 'services:\n  postgress: {}\n' })],
  ['config-unknown-key-nothing-near', ['QS102'], withFiles(FLASK, { 'quayside.yaml': 'kubernetes: true\n' })],
  ['config-wrong-type', ['QS103'], withFiles(FLASK, { 'quayside.yaml': 'name: shop\nport: "80 80"\n' })],
  ['config-command-as-text', ['QS103'], withFiles(FLASK, { 'quayside.yaml': 'migrate: flask db upgrade\n' })],
  ['config-entry-form', ['QS103'], withFiles(FLASK, { 'quayside.yaml': 'server:\n  entry: shop.create_app\n' })],
  ['config-is-a-list', ['QS103'], withFiles(FLASK, { 'quayside.yaml': '- name\n' })],
  [
    'config-several-mistakes',
    ['QS102', 'QS103', 'QS103'],
    withFiles(FLASK, { 'quayside.yaml': 'sevrer: {}\nhealth: up\nenv:\n  "NOT-A-NAME": 1\n' }),
  ],
  [
    'scan-without-reason-and-day',
    ['QS103', 'QS103', 'QS103', 'QS102'],
    withFiles(FLASK, {
      'quayside.yaml':
        'scan:\n  failOn: severe\n  ignore:\n    - { id: CVE-2026-1, reason: "", expires: 2026-02-31 }\n    - { id: CVE-2026-2, reason: not reached, expires: 2026-12-31, untill: 2027 }\n',
    }),
  ],
  ['config-without-end', ['QS108'], withFiles(FLASK, { 'quayside.yaml': 'env:\n  A: b\n'.repeat(200_000) })],
  [
    'evidence-without-end',
    ['QS302', 'QS109'],
    { 'requirements.txt': 'flask==3.1.0\n', '.github/workflows/ci.yml': '# a line\n'.repeat(5001) },
  ],
  ['config-root-outside', ['QS103'], withFiles(FLASK, { 'quayside.yaml': 'root: ../other\n' })],
  ['config-root-empty', ['QS104'], withFiles(FLASK, { 'quayside.yaml': 'root: apps/shop\n' })],
  [
    'config-root-twice',
    ['QS105'],
    withFiles(FLASK, { 'quayside.yaml': 'root: shop\n', 'shop/quayside.yaml': 'root: inner\n' }),
  ],

  [
    'version-of-a-server-that-is-a-dependency',
    ['QS312'],
    withFiles(FLASK, { 'quayside.yaml': 'server: { version: "22.0.0" }\n' }),
  ],
  [
    'production-group-misspelt',
    ['QS213'],
    withFiles(poetryApp(FLASK, `${POETRY}[tool.poetry.group.docker.dependencies]\nuvloop = "*"\n`), {
      'quayside.yaml': 'python:\n  groups: [dokcer]\n',
    }),
  ],
  ['production-group-without-groups', ['QS213'], withFiles(FLASK, { 'quayside.yaml': 'python:\n  groups: [prod]\n' })],

  ['no-python-project', ['QS201'], { 'README.md': '# Nothing\n' }],
  [
    'no-list-of-packages',
    ['QS201'],
    {
      'server/manage.py': 'import django\n',
      'docker/requirements.txt': 'django\n',
      'docker/Dockerfile': 'FROM python\n',
    },
  ],
  ['project-in-a-directory', ['QS201'], { 'server/pyproject.toml': '', 'web/package.json': '{}' }],
  [
    'uv-workspace-without-app',
    ['QS212'],
    { 'pyproject.toml': '[tool.uv.workspace]\nmembers = ["backend"]\n', 'uv.lock': 'version = 1\n' },
  ],
  [
    'uv-workspace-with-two-apps',
    ['QS212'],
    {
      'pyproject.toml': '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
      'packages/admin/pyproject.toml': '[project]\nname = "admin"\ndependencies = ["django"]\n',
      'packages/shop/pyproject.toml': '[project]\nname = "shop"\ndependencies = ["flask"]\n',
      'uv.lock': 'version = 1\n',
    },
  ],
  [
    'database-address-without-host',
    ['QS502'],
    withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\npsycopg2\n',
      'shop/db.py': 'import os\n\nPASSWORD = os.environ["POSTGRES_PASSWORD"]\n',
    }),
  ],
  [
    'lock-without-pyproject',
    ['QS201'],
    withFiles(FLASK, { 'requirements.txt': undefined, 'uv.lock': 'version = 1\n' }),
  ],
  ['two-locks', ['QS202'], withFiles(poetryApp(FLASK, POETRY), { 'uv.lock': 'version = 1\n' })],
  [
    'conda',
    ['QS203'],
    withFiles(FLASK, { 'requirements.txt': undefined, 'environment.yml': 'dependencies: [flask]\n' }),
  ],
  [
    'pipenv-lock-broken',
    ['QS209'],
    withFiles(FLASK, { 'requirements.txt': undefined, Pipfile: '', 'Pipfile.lock': '<<<<<<< HEAD\n{}' }),
  ],
  [
    'credentials-undeclared',
    ['QS219', 'QS219'],
    withFiles(FLASK, {
      'requirements.txt': [
        '--extra-index-url https://${CORP_TOKEN}@packages.invalid/simple',
        'flask',
        'gunicorn',
        'money @ git+https://me:word@git.invalid/corp/money.git',
        'rates @ git+ssh://git@git.invalid/corp/rates.git',
        '',
      ].join('\n'),
    }),
  ],
  ['requirements-stale', ['QS205'], withFiles(FLASK, { 'requirements.in': 'flask\ngunicorn\nredis\n' })],
  ['constraints-missing', ['QS210'], withFiles(FLASK, { 'requirements.txt': '-c pins.txt\nflask\ngunicorn\n' })],
  [
    'requirements-with-unreadable-code',
    ['QS211'],
    withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\n-e ./libs/money\n',
      'libs/money/setup.py':
        'from setuptools import Extension, setup\nsetup(ext_modules=[Extension("money", ["m.c"])])\n',
    }),
  ],
  [
    'locked-from-git',
    ['QS211'],
    poetryApp(
      FLASK,
      POETRY,
      '[[package]]\nname = "money"\nversion = "1.0"\n\n[package.source]\ntype = "git"\nurl = "https://example.invalid/money.git"\n',
    ),
  ],
  [
    'requirement-for-windows',
    ['QS214'],
    withFiles(FLASK, { 'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\npywin32==311\n' }),
  ],
  [
    'requirement-for-windows-in-a-list-that-is-read',
    ['QS214'],
    withFiles(FLASK, {
      'requirements.txt': '-r base.txt\n',
      'base.txt': 'flask\ngunicorn\npywin32==311 ; python_version > "3"\n',
    }),
  ],
  [
    'requirements-of-conda',
    ['QS214', 'QS214'],
    withFiles(FLASK, {
      'requirements.txt':
        'flask @ file:///home/conda/feedstock_root/build_artifacts/flask_1712667726126/work\nclick @ file:///C:/ci/click_1646056799/work\ngunicorn\n',
    }),
  ],
  [
    'requirement-that-is-no-package',
    ['QS214'],
    withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\npkg_resources==0.0.0\n' }),
  ],
  ['setup-py-only', ['QS301'], withFiles(FLASK, { 'requirements.txt': undefined, 'setup.py': 'setup()\n' })],
  [
    'conda-beside-setup-py',
    ['QS203'],
    withFiles(FLASK, {
      'requirements.txt': undefined,
      'setup.py': 'setup()\n',
      'environment.yml': 'dependencies: [flask]\n',
    }),
  ],
  [
    'python-pins-disagree',
    ['QS208'],
    withFiles(FLASK, { '.python-version': '3.12\n', 'runtime.txt': 'python-3.11.9\n' }),
  ],
  ['pyproject-not-toml', ['QS206'], withFiles(FLASK, { 'pyproject.toml': '[project]\nname = shop\n' })],
  [
    'lock-with-conflict-markers',
    ['QS209'],
    withFiles(poetryApp(FLASK, POETRY), { 'poetry.lock': '<<<<<<< HEAD\n[metadata]\n' }),
  ],
  [
    'requirements-include-missing',
    ['QS210'],
    withFiles(FLASK, { 'requirements.txt': 'flask\n-r requirements/base.txt\n' }),
  ],
  ['python-too-old', ['QS207'], withFiles(FLASK, { '.python-version': '2.7.18\n' })],
  ['python-range-too-new', ['QS207'], poetryApp(FLASK, POETRY.replace('>=3.11', '>=3.20'))],
  ['python-configured-unknown', ['QS207'], withFiles(FLASK, { 'quayside.yaml': 'python:\n  version: 3.5\n' })],
  ['python-pin-outside-range', ['QS208'], withFiles(poetryApp(FLASK, POETRY), { '.python-version': '3.10\n' })],
  [
    'python-pinned-release-outside-range',
    ['QS208'],
    withFiles(poetryApp(FLASK, POETRY.replace('>=3.11', '>=3.11.4')), { '.python-version': '3.11.2\n' }),
  ],

  ['no-framework', ['QS301'], withFiles(FLASK, { 'requirements.txt': 'requests\ngunicorn\n' })],
  [
    'no-entry-point',
    ['QS302'],
    withFiles(FLASK, { 'shop/__init__.py': '# app = Flask(__name__)\n"""app = Flask(__name__)"""\n' }),
  ],
  [
    'two-apps',
    ['QS303'],
    withFiles(FASTAPI, {
      'main.py': '',
      'shop.py': FASTAPI['main.py']!,
      'admin.py': 'from fastapi import FastAPI\n\nadmin = FastAPI()\n',
    }),
  ],
  [
    'factory-needs-arguments',
    ['QS304'],
    withFiles(FLASK, { 'shop/__init__.py': FLASK['shop/__init__.py']!.replace('config=None', 'config, *, db') }),
  ],
  [
    'django-settings-elsewhere',
    ['QS313'],
    withFiles(DJANGO, {
      'manage.py': 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_conf")\n',
      'site_/settings.py': 'SECRET_KEY = "x"\nINSTALLED_APPS = []\n',
    }),
  ],
  [
    'django-settings-that-nothing-names',
    ['QS313'],
    withFiles(DJANGO, {
      'manage.py': 'import sys\n',
      'site_/settings/base.py': 'SECRET_KEY = "x"\nINSTALLED_APPS = []\n',
      'site_/settings.py': undefined,
    }),
  ],
  [
    'factory-without-pages',
    ['QS304'],
    withFiles(FLASK, {
      'shop/web.py': 'from flask import Blueprint\n\nweb = Blueprint("web", __name__)\n',
      'shop/main.py':
        'from . import create_app, server\n\ndef main():\n    app = create_app()\n    from .web import web\n    app.register_blueprint(web)\n    server.start(app)\n',
      'run.py': 'from shop.main import main\n\nif __name__ == "__main__":\n    main()\n',
    }),
  ],
  [
    'factory-called-with-arguments',
    ['QS304'],
    withFiles(FLASK, {
      'requirements.txt': 'flask\ngranian\n',
      'shop/__init__.py': FLASK['shop/__init__.py']!.replace('config=None', 'config'),
      'quayside.yaml': 'server: { entry: "shop:create_app(\'prod\')" }\n',
    }),
  ],
  [
    'eventlet-without-its-worker',
    ['QS308'],
    withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn==26.0.0\neventlet==0.40.0\n' }),
  ],
  ['eventlet-with-any-gunicorn', ['QS308'], withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\neventlet\n' })],
  [
    'procfile-names-nothing',
    ['QS306'],
    withFiles(FLASK, { Procfile: 'release: flask db upgrade\nweb: gunicorn shop.main:app\n' }),
  ],
  [
    'configured-entry-unknown-module',
    ['QS306'],
    withFiles(FLASK, { 'quayside.yaml': 'server:\n  entry: shpo:create_app()\n' }),
  ],
  [
    'configured-entry-unknown-attribute',
    ['QS306'],
    withFiles(FLASK, { 'quayside.yaml': 'server:\n  entry: shop:craete_app()\n' }),
  ],
  [
    'python-unclosed-bracket',
    ['QS307'],
    withFiles(FLASK, { 'shop/views.py': 'VALUES = [\n    1,\n\ndef view():\n    return 1\n' }),
  ],

  [
    'celery-without-object',
    ['QS309'],
    withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\ncelery\nredis\n',
      'shop/tasks.py': 'import os\nfrom celery import shared_task\n\nBROKER = os.environ["REDIS_URL"]\n',
    }),
  ],
  [
    'browser-tests-locked-before',
    ['QS602'],
    withFiles(FLASK, {
      'e2e/package.json': JSON.stringify({ devDependencies: { '@playwright/test': '1.58.0' } }),
      'e2e/package-lock.json': JSON.stringify({ packages: {} }),
      'e2e/playwright.config.ts': 'export default { use: { baseURL: process.env.BASE_URL } };\n',
    }),
  ],
  [
    'gateway-with-unknown-variable',
    ['QS311'],
    withFiles(FLASK, {
      'nginx/default.conf.template':
        'server {\n  listen ${HTTP_PORT};\n  location / { proxy_pass http://${TARGET}; }\n}\n',
    }),
  ],
  [
    'browser-tests-without-lock',
    ['QS401'],
    withFiles(FLASK, {
      'e2e/package.json': '{ "devDependencies": { "@playwright/test": "1.58.0" } }',
      'e2e/playwright.config.ts': 'export default { use: { baseURL: process.env.BASE_URL } };\n',
    }),
  ],
  ['two-frontends', ['QS402'], withFiles(FLASK, { ...FRONTEND, 'web/package.json': PACKAGE_JSON })],
  [
    'frontend-lock-too-old',
    ['QS403'],
    withFiles(FLASK, { 'frontend/package.json': PACKAGE_JSON, 'frontend/pnpm-lock.yaml': 'lockfileVersion: 3\n' }),
  ],
  [
    'frontend-two-package-managers',
    ['QS407'],
    withFiles(FLASK, { ...FRONTEND, 'frontend/yarn.lock': '# yarn lockfile v1\n' }),
  ],
  [
    'frontend-output-unknown',
    ['QS408'],
    withFiles(FLASK, { ...FRONTEND, 'frontend/package.json': PACKAGE_JSON.replace('vite build', 'node build.js') }),
  ],
  [
    'frontend-next-without-output',
    ['QS409'],
    withFiles(FLASK, {
      ...FRONTEND,
      'frontend/package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '12.3.4' } }),
      'frontend/next.config.mjs': 'export default {};\n',
    }),
  ],
  ['package-json-broken', ['QS404'], withFiles(FLASK, { 'frontend/package.json': '{"scripts": {,}}' })],
  ['node-unknown', ['QS405'], withFiles(FLASK, { ...FRONTEND, 'frontend/.nvmrc': 'iojs\n' })],
  [
    'frontend-script-missing',
    ['QS406'],
    withFiles(FLASK, { ...FRONTEND, 'quayside.yaml': 'frontend:\n  script: bundle\n' }),
  ],
  ['frontend-root-missing', ['QS406'], withFiles(FLASK, { 'quayside.yaml': 'frontend:\n  root: clint\n' })],

  ['two-databases', ['QS501'], withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\npymysql\npsycopg2\n' })],
  ['database-without-variable', ['QS502'], withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\npymysql\n' })],
  [
    'redis-without-variable',
    ['QS502'],
    withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\nredis\n',
      'shop/store.py': 'import redis\n\nSTORE = redis.Redis()\n',
    }),
  ],
  [
    'service-without-driver',
    ['QS503'],
    withFiles(FLASK, { 'quayside.yaml': 'services:\n  postgres:\n    variable: DATABASE_URL\n' }),
  ],
  [
    'two-drivers-one-database',
    ['QS504'],
    withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\nsqlalchemy\nasyncpg\npsycopg2\n',
      'shop/db.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n',
    }),
  ],

  [
    'suite-without-command',
    ['QS603'],
    withFiles(FLASK, { 'quayside.yaml': 'suites:\n  lint:\n    env:\n      A: 1\n' }),
  ],
  [
    'frontend-that-nobody-serves',
    ['QS410'],
    withFiles(FLASK, {
      'frontend/package.json': JSON.stringify({ scripts: { build: 'vite build' } }),
      'frontend/package-lock.json': '{}',
    }),
  ],
  [
    'service-that-is-not-run',
    ['QS505'],
    withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\nneo4j==5.28.1\n',
      'shop/store.py': 'from neo4j import GraphDatabase\n',
    }),
  ],
  [
    'django-answers-to-other-names',
    ['QS605'],
    withFiles(DJANGO, {
      'site_/settings.py': 'SECRET_KEY = "x"\nDEBUG = False\nALLOWED_HOSTS = ["shop.example.org", "localhost"]\n',
      'requirements-dev.txt': 'pytest\npytest-playwright\nplaywright==1.58.0\n',
      'tests/test_page.py': 'def test_page(page):\n    page.goto("/")\n',
    }),
  ],
  [
    'several-at-once',
    ['QS207', 'QS403', 'QS302'],
    withFiles(DJANGO, {
      '.python-version': '2.7',
      'frontend/package.json': PACKAGE_JSON,
      'frontend/pnpm-lock.yaml': 'lockfileVersion: 3\n',
      'site_/wsgi.py': '',
      'site_/asgi.py': '',
    }),
  ],
];

describe('broken inputs', () => {
  it.each(BROKEN)('%s', async (name, codes, files) => {
    const { app, diagnostics } = await understand(memoryTree(files));
    expect(app).toBeUndefined();
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
    for (const diagnostic of diagnostics)
      expect(formatDiagnostic(diagnostic).split('\n').length).toBeLessThanOrEqual(6);
    const text = `${diagnostics.map(formatDiagnostic).join('\n\n')}\n`;
    await expect(text).toMatchFileSnapshot(`../../golden/diagnostics/${name}.txt`);
  });

  it('has a row for every code that configuration and detection can give', () => {
    const shown = new Set(BROKEN.flatMap(([, codes]) => codes));
    // Found by a function, its argument or a run, not by what lies in the source.
    const byArgument = [
      'QS107',
      'QS118',
      'QS119',
      'QS215',
      'QS216',
      'QS217',
      'QS218',
      'QS220',
      'QS221',
      'QS310',
      'QS411',
      'QS607',
    ];
    const missing = Object.keys(CODES).filter(
      code => /^QS[1-6]/.test(code) && !byArgument.includes(code) && !shown.has(code),
    );
    expect(missing).toEqual([]);
  });

  it('names every golden file once', () => {
    expect(new Set(BROKEN.map(([name]) => name)).size).toBe(BROKEN.length);
  });
});
