/** What a deployment says of an app: the addresses and values in its compose file, its Dockerfile and the example of its variables. */
import { describe, expect, it } from 'vitest';
import type { ServiceFacts } from '../../../src/detect/facts.js';
import { readDeployment } from '../../../src/detect/files/deployment.js';
import { memoryTree } from '../../../src/source/tree.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const compose = (...lines: readonly string[]) => ['services:', '  web:', '    build: .', ...lines, ''].join('\n');
const environment = (...values: readonly string[]) =>
  compose('    environment:', ...values.map(value => `      - ${value}`));

describe('variables', () => {
  const given = async (files: Files, root = '') => {
    const source = memoryTree(files);
    const tree = root === '' ? source : memoryTree(within(files, root));
    const { variables } = await readDeployment({ tree, source, root });
    return variables.map(({ name, value, by, place }) => `${name}=${value} ${by} ${place.file}:${place.line}`);
  };
  const within = (files: Files, root: string): Files =>
    Object.fromEntries(
      Object.entries(files).flatMap(([path, text]) =>
        path.startsWith(`${root}/`) ? [[path.slice(root.length + 1), text]] : [],
      ),
    );

  it.each<readonly [string, Files, string, readonly string[]]>([
    [
      'of the Dockerfile around the app that copies it',
      {
        Dockerfile:
          'FROM python:3.12\nWORKDIR /app\nCOPY ./api/ /app/\nENV APP_SETTINGS=production\nCMD ["python", "run.py"]\n',
        'api/run.py': '',
      },
      'api',
      ['APP_SETTINGS=production container ../Dockerfile:4'],
    ],
    [
      'not of a Dockerfile around the app that copies another directory',
      {
        Dockerfile: 'FROM python:3.12\nCOPY jobs /app\nENV APP_SETTINGS=production\nCMD ["python", "run.py"]\n',
        'api/run.py': '',
        'jobs/run.py': '',
      },
      'api',
      [],
    ],
    ['none', {}, '', []],
    ['of the service that is built here', { 'compose.yaml': environment('A=1') }, '', ['A=1 compose compose.yaml:5']],
    [
      'a mapping, with values put in; none for what has no value',
      {
        'compose.yaml': compose('    environment:', '      A: ${X:-5}', '      B:', '      C: ${UNSET}'),
      },
      '',
      ['A=5 compose compose.yaml:5'],
    ],
    [
      'of the file that compose reads by itself, where a service only names it',
      {
        'compose.yaml': compose('    environment:', '      A:', '      B:', '      C: 1'),
        '.env': 'A="https://a.example"\nC=2\nD=3\n',
      },
      '',
      ['A=https://a.example compose compose.yaml:5', 'C=1 compose compose.yaml:7'],
    ],
    [
      'not of services that are not built, nor of the frontend',
      {
        'compose.yaml':
          'services:\n  db: { image: postgres, environment: { A: 1 } }\n  ui: { build: ./ui, environment: { B: 1 } }\n',
      },
      '',
      [],
    ],
    [
      'files of variables, the last counting first, behind the list',
      {
        'compose.yaml': compose('    env_file: [a.env, b.env]', '    environment: { C: own }'),
        'a.env': 'A=a\nB=a\nC=a\n',
        'b.env': 'B=b\n',
      },
      '',
      ['C=own compose compose.yaml:5', 'B=b compose b.env:1', 'A=a compose a.env:1'],
    ],
    [
      'compose before the image before an example',
      {
        'compose.yaml': environment('A=compose'),
        Dockerfile: 'FROM python:3.13\nENV A=image B=image\n',
        '.env.example': 'A=example\nB=example\nC=example\nD=\n',
      },
      '',
      ['A=compose compose compose.yaml:5', 'B=image container Dockerfile:2', 'C=example example .env.example:3'],
    ],
    [
      'an example that takes values from its own lines',
      { 'env.sample': 'USER_=app\nURL=postgres://${USER_}@db/x # here\n' },
      '',
      ['USER_=app example env.sample:1', 'URL=postgres://app@db/x example env.sample:2'],
    ],
    [
      'a file of one place in which it runs, behind an example',
      { 'env.sample': 'A=1\n', 'development.env': 'A=2\nB=3\n', 'testing.env': 'C=4\n' },
      '',
      ['A=1 example env.sample:1', 'B=3 example development.env:2'],
    ],
    [
      'from the source around the app',
      {
        'compose.yaml': 'services:\n  api: { build: ./api, environment: { A: 1 } }\n',
        '.env.example': 'B=2\n',
        'api/main.py': '',
      },
      'api',
      ['A=1 compose ../compose.yaml:2', 'B=2 example ../.env.example:1'],
    ],
  ])('%s', async (_, files, root, expected) => {
    expect(await given(files, root)).toEqual(expected);
  });
});

describe('services', () => {
  const requiring = (app: Files, names: string, more: Files) =>
    withFiles(app, { 'requirements.txt': `${app['requirements.txt']}${names.split(' ').join('\n')}\n`, ...more });
  const shown = ({ kind, addresses = [], parts = [] }: ServiceFacts) =>
    [
      kind,
      ...addresses.map(({ variable, scheme }) => `${variable.value}=${scheme.value}`),
      ...parts.map(({ part, variable }) => `${variable.value}=${part}`),
    ].join(' ');

  it.each<readonly [string, Files, readonly string[]]>([
    [
      'variables that no code reads visibly',
      requiring(FLASK, 'flask-sqlalchemy pymysql redis', {
        'docker-compose.yml': environment('DATABASE_URL=mysql+pymysql://a:b@db/shop', 'REDIS_URL=redis://cache:6379'),
      }),
      ['mariadb DATABASE_URL=mysql+pymysql', 'redis REDIS_URL=redis'],
    ],
    [
      'all parts of an address whose host the compose file names',
      requiring(DJANGO, 'psycopg', {
        'site_/db.py':
          'import os\nA = os.environ["DB_HOST"], os.environ["TRAC_HOST"], os.environ["TRAC_USER"], os.environ["TRAC_PASSWORD"]\n',
        'docker-compose.yml': `${environment('TRAC_HOST=db')}  db: { image: postgres }\n`,
      }),
      ['postgres DB_HOST=host TRAC_HOST=host TRAC_USER=user TRAC_PASSWORD=password'],
    ],
    [
      'the scheme that the compose file has, before the default in the code',
      requiring(DJANGO, 'dj-database-url psycopg', {
        'site_/db.py': 'import os\nA = os.getenv("DATABASE_URL", "postgresql://localhost/x")\n',
        'docker-compose.yml': environment('DATABASE_URL=postgres://app@db/app'),
      }),
      ['postgres DATABASE_URL=postgres'],
    ],
    [
      'two schemes for two drivers',
      requiring(FASTAPI, 'sqlalchemy asyncpg psycopg2', {
        'settings.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["ASYNC_DATABASE_URL"]\n',
        '.env.example': 'DATABASE_URL=postgresql://h/d\nASYNC_DATABASE_URL=postgresql+asyncpg://h/d\n',
      }),
      ['postgres DATABASE_URL=postgresql ASYNC_DATABASE_URL=postgresql+asyncpg'],
    ],
    [
      'the driver that a name asks for',
      requiring(FASTAPI, 'sqlalchemy asyncpg psycopg2', {
        'settings.py': 'import os\nA = os.environ["DATABASE_URL"]\nB = os.environ["DATABASE_URL_SYNC"]\n',
        'db.py':
          'from sqlalchemy.ext.asyncio import create_async_engine\nfrom settings import A\ne = create_async_engine(A)\n',
      }),
      ['postgres DATABASE_URL=postgresql+asyncpg DATABASE_URL_SYNC=postgresql+psycopg2'],
    ],
    [
      'the scheme of the database in the place of that of SQLite',
      requiring(FASTAPI, 'sqlalchemy asyncpg', {
        'settings.py':
          'import os\nA = os.getenv("DB_TYPE", "sqlite+aiosqlite"), os.environ["DB_HOST"], os.environ["DB_USER"]\nB = os.getenv("DB_DIALECT", "sqlite")\n',
      }),
      ['postgres DB_HOST=host DB_USER=user DB_TYPE=choice DB_DIALECT=choice'],
    ],
    [
      'no address of pages that a service has beside its own protocol',
      requiring(FASTAPI, 'pika', {
        'settings.py': 'import os\nA = os.environ["RABBITMQ_URL"]\nB = os.environ["RABBITMQ_ADMIN_URL"]\n',
        'compose.yaml': `${environment('RABBITMQ_ADMIN_URL=http://bus:15672')}  bus: { image: rabbitmq }\n`,
      }),
      ['rabbitmq RABBITMQ_URL=amqp'],
    ],
    [
      'a name that says nothing, by its value',
      requiring(FLASK, 'redis', {
        'shop/config.py': 'import os\nA = os.environ["BACKPLANE"]\n',
        'compose.yaml': environment('BACKPLANE=redis://r'),
      }),
      ['redis BACKPLANE=redis'],
    ],
    [
      'hosts by the images behind their names',
      requiring(FASTAPI, 'redis asyncpg', {
        'settings.py': 'import os\nA = os.environ["STORE_HOST"]\nB = os.environ["BUS_SERVER"]\n',
        'compose.yaml': `${environment('STORE_HOST=db', 'BUS_SERVER=bus:6379', 'NAME=db')}  db: { image: postgres }\n  bus: { image: redis }\n`,
      }),
      ['postgres STORE_HOST=host', 'redis BUS_SERVER=server'],
    ],
    [
      'several hosts of one service, each with its port',
      requiring(FASTAPI, 'redis', {
        'settings.py': [
          'import os',
          'A = os.getenv("REDIS_CACHE_HOST", "localhost")',
          'B = os.getenv("REDIS_CACHE_PORT", "6379")',
          'C = os.getenv("REDIS_RATE_LIMIT_HOST", "localhost")',
          'D = os.getenv("REDIS_QUEUE_NAME", "jobs")',
          'E = os.getenv("REDIS_SENTINEL_HOST", "")',
        ].join('\n'),
      }),
      ['redis REDIS_CACHE_HOST=host REDIS_CACHE_PORT=port REDIS_RATE_LIMIT_HOST=host'],
    ],
    [
      "a cache's location in Django's settings",
      requiring(DJANGO, 'django-redis', {
        'site_/caches.py':
          'import os\nCACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ.get("PLACE")}}\n',
      }),
      ['redis PLACE=redis'],
    ],
    [
      'a broker that the code fixes, by what Celery reads itself',
      requiring(FLASK, 'celery[redis]', {
        'shop/tasks.py': 'from celery import Celery\n\ncelery = Celery("shop", broker="redis://localhost:6379/0")\n',
      }),
      ['redis CELERY_BROKER_URL=redis CELERY_RESULT_BACKEND=redis'],
    ],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts?.services.map(shown)).toEqual(expected);
  });

  it("a fixed address that is not only Celery's stays a question", async () => {
    const { diagnostics } = await detectFiles(
      requiring(FLASK, 'celery[redis]', {
        'shop/tasks.py': [
          'from celery import Celery',
          'from redis import Redis',
          'celery = Celery("shop", broker="redis://localhost:6379/0")',
          'seen = Redis.from_url("redis://localhost:6379/1")',
          '',
        ].join('\n'),
      }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(['QS502']);
  });
});

describe('plain values', () => {
  const app = (names: readonly string[], more: Files) =>
    withFiles(FLASK, {
      'shop/config.py': `import os\n${names.map(name => `${name} = os.environ["${name}"]`).join('\n')}\n`,
      ...more,
    });

  it.each<readonly [string, Files, readonly string[]]>([
    [
      'of the compose file',
      app(['MODE'], { 'compose.yaml': environment('MODE=shop.Production') }),
      ['MODE=shop.Production'],
    ],
    ['of the image', app(['MODE'], { Dockerfile: 'FROM python\nENV MODE=live\n' }), ['MODE=live in the image']],
    ['of an example, where there is no default', app(['MODE'], { '.env.example': 'MODE=x\n' }), ['MODE=x']],
    [
      'none that has SQLite in place of the database that the app has',
      app(['USE_SQLITE', 'MODE', 'DATABASE_URL'], {
        'requirements.txt': `${FLASK['requirements.txt']}psycopg==3.2.3\n`,
        '.env.example': 'USE_SQLITE=1\nMODE=x\n',
      }),
      ['MODE=x'],
    ],
    [
      'one that has SQLite where the app has nothing else',
      app(['USE_SQLITE'], { '.env.example': 'USE_SQLITE=1\n' }),
      ['USE_SQLITE=1'],
    ],
    [
      'none of an example, where there is one',
      withFiles(FLASK, { 'shop/config.py': 'import os\nA = os.getenv("MODE", "y")\n', '.env.example': 'MODE=x\n' }),
      [],
    ],
    [
      'none that no code reads, and no secrets, switches for developers or other containers',
      app(['API_TOKEN', 'APP_DEBUG', 'SEARCH', 'UPSTREAM', 'PORT'], {
        'compose.yaml': `${environment(
          'OTHER=1',
          'API_TOKEN=t',
          'APP_DEBUG=1',
          'SEARCH=http://search:9200/',
          'UPSTREAM=https://user:word@example.org',
          'PORT=5000',
        )}  search: { image: example/search }\n`,
      }),
      [],
    ],
    [
      'what the configuration sets keeps that value',
      app(['MODE'], { 'compose.yaml': environment('MODE=a'), 'quayside.yaml': 'env: { MODE: b }\n' }),
      [],
    ],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(
      (facts?.environment ?? []).map(
        ({ name, value, inImage }) => `${name}=${value.value}${inImage ? ' in the image' : ''}`,
      ),
    ).toEqual(expected);
  });

  it.each([
    ['site_.live', 'site_.live'],
    ['site_.local', 'site_.settings'],
    ['elsewhere.settings', 'site_.settings'],
  ])('Django is served with the settings %s of the compose file: %s', async (given, expected) => {
    const { facts } = await detectFiles(
      withFiles(DJANGO, {
        'site_/live.py': 'from .settings import *\n',
        'site_/local.py': 'from .settings import *\n',
        'compose.yaml': environment(`DJANGO_SETTINGS_MODULE=${given}`),
      }),
    );
    expect(facts?.entry?.value.settings?.value).toBe(expected);
  });
});

describe('a variable that names a file of settings', () => {
  const app = (code: string, more: Files) => withFiles(FLASK, { 'shop/config.py': `import os\n${code}\n`, ...more });
  const dockerfile = (...lines: readonly string[]) =>
    ['FROM python:3.12', 'WORKDIR /opt/shop', ...lines, 'CMD ["gunicorn", "shop:create_app()"]', ''].join('\n');
  const soft = 'A = "SHOP_SETTINGS" in os.environ and os.environ["SHOP_SETTINGS"]';

  it.each<readonly [string, Files, readonly string[], readonly string[]]>([
    [
      'is not set where its container is given that file from outside',
      app(soft, { Dockerfile: dockerfile('ENV SHOP_SETTINGS=/etc/shop.cfg') }),
      [],
      ['SHOP_SETTINGS=/etc/shop.cfg Dockerfile:3'],
    ],
    [
      'nor where a compose file mounts it',
      app('A = os.getenv("SHOP_SETTINGS", "config.yaml")', {
        'compose.yaml': environment('SHOP_SETTINGS=/config/config.yaml'),
      }),
      [],
      ['SHOP_SETTINGS=/config/config.yaml compose.yaml:5'],
    ],
    [
      'is where a step puts it there',
      app(soft, { Dockerfile: dockerfile('COPY shop.cfg /etc/', 'ENV SHOP_SETTINGS=/etc/shop.cfg'), 'shop.cfg': '' }),
      ['SHOP_SETTINGS'],
      [],
    ],
    [
      'and where it lies in the app',
      app(soft, { Dockerfile: dockerfile('ENV SHOP_SETTINGS=/opt/shop/shop.cfg'), 'shop.cfg': '' }),
      ['SHOP_SETTINGS'],
      [],
    ],
  ])('%s', async (_, files, set, unset) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect((facts?.environment ?? []).map(({ name }) => name)).toEqual(set);
    expect((facts?.unset ?? []).map(({ value, place }) => `${value} ${place.file}:${place.line}`)).toEqual(unset);
  });
});

it('a scheme takes the place of that of SQLite in the same spelling, unless the deployment has one', async () => {
  const files = withFiles(FASTAPI, {
    'requirements.txt': `${FASTAPI['requirements.txt']}sqlalchemy\nasyncpg\n`,
    'settings.py':
      'import os\nA = os.getenv("DB_TYPE", "sqlite+aiosqlite"), os.environ["DB_HOST"], os.getenv("SQL_ENGINE", "sqlite")\nB = os.getenv("DB_DIALECT", "sqlite")\n',
    'compose.yaml': 'services:\n  web:\n    build: .\n    environment: { DB_DIALECT: postgresql+psycopg }\n',
  });
  const { facts } = await detectFiles(files);
  const words = facts?.services.flatMap(({ parts = [] }) =>
    parts.flatMap(({ part, variable, word }) => (part === 'choice' ? [`${variable.value}=${word}`] : [])),
  );
  expect(words).toEqual(['DB_TYPE=postgresql+asyncpg', 'SQL_ENGINE=postgresql']);
});
