/** Drivers of several databases, and several drivers of one: what settles them before anybody is asked. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const flask = (packages: string, code: string, more: Files = {}): Files =>
  withFiles(FLASK, {
    'requirements.txt': `flask\ngunicorn\n${packages}\n`,
    'shop/store.py': `import os\n${code}\n`,
    ...more,
  });

async function found(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  if (!facts) return diagnostics.map(({ code }) => code);
  return facts.services.flatMap(({ kind, addresses = [], parts = [] }) => [
    ...addresses.map(({ variable, scheme }) => `${kind} ${variable.value}=${scheme.value}`),
    ...parts.map(({ part, variable, word }) => `${kind} ${variable.value}=${[part, word ?? []].flat().join(' ')}`),
  ]);
}

/** Code that chooses a database by a word. */
const HOST = 'H = os.getenv("SHOP_DB_HOST")';
const CHOICE = `if os.getenv("SHOP_DB_TYPE"DEFAULT) == "sqlite":\n    URL = "sqlite:///a"\n${HOST}`;

describe('databases', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'with the driver that waits for nothing, where an engine of SQLModel is wrapped for it',
      flask(
        'sqlmodel\nasyncpg\npsycopg2-binary',
        'from sqlalchemy.ext.asyncio import AsyncEngine\nfrom sqlmodel import create_engine\nE = AsyncEngine(create_engine(os.environ["DATABASE_URL"]))',
      ),
      ['postgres DATABASE_URL=postgresql+asyncpg'],
    ],
    [
      'by a function of a library that reads variables, and by one of the app that asks it',
      flask(
        'redis\npsycopg',
        'from rigour.env import env_str\n\ndef legacy(new, old, default):\n    return env_str(new, env_str(old, default))\n\nA = env_str("DATABASE_URL", "postgresql://localhost/shop")\nB = legacy("SHOP_REDIS_URL", "SHOP_CACHE", "redis://localhost:6379")',
      ),
      ['postgres DATABASE_URL=postgresql', 'redis SHOP_REDIS_URL=redis'],
    ],
    [
      'in parts, behind what all of the variables begin with',
      flask(
        'psycopg\nredis\nflask-mail',
        'A = [os.getenv(n) for n in ()]\n' +
          ['DB_HOST', 'DB_USER', 'DB_PASSWORD', 'DB_NAME', 'SECRET_KEY', 'MAIL_SERVER', 'REDIS_HOST']
            .map(name => `${name} = os.environ.get("MY_FINE_SHOP_${name}")`)
            .join('\n'),
      ),
      [
        'postgres MY_FINE_SHOP_DB_HOST=host',
        'postgres MY_FINE_SHOP_DB_USER=user',
        'postgres MY_FINE_SHOP_DB_PASSWORD=password',
        'postgres MY_FINE_SHOP_DB_NAME=database',
        'redis MY_FINE_SHOP_REDIS_HOST=host',
        'mailpit MY_FINE_SHOP_MAIL_SERVER=host',
      ],
    ],
    [
      'not those of another thing among variables that begin otherwise',
      flask(
        'psycopg',
        'A = os.environ["DATABASE_URL"]\nB = os.getenv("OLD_PAPER_SHOP_DB_HOST"), os.getenv("OLD_PAPER_SHOP_DB_USER"), os.getenv("X"), os.getenv("Y")',
      ),
      ['postgres DATABASE_URL=postgresql'],
    ],
    [
      'by the address of a connection',
      flask('psycopg2', 'A = os.getenv("SQLALCHEMY_CONNECTION_URL", "sqlite:///./shop.db")'),
      ['postgres SQLALCHEMY_CONNECTION_URL=postgresql'],
    ],
    [
      'by what brings a driver under another name',
      flask('flask-mysqldb', 'A = os.environ["MYSQL_URL"]'),
      ['mariadb MYSQL_URL=mysql'],
    ],
    ['Redis, by SAQ', flask('saq[hiredis]', 'A = os.environ["REDIS_URL"]'), ['redis REDIS_URL=redis']],
    [
      'by a driver that an extra brings',
      flask('piccolo[postgres]', 'A = os.environ["DB_HOST"], os.environ["DB_USER"], os.environ["DB_PASSWORD"]'),
      ['postgres DB_HOST=host', 'postgres DB_USER=user', 'postgres DB_PASSWORD=password'],
    ],
    [
      'by a driver that another extra brings',
      flask('databases[postgresql]', 'A = os.environ["DATABASE_URL"]'),
      ['postgres DATABASE_URL=postgresql'],
    ],
    [
      'Redis by host and port in one variable',
      flask('redis', 'A = os.getenv("REDIS_BROKER", "localhost:6379").split(":")'),
      ['redis REDIS_BROKER=server'],
    ],
    [
      'both, where each has variables of its own',
      flask('pymysql\npsycopg', 'A = os.environ["MYSQL_URL"], os.environ["POSTGRES_URL"]'),
      ['mariadb MYSQL_URL=mysql', 'postgres POSTGRES_URL=postgresql'],
    ],
    [
      'both, where values point to each',
      flask(
        'pymysql\npsycopg',
        'A = os.getenv("DATABASE_URL", "postgresql://localhost/a"), os.getenv("LEGACY_DB_URL", "mysql://localhost/b")',
      ),
      ['mariadb LEGACY_DB_URL=mysql', 'postgres DATABASE_URL=postgresql'],
    ],
    [
      'the one that the code chooses by a word, and no word where that is the default',
      flask(
        'psycopg',
        `DATABASE = {"engine": "django.db.backends.sqlite3", "name": os.getenv("DB_NAME", "shop.sqlite")}
if os.getenv("DB") == "postgres":
    DATABASE = {"engine": "django.db.backends.postgresql", "host": os.getenv("DB_HOST"), "name": os.getenv("DB_NAME")}
if os.getenv("DB") in ["mysql", "mariadb"]:
    DATABASE = {"engine": "django.db.backends.mysql", "host": os.getenv("DB_HOST")}
STORE = os.getenv("STORE_DB", "postgresql")
if STORE == "postgresql":
    STORE = "postgresql://"`,
      ),
      ['postgres DB_NAME=database', 'postgres DB_HOST=host', 'postgres DB=choice postgres'],
    ],
    [
      'the one whose driver another package brings, where a default in the code is its address',
      flask('', 'A = os.getenv("DATABASE_URL", "postgis://me@db/a")'),
      ['postgres DATABASE_URL=postgis'],
    ],
    [
      'its parts, where what an address begins with and the rest of it are put together of them',
      flask(
        'asyncpg\npydantic-settings',
        `from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    POSTGRES_USER: str = os.getenv("POSTGRES_USER", "me")
    POSTGRES_SERVER: str = os.getenv("POSTGRES_SERVER", "localhost")
    POSTGRES_PREFIX: str = os.getenv("POSTGRES_PREFIX", "postgresql+asyncpg://")
    POSTGRES_URI: str = f"{POSTGRES_USER}@{POSTGRES_SERVER}/a"
    POSTGRES_URL: str = f"{POSTGRES_PREFIX}{POSTGRES_URI}"
settings = Settings()`,
      ),
      ['postgres POSTGRES_USER=user', 'postgres POSTGRES_SERVER=host'],
    ],
    [
      'its whole address, where the default is one of SQLite in memory',
      flask('psycopg', 'import psycopg\nA = os.getenv("DATABASE_URL", "sqlite://")'),
      ['postgres DATABASE_URL=postgresql'],
    ],
    [
      'its whole address where that is put together of what nobody gives',
      flask('psycopg', 'NAME = "a"\nA = os.getenv("DATABASE_URL", f"{NAME}.db")'),
      ['postgres DATABASE_URL=postgresql'],
    ],
    [
      'none by an address where the driver of another is there',
      flask('pymysql', 'A = os.getenv("DATABASE_URL", "mysql+pymysql://db/a"), os.getenv("OLD", "postgres://db/b")'),
      ['mariadb DATABASE_URL=mysql+pymysql'],
    ],
    [
      "the one whose driver's binary part is asked for alone",
      flask('psycopg-binary', 'A = os.environ["EE_DATABASE_HOST"]'),
      ['postgres EE_DATABASE_HOST=host'],
    ],
    [
      'the one whose variable is read by a function that hands its name on to another',
      flask(
        'psycopg',
        'def value_of(key, default):\n    return os.getenv(key) or default\n\ndef lazily(key, default):\n    return lambda: value_of(key=key, default=default)\n\nURL = lazily("DATABASE_URL", "postgresql+psycopg://localhost/a")',
      ),
      ['postgres DATABASE_URL=postgresql+psycopg'],
    ],
    [
      'the one that has a variable of its own',
      flask('pymysql\npsycopg', 'A = os.environ["POSTGRES_HOST"]'),
      ['postgres POSTGRES_HOST=host'],
    ],
    [
      'the one that a default is which a class of addresses takes',
      flask('asyncmy\nasyncpg', 'A = os.getenv("DATABASE_URL", pydantic.PostgresDsn("postgresql://localhost/a"))'),
      ['postgres DATABASE_URL=postgresql'],
    ],
    [
      'the one that the default in the code is',
      flask('asyncmy\nasyncpg', 'A = os.getenv("DATABASE_URL", "mysql+asyncmy://localhost/a")'),
      ['mariadb DATABASE_URL=mysql+asyncmy'],
    ],
    [
      'the one that the example of the variables has',
      flask('asyncmy\nasyncpg', 'A = os.environ["DATABASE_URL"]', {
        '.env.example': 'DATABASE_URL=postgresql+asyncpg://me@localhost/a\n',
      }),
      ['postgres DATABASE_URL=postgresql+asyncpg'],
    ],
    [
      'the one whose driver the code imports',
      flask('pymysql\npsycopg', 'import psycopg\nA = os.environ["DATABASE_URL"]'),
      ['postgres DATABASE_URL=postgresql'],
    ],
    [
      'none, where a variable that nobody sets chooses between them and SQLite',
      flask('pymysql\npsycopg', CHOICE.replace('DEFAULT', '')),
      [],
    ],
    [
      'none, by the name that the variable has in the code',
      flask(
        'pymysql\npsycopg',
        `kind = os.environ.get("SHOP_DB_TYPE")\nif kind == "sqlite":\n    URL = "sqlite:///a"\n${HOST}`,
      ),
      [],
    ],
    [
      'the one that the default of such a variable names',
      flask('pymysql\npsycopg', CHOICE.replace('DEFAULT', ', "mysql"')),
      ['mariadb SHOP_DB_HOST=host'],
    ],
    [
      'a question, where it chooses between others',
      flask('pymysql\npsycopg', CHOICE.replace('DEFAULT', '').replace('"sqlite"', '"oracle"')),
      ['QS501'],
    ],
    ['a question, where nothing says it', flask('pymysql\npsycopg', 'A = os.environ["DATABASE_URL"]'), ['QS501']],
  ])('%s', async (_, files, expected) => {
    expect(await found(files)).toEqual(expected);
  });
});

describe('a service without a variable', () => {
  const LOGIN =
    'import os, psycopg\nD = {"NAME": os.environ["DB_NAME"], "USER": os.environ["DB_USER"], "PASSWORD": os.environ["DB_PASSWORD"], "HOST": "db"}';
  const WITH_DB = 'services:\n  web: { build: . }\n  db: { image: "postgres:17" }\n';
  it.each<readonly [string, Files, string | undefined]>([
    [
      'is found by the host that the code has',
      flask('redis', 'from redis import Redis\nR = Redis(host="redis", db=0)'),
      'redis',
    ],
    ['is found by its address in the code', flask('redis', 'URL = "redis://redis:6379/0"'), 'redis'],
    ['is found by a host with its port', flask('redis', 'L = {"CONFIG": {"hosts": [("redis", 6379)]}}'), 'redis'],
    ['is found by a place', flask('pymemcache', 'C = {"LOCATION": "memcached:11211"}'), 'memcached'],
    ['is found by a list of places', flask('pymemcache', 'C = {"LOCATION": ["memcached:11211"]}'), 'memcached'],
    ['is asked for where a pair is no host', flask('redis', 'CHOICES = [("redis", 1), ("none", 2)]'), undefined],
    [
      'is found by the name that the compose file has for it',
      withFiles(flask('redis', 'from redis import Redis\nR = Redis(host="cache")'), {
        'compose.yaml': 'services:\n  web: { build: . }\n  cache: { image: "redis:7" }\n',
      }),
      'cache',
    ],
    [
      'is found where it asks for a login that the app reads',
      withFiles(flask('psycopg', LOGIN), { 'compose.yaml': WITH_DB }),
      'db',
    ],
    [
      'is asked for where a part of the login is none of the environment',
      withFiles(flask('psycopg', LOGIN.replace('os.environ["DB_USER"]', '"me"')), { 'compose.yaml': WITH_DB }),
      undefined,
    ],
    [
      'is asked for where it has another name',
      flask('redis', 'from redis import Redis\nR = Redis(host="cache")'),
      undefined,
    ],
    [
      'is asked for where it has a password',
      flask('psycopg', 'import psycopg\nURL = "postgresql://me:it@postgres/shop"'),
      undefined,
    ],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics.map(({ code }) => code)).toEqual(expected === undefined ? ['QS502'] : []);
    expect(facts?.services.map(({ fixed }) => fixed?.value)).toEqual(expected === undefined ? undefined : [expected]);
    const hosts = facts ? makePlan(facts, {}).services.map(({ id }) => id) : undefined;
    expect(hosts).toEqual(expected === undefined ? undefined : [expected]);
  });

  it('is named by its kind in the configuration, whatever its host is called', async () => {
    const { facts } = await detectFiles(
      withFiles(flask('psycopg\npytest', LOGIN), {
        'compose.yaml': WITH_DB,
        'tests/test_shop.py': 'def test_shop():\n    pass\n',
      }),
    );
    const plan = makePlan(facts!, { suites: { unit: { services: ['postgres'] } } });
    expect(plan.suites.find(({ id }) => id === 'unit')?.needs.map(({ to }) => to)).toEqual(['db']);
  });

  it('is found by its parts where a setting puts them together', async () => {
    const files = withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\nredis\n',
      'shop/settings.py':
        'import os\nREDIS_HOST = os.getenv("REDIS_HOST", None)\nREDIS_PORT = os.getenv("REDIS_PORT", 6379)\nREDIS_DB = os.getenv("REDIS_DB", 0)\nCACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": f"redis://{REDIS_HOST}:{REDIS_PORT}/{REDIS_DB}"}}\n',
      'compose.yaml': 'services:\n  web: { build: . }\n  redis: { image: redis }\n',
    });
    expect(await found(files)).toEqual(['redis REDIS_HOST=host', 'redis REDIS_PORT=port', 'redis REDIS_DB=database']);
  });

  it('is no mail server by the address of whom mails are from', async () => {
    const code = 'M = os.environ["EMAIL_FROM_ADDRESS"], os.environ["EMAIL_SMTP_HOST"], os.environ["EMAIL_SMTP_PORT"]';
    expect(await found(flask('', code))).toEqual([
      'mailpit EMAIL_FROM_ADDRESS=sender',
      'mailpit EMAIL_SMTP_HOST=host',
      'mailpit EMAIL_SMTP_PORT=port',
    ]);
  });

  it('is none by the number of a database beside an address', async () => {
    const files = withFiles(FLASK, {
      'requirements.txt': 'flask\ngunicorn\nredis\n',
      'shop/settings.py':
        'import os\nBASE = SERVICES["redis"]\nBASE = os.environ.get("CACHE_BASE")\nCACHE_DB = os.environ.get("CACHE_DB", 0)\nCACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url_of(BASE, CACHE_DB)}}\n',
    });
    expect(await found(files)).toEqual(['redis CACHE_BASE=redis']);
  });
});

describe('a scheme with two drivers', () => {
  const two = (code: string, more: Files = {}) =>
    flask('sqlalchemy\nasyncpg\npsycopg2', `${code}\nURL = os.environ["DATABASE_URL"]`, more);

  it.each<readonly [string, Files, string]>([
    [
      'is that of the example of the variables',
      two('', { '.env.example': 'DATABASE_URL=postgresql+asyncpg://me@localhost/a\n' }),
      'postgresql+asyncpg',
    ],
    [
      'is the one that the code puts another in the place of',
      two('def to(url):\n    return url.replace("postgresql://", "postgresql+asyncpg://")'),
      'postgresql',
    ],
    [
      'is what an old one is mended to',
      two('def to(url):\n    return url.replace("postgres://", "postgresql://")'),
      'postgresql',
    ],
    [
      'is the one that the code writes addresses with',
      two('def of(host):\n    return f"postgresql+asyncpg://me@{host}/a"'),
      'postgresql+asyncpg',
    ],
  ])('%s', async (_, files, scheme) => {
    expect(await found(files)).toEqual([`postgres DATABASE_URL=${scheme}`]);
  });

  it('is asked for where nothing says it', async () => {
    expect(await found(two(''))).toEqual(['QS504']);
  });
});
