/** What an app needs around it: services, health, migrations, secrets, packages, frontend, suites. */

import { describe, expect, it } from 'vitest';
import type { Facts, ServiceAddress } from '../../../src/detect/facts.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { packageWords } from '../../../src/support/native/definition.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, poetryApp, SERVING, withFiles } from './apps.js';

async function factsOf(files: Files): Promise<Facts> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!;
}

const requiring = (names: string, code: string, more: Files = {}) =>
  withFiles(FLASK, {
    'requirements.txt': `flask\ngunicorn\n${names.split(' ').join('\n')}\n`,
    'shop/config.py': `import os\n${code}\n`,
    ...more,
  });

/** `DATABASE_URL postgresql +ASYNC_URL`, the scheme of a further one where it differs. */
const addressWords = ([first, ...others]: readonly ServiceAddress[]): readonly string[] =>
  first === undefined
    ? []
    : [
        first.variable.value,
        first.scheme.value,
        ...others.map(({ variable, scheme }) =>
          scheme.value === first.scheme.value ? `+${variable.value}` : `+${variable.value}:${scheme.value}`,
        ),
      ];

const INIT_DB = 'def init_db():\n    db.create_all()\n';

const MAKES_TABLES = `@app.cli.command()
@click.option("--drop", is_flag=True)
def initdb(drop):
    if drop:
        click.confirm("Sure?", abort=True)
        db.drop_all()
    db.create_all()
`;

const commands = (text: string): Files =>
  withFiles(FLASK, { 'shop/commands.py': `import click\nfrom shop import app, db\n\n${text}` });

describe('variables that only the tests read', () => {
  const read = (code: string, conftest: string) =>
    factsOf(
      requiring('psycopg2\nredis', code, {
        'tests/conftest.py': `import os\nfrom pydantic_settings import BaseSettings\n${conftest}\n`,
        'tests/test_shop.py': 'def test_shop():\n    pass\n',
      }),
    );
  const DB = 'URL = os.environ["DATABASE_URL"]';
  const SETTINGS = 'class Settings(BaseSettings):\n    test_db_host: str\n    test_db_pass: str\n';
  it.each([
    ['an address', DB, 'U = os.environ["TEST_DATABASE_URL"]', { TEST_DATABASE_URL: 'postgresql://app:' }],
    [
      'what is set by them',
      DB,
      'os.environ["TEST_DATABASE_URL"] = "sqlite://"\nU = os.environ["TEST_DATABASE_URL"]',
      {},
    ],
    ['parts', 'H = os.environ["DB_HOST"]', SETTINGS, { TEST_DB_HOST: undefined, TEST_DB_PASS: undefined }],
    ['one part', 'H = os.environ["DB_HOST"]', 'N = os.environ["TEST_DB_NAME"]', {}],
    [
      'a login of what lets everybody in',
      `${DB}\nR = os.environ["REDIS_HOST"]`,
      'H = os.environ["TEST_REDIS_HOST"]\nP = os.getenv("TEST_REDIS_PASSWORD", "secret")',
      { TEST_REDIS_HOST: undefined },
    ],
    ['what is none of a service', DB, 'N = os.environ["TEST_BROWSER"]', {}],
    [
      'what a class for tests of the app has',
      `${DB}\nclass Testing:\n    URL = os.getenv("TEST_DATABASE_URL") or "sqlite://"`,
      '',
      { TEST_DATABASE_URL: 'postgresql://app:' },
    ],
    [
      'what the app chooses for tests',
      `${DB}\nclass Settings:\n    TEST_DATABASE_URL = os.getenv("TEST_DATABASE_URL", "")\nurl = Settings.TEST_DATABASE_URL if testing else URL`,
      '',
      { TEST_DATABASE_URL: 'postgresql://app:' },
    ],
  ])('%s', async (_, code, conftest, expected) => {
    const { suites, processes } = makePlan(await read(code, conftest), {});
    const given = suites.find(({ id }) => id === 'unit')!.needs.flatMap(({ env }) => Object.entries(env));
    const ofTests = given.filter(([name]) => name.startsWith('TEST_'));
    const shown = ofTests.map(([name, [part]]) => [name, part?.kind === 'text' ? part.text : undefined]);
    expect(Object.fromEntries(shown)).toEqual(expected);
    expect(JSON.stringify(processes)).not.toContain('TEST_');
  });
});

it.each([
  ['a name with the word in it', 'if "test" not in URL.database:\n    raise RuntimeError', '/app_test'],
  ['a name that ends so', 'assert URL.database.endswith("_test")', '/app_test'],
  ['any name', 'assert URL.database', '/app'],
])('tests that run in a database with %s', async (_, check, expected) => {
  const facts = await factsOf(
    requiring('psycopg2', 'URL = os.environ["DATABASE_URL"]', {
      'tests/conftest.py': `import os\nURL = make_url(os.environ["TEST_DATABASE_URL"])\n${check}\n`,
      'tests/test_shop.py': 'def test_shop():\n    pass\n',
    }),
  );
  const { needs } = makePlan(facts, {}).suites.find(({ id }) => id === 'unit')!;
  const last = (name: string) => needs.flatMap(({ env }) => env[name]?.at(-1) ?? []);
  expect(last('TEST_DATABASE_URL')).toEqual([{ kind: 'text', text: expected }]);
  expect(last('DATABASE_URL')).toEqual([{ kind: 'text', text: '/app' }]);
});

describe('an address for tests that CI has another value for', () => {
  it('is that of the service all the same', async () => {
    const code = 'URL = os.environ["DATABASE_URL"]\nT = os.getenv("TEST_DATABASE_URL") or "sqlite://"';
    const ci = 'jobs:\n  a:\n    env: { TEST_DATABASE_URL: "sqlite://" }\n    steps: [{ run: pytest }]\n';
    const tests = { 'tests/test_shop.py': 'def test_shop():\n    pass\n', '.github/workflows/test.yml': ci };
    const facts = await factsOf(requiring('psycopg2', code, tests));
    expect(facts.environment ?? []).toEqual([]);
    const given = makePlan(facts, {}).suites.find(({ id }) => id === 'unit')!;
    expect(given.needs.map(({ env }) => Object.keys(env))).toEqual([['DATABASE_URL', 'TEST_DATABASE_URL']]);
  });
});

describe('an address for tests that the app does not start without', () => {
  const DB = 'URL = os.environ["DATABASE_URL"]';
  it.each([
    ['as it is read', 'T = os.environ["TEST_DATABASE_URL"]'],
    ['as it is used', 'engine = create_engine(os.getenv("TEST_DATABASE_URL"))'],
    [
      'as a setting is used',
      'TEST_DATABASE_URL = os.getenv("TEST_DATABASE_URL")\nengine = create_engine(TEST_DATABASE_URL)',
    ],
  ])('is given to it, %s', async (_, code) => {
    const { processes } = makePlan(await factsOf(requiring('psycopg2', `${DB}\n${code}`)), {});
    expect(JSON.stringify(processes)).toContain('TEST_DATABASE_URL');
  });
});

describe('a switch beside an address', () => {
  it.each([
    ['1', '0'],
    ['True', 'False'],
    ['true', 'false'],
    ['no', 'no'],
  ])('is off in the words of the code, which has %s', async (written, off) => {
    const code = `H = os.getenv("MAIL_SERVER")\nP = os.getenv("MAIL_PORT")\nT = flag("MAIL_USE_TLS", "${written}")\ndef flag(name, default):\n    return os.getenv(name, default) == "True"`;
    const { processes } = makePlan(await factsOf(requiring('flask-mail', code)), {});
    const values = processes.flatMap(({ needs }) => needs.map(({ env }) => env.MAIL_USE_TLS));
    expect(values).toContainEqual([{ kind: 'text', text: off }]);
  });

  it.each([
    ['is not None', 'os.environ.get("MAIL_USE_TLS") is not None', undefined],
    ['bool', 'bool(os.environ.get("MAIL_USE_TLS"))', [{ kind: 'text', text: '' }]],
    [
      'an empty entry of a file that it stands in for',
      'ini["mail"]["MAIL_USE_TLS"]\nimport configparser\nclass FromEnv(configparser.BasicInterpolation):\n    def before_get(self, parser, section, option, value, defaults):\n        return value or os.getenv(option)\nini = configparser.ConfigParser(interpolation=FromEnv())',
      [{ kind: 'text', text: '' }],
    ],
    ['a number', 'int(os.environ.get("MAIL_USE_TLS", 1))', [{ kind: 'text', text: '0' }]],
  ])('is off as the code asks, which is by %s', async (_, asked, expected) => {
    const code = `H = os.getenv("MAIL_SERVER")\nP = os.getenv("MAIL_PORT")\nT = ${asked}`;
    const { processes } = makePlan(await factsOf(requiring('flask-mail', code)), {});
    const [mail] = processes.flatMap(({ needs }) => needs.filter(({ to }) => to === 'mailpit'));
    expect(mail?.env.MAIL_USE_TLS).toEqual(expected);
  });
});

describe('services', () => {
  const DB = 'URL = os.environ["DATABASE_URL"]';
  const COMPOSED = {
    'compose.yaml':
      'services:\n  web:\n    build: .\n    environment:\n      DATABASE_URL: postgresql://u:p@db:5432/shop\n  db:\n    image: postgres:17\n',
  };
  it.each<readonly [string, Files, readonly string[]]>([
    ['none', FLASK, []],
    ['SQLAlchemy with PyMySQL', requiring('flask-sqlalchemy pymysql', DB), ['mariadb DATABASE_URL mysql+pymysql']],
    ['a driver without SQLAlchemy', requiring('psycopg[binary]', DB), ['postgres DATABASE_URL postgresql']],
    [
      'the driver of the app for its tests, whose example names none',
      requiring(
        'sqlalchemy asyncpg',
        'URL = os.getenv("DATABASE_URL", "postgresql+asyncpg://localhost/x")\nTEST = os.getenv("TEST_DATABASE_URL")',
        { '.env.example': 'TEST_DATABASE_URL=postgresql://u:p@localhost:5432/test\n' },
      ),
      ['postgres DATABASE_URL postgresql+asyncpg in tests TEST_DATABASE_URL postgresql+asyncpg'],
    ],
    [
      'what an example has for tests where a driver is there for it',
      requiring(
        'sqlalchemy asyncpg psycopg2',
        'URL = os.getenv("DATABASE_URL", "postgresql+asyncpg://localhost/x")\nTEST = os.getenv("TEST_DATABASE_URL")',
        { '.env.example': 'TEST_DATABASE_URL=postgresql://u:p@localhost:5432/test\n' },
      ),
      ['postgres DATABASE_URL postgresql+asyncpg in tests TEST_DATABASE_URL postgresql'],
    ],
    [
      'the scheme of a default in the code',
      requiring('sqlalchemy asyncpg psycopg2', 'URL = os.getenv("DATABASE_URL", "postgresql+asyncpg://localhost/x")'),
      ['postgres DATABASE_URL postgresql+asyncpg'],
    ],
    [
      'a scheme without a driver, where SQLAlchemy may look for another one than is installed',
      requiring('flask-sqlalchemy psycopg2-binary', DB, COMPOSED),
      ['postgres DATABASE_URL postgresql+psycopg2 version=17'],
    ],
    [
      'the same where SQLAlchemy is pinned to one that looks for it',
      requiring('sqlalchemy==2.0.49 psycopg2-binary', DB, COMPOSED),
      ['postgres DATABASE_URL postgresql version=17'],
    ],
    [
      'the same where SQLAlchemy is pinned to one that does not',
      requiring('sqlalchemy==2.1.0 psycopg2-binary', DB, COMPOSED),
      ['postgres DATABASE_URL postgresql+psycopg2 version=17'],
    ],
    [
      'the same where the code puts a driver in',
      requiring(
        'sqlalchemy psycopg2-binary',
        `${DB}\nURL = URL.replace("postgresql://", "postgresql+psycopg2://")`,
        COMPOSED,
      ),
      ['postgres DATABASE_URL postgresql version=17'],
    ],
    [
      'the same where the code connects with the driver itself',
      requiring('sqlalchemy psycopg2-binary', `import psycopg2\n${DB}\npsycopg2.connect(URL)`, COMPOSED),
      ['postgres DATABASE_URL postgresql version=17'],
    ],
    [
      'the same without SQLAlchemy',
      requiring('psycopg2-binary', DB, COMPOSED),
      ['postgres DATABASE_URL postgresql version=17'],
    ],
    [
      'settings within settings that have a default',
      requiring(
        'sqlalchemy asyncpg pydantic-settings',
        'from pydantic import BaseModel, Field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\n\nclass Database(BaseModel):\n    hostname: str = "db"\n    password: str = "p"\n\nclass Settings(BaseSettings):\n    database: Database = Field(default_factory=Database)\n    model_config = SettingsConfigDict(env_nested_delimiter="__")\n\nsettings = Settings()',
      ),
      ['postgres host=DATABASE__HOSTNAME password=DATABASE__PASSWORD'],
    ],
    [
      'a variable with a name of its own, by the name of its value in the code',
      requiring('redis', 'REDIS_URL = os.getenv("REDISTOGO_URL", "http://localhost:6379")'),
      ['redis REDISTOGO_URL redis'],
    ],
    [
      'a variable that is only a part of such a value',
      requiring('redis', 'A = os.getenv("REDIS_URL")\nREDIS_URL = "redis://%s" % os.environ["BOX"]'),
      ['redis REDIS_URL redis'],
    ],
    [
      'the same by the host in its value',
      requiring('redis', 'X = os.getenv("QUEUE", "")', {
        'compose.yaml':
          'services:\n  web:\n    build: .\n    environment:\n      QUEUE: tcp://cache:6379\n  cache:\n    image: redis:7\n',
      }),
      ['redis QUEUE redis version=7'],
    ],
    [
      'a default for SQLite does not count',
      requiring('sqlalchemy pymysql', 'URL = os.getenv("DATABASE_URL", "sqlite:///x.db")'),
      ['mariadb DATABASE_URL mysql+pymysql'],
    ],
    [
      'dj-database-url without arguments, and with a name',
      requiring(
        'dj-database-url psycopg2',
        'import dj_database_url\nA = dj_database_url.config(conn_max_age=600)\nB = dj_database_url.config(env="PG_URL")',
      ),
      ['postgres DATABASE_URL postgresql +PG_URL'],
    ],
    [
      'dj-database-url with a default',
      requiring(
        'dj-database-url psycopg2',
        'from dj_database_url import config\nD = config("MAIN_DATABASE_URL", "postgres://localhost/shop")',
      ),
      ['postgres MAIN_DATABASE_URL postgres'],
    ],
    [
      'the best of several variables',
      requiring('redis', 'A = os.getenv("CELERY_BROKER_URL")\nB = os.getenv("REDIS_URL")'),
      ['redis REDIS_URL redis +CELERY_BROKER_URL'],
    ],
    [
      'two services',
      requiring('sqlalchemy psycopg2 redis', `${DB}\nR = os.environ["CACHE_URL"]`),
      ['postgres DATABASE_URL postgresql+psycopg2', 'redis CACHE_URL redis'],
    ],
    [
      'celery with RabbitMQ by its default',
      requiring('celery pika', 'B = os.getenv("CELERY_BROKER_URL", "amqp://guest@localhost//")'),
      ['rabbitmq CELERY_BROKER_URL amqp'],
    ],
    [
      "Celery's own variables where each names another service, of which Celery itself brings one client",
      requiring(
        'celery redis',
        'B = os.getenv("CELERY_BROKER_URL", "amqp://me@localhost")\nR = os.getenv("CELERY_BACKEND_URL", "redis://localhost")',
      ),
      ['redis CELERY_BACKEND_URL redis', 'rabbitmq CELERY_BROKER_URL amqp'],
    ],
    [
      'celery with RabbitMQ by the configuration, beside Redis',
      requiring('celery redis', 'B = os.getenv("CELERY_BROKER_URL")\nR = os.environ["REDIS_URL"]', {
        'quayside.yaml': 'services:\n  rabbitmq: {}\n',
      }),
      ['redis REDIS_URL redis', 'rabbitmq CELERY_BROKER_URL amqp'],
    ],
    [
      'the reader of another module, and getenv by another name',
      requiring('psycopg2 redis', 'from shop.place import env\nD = env.db("SHOP_DATABASE_URL")', {
        'shop/place.py': 'import environ\n\nenv = environ.Env()\n',
        'shop/more.py': 'import os\n\ndef load():\n    get = os.getenv\n    return get("REDIS_URL", "")\n',
      }),
      ['postgres SHOP_DATABASE_URL postgresql', 'redis REDIS_URL redis'],
    ],
    [
      'what tests read after what the app reads',
      requiring('psycopg2', 'T = os.environ["TEST_DATABASE_URL"]\nD = os.environ["DEV_DATABASE_URL"]'),
      ['postgres DEV_DATABASE_URL postgresql +TEST_DATABASE_URL'],
    ],
    ['mail by the standard library', requiring('', 'M = os.environ["SMTP_URL"]'), ['mailpit SMTP_URL smtp']],
    ['a cache library that is not configured', requiring('flask-caching', 'X = 1'), []],
    [
      'a cache library with a variable',
      requiring('flask-caching', 'X = os.environ["CACHE_REDIS_URL"]'),
      ['redis CACHE_REDIS_URL redis'],
    ],
    [
      'MySQL when configured',
      requiring('pymysql', DB, { 'quayside.yaml': 'services:\n  mysql: {}\n' }),
      ['mysql DATABASE_URL mysql'],
    ],
    [
      'a database turned off',
      requiring('pymysql psycopg2', DB, { 'quayside.yaml': 'services:\n  postgres: false\n' }),
      ['mariadb DATABASE_URL mysql'],
    ],
    [
      'two databases with a variable each',
      requiring('pymysql psycopg2', 'X = 1', {
        'quayside.yaml': 'services:\n  mariadb: { variable: MAIN_URL }\n  postgres: { variable: OLD_URL }\n',
      }),
      ['mariadb MAIN_URL mysql', 'postgres OLD_URL postgresql'],
    ],
    [
      'Django',
      withFiles(DJANGO, {
        'requirements.txt': 'django\ngunicorn\nmysqlclient\ndj-database-url\nsqlalchemy\n',
        'site_/settings.py': `import os\n${DB}\n`,
      }),
      ['mariadb DATABASE_URL mysql'],
    ],
    [
      'an address in parts',
      requiring(
        'psycopg2',
        'H = os.getenv("POSTGRES_HOST", "db")\nU = os.environ["POSTGRES_USER"]\nP = os.environ["POSTGRES_PASSWORD"]\nD = os.getenv("POSTGRES_DB")\nN = os.getenv("DB_PORT")',
      ),
      ['postgres host=POSTGRES_HOST user=POSTGRES_USER password=POSTGRES_PASSWORD database=POSTGRES_DB port=DB_PORT'],
    ],
    [
      "Django's databases in parts, with their engine",
      withFiles(DJANGO, {
        'requirements.txt': 'django\ngunicorn\npsycopg\n',
        'site_/settings.py':
          'import os\nE = os.environ.get("SQL_ENGINE", "django.db.backends.sqlite3")\nN = os.environ.get("SQL_DATABASE")\nH = os.environ.get("SQL_HOST")\n',
      }),
      ['postgres engine=SQL_ENGINE database=SQL_DATABASE host=SQL_HOST'],
    ],
    [
      'mail in parts, without TLS and without a login',
      requiring(
        '',
        'H = os.getenv("MAIL_SERVER")\nP = os.getenv("MAIL_PORT", "25")\nT = os.getenv("MAIL_USE_TLS", "1")\nU = os.environ["MAIL_USERNAME"]\nD = os.getenv("MAIL_DEFAULT_SENDER")\nF = os.getenv("MAIL_FROM", "shop@example.com")',
      ),
      ['mailpit host=MAIL_SERVER port=MAIL_PORT off=MAIL_USE_TLS empty=MAIL_USERNAME sender=MAIL_DEFAULT_SENDER'],
    ],
    [
      'a login at a mail server that mails are sent from',
      requiring(
        '',
        'H = os.getenv("MAIL_SERVER")\nU = os.environ["MAIL_USERNAME"]\nP = os.environ["MAIL_PASSWORD"]\nconfig = Config(MAIL_FROM=settings.u, MAIL_USERNAME=settings.u)',
      ),
      ['mailpit host=MAIL_SERVER sender=MAIL_USERNAME empty=MAIL_PASSWORD'],
    ],
    [
      'redis in parts',
      requiring(
        'redis',
        'H = os.getenv("REDIS_HOST")\nD = os.getenv("REDIS_DB", "0")\nP = os.getenv("REDIS_PASSWORD", "")',
      ),
      ['redis host=REDIS_HOST database=REDIS_DB'],
    ],
    [
      'redis by the number of its machine',
      requiring('redis', 'H = os.getenv("REDIS_IP")\nP = os.getenv("REDIS_PORT", "6379")'),
      ['redis host=REDIS_IP port=REDIS_PORT'],
    ],
    [
      'celery without the client of Redis',
      requiring('celery', 'B = os.environ["CELERY_BROKER_URL"]'),
      ['rabbitmq CELERY_BROKER_URL amqp'],
    ],
    [
      'celery alone, with a variable that only RabbitMQ has',
      requiring('celery', 'B = os.environ["RABBITMQ_URL"]'),
      ['rabbitmq RABBITMQ_URL amqp'],
    ],
    [
      'a setting of Redis in Django that is called as that of a database',
      withFiles(DJANGO, {
        'requirements.txt': 'django\ngunicorn\nredis\n',
        'site_/settings.py': 'import os\nH = os.environ["REDIS_HOST"]\nE = os.environ.get("CACHE_ENGINE")\n',
      }),
      ['redis host=REDIS_HOST'],
    ],
    [
      'MySQL of a certain version, as the compose file has it',
      requiring('pymysql', DB, { 'docker-compose.yml': 'services:\n  db:\n    image: "mysql:8.0-debian"\n' }),
      ['mysql DATABASE_URL mysql version=8.0'],
    ],
    [
      'one of two databases, as the compose file has it',
      requiring('pymysql psycopg2', DB, { 'compose.yaml': 'services:\n  db:\n    image: postgres:17-alpine # ours\n' }),
      ['postgres DATABASE_URL postgresql version=17'],
    ],
  ])('%s', async (_, files, expected) => {
    const { services } = await factsOf(files);
    const shown = services.map(
      ({ kind, addresses = [], parts = [], inTests: { addresses: ofTests = [] } = {}, version }) =>
        [
          kind,
          ...addressWords(addresses),
          ...parts.map(({ part, variable: { value } }) => `${part}=${value}`),
          ...(ofTests.length > 0 ? ['in tests', ...addressWords(ofTests)] : []),
          ...(version ? [`version=${version.value}`] : []),
        ].join(' '),
    );
    expect(shown).toEqual(expected);
  });
});

describe('the path that a deployment asks', () => {
  const ROUTE = `from flask import Blueprint\nbp = Blueprint("x", __name__)\n@bp.get("/health")\ndef health(): return "ok"\n`;
  const dockerfile = (check: string): Files => ({
    Dockerfile: `FROM python:3.13\nCOPY . .\n${check}\nCMD gunicorn "shop:create_app()"\n`,
  });
  const compose = (service: string): Files => ({ 'compose.yaml': `services:\n  ${service}\n` });
  it.each<readonly [string, Files, string | undefined]>([
    [
      'its container',
      dockerfile('HEALTHCHECK --interval=30s \\\n  CMD curl -f http://localhost:${PORT:-8000}/v1/up || exit 1'),
      '/v1/up Dockerfile as its container asks',
    ],
    [
      'its compose file, before the container',
      {
        ...dockerfile('HEALTHCHECK CMD wget -qO- 127.0.0.1:8000/v1/up'),
        ...compose('web: { build: ., healthcheck: { test: ["CMD", "curl", "http://localhost/api/ready/"] } }'),
      },
      '/api/ready/ compose.yaml as its compose file asks',
    ],
    [
      'where it is the route as well, that',
      dockerfile('HEALTHCHECK CMD curl localhost:8000/health'),
      '/health shop/web.py ',
    ],
    [
      'not of another service',
      compose('nginx: { image: nginx, healthcheck: { test: curl localhost/up } }'),
      '/health shop/web.py ',
    ],
    [
      'not a slash alone',
      dockerfile('HEALTHCHECK CMD curl -f http://localhost:8000/ || exit 1'),
      '/health shop/web.py ',
    ],
    ['not of another machine', dockerfile('HEALTHCHECK CMD curl -f https://example.org/up'), '/health shop/web.py '],
  ])('%s', async (_, files, expected) => {
    const { health } = await factsOf(withFiles(FLASK, { 'shop/web.py': ROUTE, ...files }));
    expect(health && `${health.value} ${health.place.file} ${health.why ?? ''}`).toBe(expected);
  });
});

describe('health', () => {
  const flask = (text: string) =>
    withFiles(FLASK, {
      'shop/views.py': text,
      'shop/__init__.py':
        'from flask import Flask\nfrom .views import bp\n\ndef create_app():\n    app = Flask(__name__)\n    app.register_blueprint(bp)\n    return app\n',
    });
  const BLUEPRINT = 'from flask import Blueprint\n';
  it.each<readonly [string, Files, string | undefined]>([
    ['no route', FLASK, undefined],
    [
      'a blueprint',
      flask(`${BLUEPRINT}bp = Blueprint("x", __name__)\n@bp.get("/health")\ndef health(): return "ok"\n`),
      '/health',
    ],
    [
      'a blueprint with a prefix',
      flask(
        `${BLUEPRINT}bp = Blueprint("x", __name__, url_prefix="/api")\n@bp.route("/healthz")\ndef health(): return "ok"\n`,
      ),
      '/api/healthz',
    ],
    [
      'a computed prefix is not guessed',
      flask(
        `${BLUEPRINT}bp = Blueprint("x", __name__, url_prefix=PREFIX)\n@bp.route("/health")\ndef health(): return "ok"\n`,
      ),
      undefined,
    ],
    [
      'a route with a parameter does not count',
      flask(`${BLUEPRINT}bp = Blueprint("x", __name__)\n@bp.get("/<name>/health")\ndef health(name): return "ok"\n`),
      undefined,
    ],
    [
      'a router of FastAPI with both prefixes',
      withFiles(FASTAPI, {
        'main.py':
          'from fastapi import FastAPI\nfrom routes import router\napp = FastAPI()\napp.include_router(router, prefix="/api")\n',
        'routes.py':
          'from fastapi import APIRouter\nrouter = APIRouter(prefix="/v1")\n@router.get("/health")\ndef health(): return {}\n',
      }),
      '/api/v1/health',
    ],
    [
      'a prefix from the settings',
      withFiles(FASTAPI, {
        'main.py':
          'from fastapi import FastAPI\nfrom routes import api\nfrom settings import settings\napp = FastAPI()\napp.include_router(api, prefix=settings.API)\n',
        'routes.py':
          'from fastapi import APIRouter\napi = APIRouter()\nops = APIRouter(prefix="/ops")\n@ops.get("/health")\ndef health(): return {}\napi.include_router(ops)\n',
        'settings.py':
          'from pydantic_settings import BaseSettings\nclass Settings(BaseSettings):\n    API: str = "/api/v1"\nsettings = Settings()\n',
      }),
      '/api/v1/ops/health',
    ],
    [
      'a computed prefix further out is not guessed',
      withFiles(FASTAPI, {
        'main.py':
          'from fastapi import FastAPI\nfrom routes import api\napp = FastAPI()\napp.include_router(api, prefix=f"/{version()}")\n',
        'routes.py':
          'from fastapi import APIRouter\napi = APIRouter()\nops = APIRouter(prefix="/ops")\n@ops.get("/health")\ndef health(): return {}\napi.include_router(ops)\n',
      }),
      undefined,
    ],
    [
      "Django's urls",
      withFiles(DJANGO, {
        'site_/urls.py': 'from django.urls import path, include\nurlpatterns = [path("ops/", include("ops.urls"))]\n',
        'ops/urls.py': 'from django.urls import path\nurlpatterns = [path("health/", view)]\n',
      }),
      '/ops/health/',
    ],
    [
      'a route of another program, beside a project of Django',
      withFiles(DJANGO, {
        'requirements.txt': 'django==5.2.0\nfastapi==0.115.0\n',
        'agents/server.py':
          'from fastapi import FastAPI\n\ndef make():\n    app = FastAPI()\n\n    @app.get("/health")\n    async def health():\n        return {}\n\n    return app\n',
      }),
      undefined,
    ],
    [
      "Litestar's function, which the app itself lists",
      withFiles(FASTAPI, {
        'requirements.txt': 'litestar[standard]==2.25.0\n',
        'main.py':
          'from litestar import Litestar, get\n\n@get("/health")\nasync def health() -> str:\n    return "ok"\n\napp = Litestar([health])\n',
      }),
      '/health',
    ],
    [
      "Litestar's function, which a router lists",
      withFiles(FASTAPI, {
        'requirements.txt': 'litestar[standard]==2.25.0\n',
        'main.py':
          'from litestar import Litestar, Router\nfrom ops import health\n\napp = Litestar([Router(path="/ops", route_handlers=[health])])\n',
        'ops.py':
          'from litestar import get\n\n@get(path="healthz", sync_to_thread=False)\ndef health() -> str:\n    return "ok"\n',
      }),
      '/ops/healthz',
    ],
    [
      'turned off',
      withFiles(flask(`${BLUEPRINT}bp = Blueprint("x", __name__)\n@bp.get("/health")\ndef health(): return "ok"\n`), {
        'quayside.yaml': 'health: false\n',
      }),
      undefined,
    ],
  ])('%s', async (_, files, expected) => {
    expect((await factsOf(files)).health?.value).toBe(expected);
  });
});

describe('migrations and secrets', () => {
  it.each<readonly [string, Files, readonly string[] | undefined]>([
    [
      'Flask-Migrate',
      withFiles(requiring('flask-migrate', ''), { 'migrations/env.py': '' }),
      ['flask', 'db', 'upgrade'],
    ],
    [
      'Flask-Migrate elsewhere',
      withFiles(requiring('flask-migrate', ''), { 'shop/migrations/env.py': '' }),
      ['flask', 'db', 'upgrade', '--directory', 'shop/migrations'],
    ],
    ['Alembic', requiring('alembic', '', { 'alembic.ini': '' }), ['alembic', 'upgrade', 'head']],
    [
      'what the Procfile does before a release',
      withFiles(FLASK, { Procfile: 'release: python seed.py\n' }),
      ['python', 'seed.py'],
    ],
    [
      'migrations, then what the Procfile does before a release',
      withFiles(requiring('alembic', '', { 'alembic.ini': '' }), { Procfile: 'release: python "seed it.py"\n' }),
      ['sh', '-c', "alembic upgrade head && python 'seed it.py'"],
    ],
    [
      'not what is done when the image is built',
      withFiles(FLASK, { Procfile: 'release: python manage.py collectstatic\n' }),
      undefined,
    ],
    [
      'a script that makes tables',
      withFiles(FLASK, { 'create_db.py': 'from shop import app, db\nwith app.app_context():\n    db.create_all()\n' }),
      ['python', 'create_db.py'],
    ],
    [
      'no script that removes what is there',
      withFiles(FLASK, { 'init_db.py': 'from shop import db\ndb.drop_all()\ndb.create_all()\n' }),
      undefined,
    ],
    ['a command of the app that makes tables', commands(MAKES_TABLES), ['flask', 'initdb']],
    [
      'one under a name of its own, in a function that registers it',
      commands('def register(app):\n    @app.cli.command("create-tables")\n    def one():\n        db.create_all()\n'),
      ['flask', 'create-tables'],
    ],
    [
      'no command that removes what is there',
      commands('@app.cli.command()\ndef init_db():\n    db.drop_all()\n    db.create_all()\n'),
      undefined,
    ],
    ['no command that asks somebody', commands(`@app.cli.command()\n@click.argument("name")\n${INIT_DB}`), undefined],
    ['no command that adds rows', commands(`@app.cli.command()\n${INIT_DB}    db.session.add(User())\n`), undefined],
    ['no command of a blueprint', commands(`@shop.cli.command()\n${INIT_DB}`), undefined],
    ['no command that is for something else', commands(MAKES_TABLES.replace('initdb', 'forge')), undefined],
    ['none', FLASK, undefined],
    [
      "Aerich's",
      withFiles(requiring('aerich', ''), {
        'pyproject.toml': '[tool.aerich]\ntortoise_orm = "shop.TORTOISE"\nlocation = "./migrations"\n',
        'migrations/models/0_init.py': '',
      }),
      ['aerich', 'upgrade'],
    ],
    [
      "Aerich's by its own file",
      withFiles(requiring('aerich', ''), { 'aerich.ini': '[aerich]\nlocation = db\n', 'db/models/0_init.py': '' }),
      ['aerich', 'upgrade'],
    ],
    [
      "none of Aerich's before the first was made",
      withFiles(requiring('aerich', ''), { 'pyproject.toml': '[tool.aerich]\ntortoise_orm = "shop.TORTOISE"\n' }),
      undefined,
    ],
    ['configured', withFiles(FLASK, { 'quayside.yaml': 'migrate: [python, up.py]\n' }), ['python', 'up.py']],
  ])('%s', async (_, files, expected) => {
    expect((await factsOf(files)).migrate?.value).toEqual(expected);
  });

  it('finds keys that sign, each once, and no key of a provider', async () => {
    const code =
      'A = os.environ["SECRET_KEY"]\nB = os.getenv("SECRET_KEY")\nC = os.getenv("SECURITY_PASSWORD_SALT")\nD = os.getenv("GITHUB_CLIENT_SECRET")\nE = os.getenv("PORT")';
    const { secrets } = await factsOf(requiring('', code));
    expect(secrets.map(({ value, place }) => [value, place.line])).toEqual([
      ['SECRET_KEY', 2],
      ['SECURITY_PASSWORD_SALT', 4],
    ]);
  });
});

describe('packages of the system', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'a package whose library is called differently in each release of Debian',
      requiring('python-ldap', ''),
      ['python-ldap: libldap2|libldap-2.5-0 libsasl2-2 | build-essential libldap2-dev libsasl2-dev'],
    ],
    ['a package that opens a library of the system', requiring('cairocffi', ''), ['cairocffi: libcairo2 | ']],
    [
      'a part of a framework, imported',
      requiring('django', 'from django.contrib.gis.geos import Point'),
      ['django.contrib.gis: gdal-bin | '],
    ],
    [
      'a part of a framework, named in settings',
      requiring('django', 'INSTALLED_APPS = [\n    "django.contrib.admin",\n    "django.contrib.gis",\n]'),
      ['django.contrib.gis: gdal-bin | '],
    ],
    [
      'a package without wheels',
      requiring('psycopg2', 'X = os.environ["DATABASE_URL"]'),
      ['psycopg2: libpq5 | build-essential libpq-dev'],
    ],
    [
      'packages of a lock that others bring, and none that brings its library',
      withFiles(FLASK, {
        'requirements.txt': undefined,
        Pipfile: '[packages]\nflask = "*"\ngunicorn = "*"\ndjango-heroku = "*"\n',
        'Pipfile.lock': JSON.stringify({
          _meta: { hash: { sha256: '0' } },
          default: Object.fromEntries(
            ['flask', 'gunicorn', 'django-heroku', 'psycopg2', 'psycopg', 'psycopg-binary', 'weasyprint'].map(name => [
              name,
              { hashes: [`sha256:${'0'.repeat(64)}`], version: name.startsWith('psycopg-') ? '==3.2.3' : '==2.9.10' },
            ]),
          ),
        }),
      }),
      [
        'psycopg2: libpq5 | build-essential libpq-dev',
        'weasyprint: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core | ',
      ],
    ],
    ['an extra that brings the library', requiring('psycopg[binary]', 'X = os.environ["DATABASE_URL"]'), []],
    [
      'an extra that is compiled',
      requiring('psycopg[c]', 'X = os.environ["DATABASE_URL"]'),
      ['psycopg: libpq5 | build-essential libpq-dev'],
    ],
    ['a program', requiring('', 'import subprocess\nsubprocess.run(["ffmpeg", "-i", path])'), ['ffmpeg: ffmpeg | ']],
    [
      'a program by a constant',
      requiring('', 'import subprocess\nTOOL = "pdftotext"\nsubprocess.run([TOOL])'),
      ['pdftotext: poppler-utils | '],
    ],
    [
      'a program by a variable with a default',
      requiring('', 'import subprocess\nsubprocess.run([os.getenv("FFMPEG", "ffmpeg")])'),
      ['ffmpeg: ffmpeg | '],
    ],
    ['a program looked up', requiring('', 'import shutil\nshutil.which("git")'), ['git: git | ']],
    [
      'two programs of one package, once',
      requiring('', 'import subprocess\nsubprocess.run(["ffprobe"])\nsubprocess.run(["ffmpeg"])'),
      ['ffprobe: ffmpeg | '],
    ],
    ['a word that is no program run', requiring('', 'X = ["ffmpeg"]'), []],
    [
      'an argument that is called like a program',
      requiring('', 'import subprocess\nsubprocess.run(["ls", "git", "-l"])'),
      [],
    ],
    [
      'configured',
      withFiles(FLASK, { 'quayside.yaml': 'native:\n  runtime: [libvips42]\n' }),
      ['quayside.yaml: libvips42 | '],
    ],
  ])('%s', async (_, files, expected) => {
    const { native } = await factsOf(files);
    expect(
      native.map(
        ({ dependency, runtime, build }) =>
          `${dependency}: ${runtime.map(packageWords).join(' ')} | ${build.map(packageWords).join(' ')}`,
      ),
    ).toEqual(expected);
  });
});

describe('frontend', () => {
  const json = (extra: object = {}) => JSON.stringify({ scripts: { build: 'vite build' }, ...extra }, null, 2);
  const frontend = (more: Readonly<Record<string, string>> = {}, extra = {}) =>
    withFiles(FLASK, { ...SERVING, 'frontend/package.json': json(extra), 'frontend/package-lock.json': '{}', ...more });
  it.each<readonly [string, Files, string | undefined]>([
    ['none', FLASK, undefined],
    ['a package.json without a build', withFiles(FLASK, { 'package.json': '{"devDependencies": {}}' }), undefined],
    ['Vite with nothing said', frontend(), 'frontend 22 frontend/dist'],
    ['.nvmrc', frontend({ 'frontend/.nvmrc': 'v20.11.1\n' }), 'frontend 20 frontend/dist'],
    ['a release name', frontend({ '.nvmrc': 'lts/krypton\n' }), 'frontend 24 frontend/dist'],
    ['engines', frontend({}, { engines: { node: '>=18 <21 || ^20' } }), 'frontend 20 frontend/dist'],
    ['engines with a lower bound', frontend({}, { engines: { node: '>=20.19' } }), 'frontend 22 frontend/dist'],
    [
      'outDir above the root',
      frontend({
        'frontend/vite.config.ts': "export default {\n  // outDir: 'no'\n  build: { outDir: '../shop/static' },\n}\n",
      }),
      'frontend 22 shop/static',
    ],
    [
      'in the source itself',
      withFiles(FLASK, { ...SERVING, 'package.json': json(), 'package-lock.json': '{}' }),
      ' 22 dist',
    ],
    [
      'in a directory of any name',
      withFiles(FLASK, { ...SERVING, 'portal/package.json': json(), 'portal/package-lock.json': '{}' }),
      'portal 22 portal/dist',
    ],
    [
      'configured',
      frontend({ 'quayside.yaml': 'frontend:\n  output: public\n  nodeVersion: 24\n' }),
      'frontend 24 public',
    ],
    ['turned off', frontend({ 'quayside.yaml': 'frontend: false\n' }), undefined],
  ])('%s', async (_, files, expected) => {
    const found = (await factsOf(files)).frontend;
    expect(found && `${found.root} ${found.nodeVersion.value} ${found.output.value}`).toBe(expected);
  });
});

describe('suites', () => {
  const TEST = 'def test_x():\n    assert True\n';
  const PAGE = 'from playwright.sync_api import Page\n\ndef test_page(page: Page):\n    page.goto("/")\n';
  const POETRY =
    '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n[dependency-groups]\ndev = ["pytest", "ruff"]\nbrowser = ["pytest-playwright"]\n';
  const app = (files: Files, extra = '') =>
    withFiles(poetryApp(FLASK, POETRY + extra, '[[package]]\nname = "playwright"\nversion = "1.58.0"\n'), files);
  it.each<readonly [string, Files, readonly string[]]>([
    ['no tests', app({}), ['lint: ruff check . (dev)']],
    ['a script named as a test', app({ 'test_sql.py': 'print("trying")\n' }), ['lint: ruff check . (dev)']],
    ['one directory', app({ 'tests/test_a.py': TEST }), ['lint: ruff check . (dev)', 'unit: pytest tests (dev)']],
    [
      'browser tests in a directory',
      app({ 'tests/unit/test_a.py': TEST, 'tests/api/deep/test_b.py': TEST, 'tests/e2e/test_page.py': PAGE }),
      [
        'lint: ruff check . (dev)',
        'unit: pytest tests/api tests/unit (dev)',
        'e2e: pytest tests/e2e (browser,dev) 1.58.0',
      ],
    ],
    [
      'browser tests below other tests',
      app({ 'tests/test_a.py': TEST, 'tests/e2e/test_page.py': PAGE }),
      [
        'lint: ruff check . (dev)',
        'unit: pytest tests --ignore=tests/e2e (dev)',
        'e2e: pytest tests/e2e (browser,dev) 1.58.0',
      ],
    ],
    [
      'a browser test beside others',
      app({ 'tests/test_a.py': TEST, 'tests/test_page.py': PAGE }),
      [
        'lint: ruff check . (dev)',
        'unit: pytest tests --ignore=tests/test_page.py (dev)',
        'e2e: pytest tests/test_page.py (browser,dev) 1.58.0',
      ],
    ],
    [
      'testpaths',
      app(
        { 'checks/unit/test_a.py': TEST, 'e2e/test_page.py': PAGE },
        '[tool.pytest.ini_options]\ntestpaths = ["checks"]\n',
      ),
      ['lint: ruff check . (dev)', 'unit: pytest checks (dev)', 'e2e: pytest e2e (browser,dev) 1.58.0'],
    ],
    ['tests at the top', app({ 'test_a.py': TEST }), ['lint: ruff check . (dev)', 'unit: pytest test_a.py (dev)']],
    [
      'configured',
      app({ 'tests/test_a.py': TEST, 'quayside.yaml': 'suites:\n  lint: false\n  unit:\n    command: [pytest, -x]\n' }),
      ['unit: pytest -x (dev)'],
    ],
    [
      'browser tests with pinned requirements',
      withFiles(FLASK, {
        'requirements-dev.txt': 'pytest\npytest-playwright\nplaywright == 1.58.0 # as the image\n',
        'tests/test_page.py': PAGE,
      }),
      ['e2e: pytest tests () 1.58.0'],
    ],
    [
      'cases of the standard library',
      withFiles(FLASK, { 'tests/test_a.py': 'import unittest\n\nclass A(unittest.TestCase):\n    pass\n' }),
      ['unit: python -m unittest tests/test_a.py ()'],
    ],
    [
      'all cases in one file',
      withFiles(FLASK, { 'tests.py': 'import unittest\n\nclass A(unittest.TestCase):\n    pass\n' }),
      ['unit: python -m unittest tests.py ()'],
    ],
    [
      "Django's own runner",
      withFiles(DJANGO, {
        'blog/tests.py': 'from django.test import TestCase\n\nclass Posts(TestCase):\n    pass\n',
      }),
      ['unit: python manage.py test ()'],
    ],
    [
      "nothing for the empty tests.py of Django's startapp",
      withFiles(DJANGO, { 'blog/tests.py': 'from django.test import TestCase\n\n# Create your tests here.\n' }),
      [],
    ],
    [
      "Django's own runner in a directory",
      withFiles(DJANGO, {
        'manage.py': undefined,
        'web/manage.py': DJANGO['manage.py']!,
        'web/site_/settings.py': '',
        'web/blog/tests.py': 'class Posts:\n    pass\n',
      }),
      ['unit: python web/manage.py test web ()'],
    ],
  ])('%s', async (_, files, expected) => {
    const { suites } = await factsOf(files);
    // What formats is told of in tool-suites.test.ts.
    const shown = suites
      .filter(({ name }) => name !== 'format')
      .map(
        ({ name, command, groups = [], browser }) =>
          `${name}: ${command.join(' ')} (${groups.join()})${browser ? ` ${browser.value}` : ''}`,
      );
    expect(shown).toEqual(expected);
  });
});
