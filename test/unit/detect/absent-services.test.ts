/** Services that Quayside could run and the app goes without: a driver that is installed is no proof that they are needed. */
import { describe, expect, it } from 'vitest';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const flask = (packages: string, code: string, more: Files = {}): Files =>
  withFiles(FLASK, {
    'requirements.txt': `flask\ngunicorn\n${packages}\n`,
    'shop/store.py': `import os\n${code}\n`,
    ...more,
  });

const PARTS_OF_SETTINGS = [
  'from pydantic_settings import BaseSettings',
  'from pydantic import BaseModel, Field',
  '',
  'class Persistence(BaseModel):',
  '    shop_database_url: str | None = Field(default=None)',
  '',
  'class Settings(Persistence, BaseSettings):',
  '    title: str = "shop"',
  '',
].join('\n');

const fastapi = (db: string): Files =>
  withFiles(FASTAPI, {
    'requirements.txt': 'fastapi\nuvicorn\nsqlalchemy\nasyncpg\naiosqlite\n',
    'settings.py': PARTS_OF_SETTINGS,
    'db.py': db,
  });

const SETTINGS_OF_TWO_KINDS = withFiles(DJANGO, {
  'requirements.txt': 'Django==5.2\ngunicorn==23.0.0\nredis\n',
  'site_/prod.py':
    'from .settings import *\nCACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://localhost"}}\n',
});

const BUCKET = [
  'S3_BUCKET = os.environ.get("S3_BUCKET") or None',
  'S3_ENDPOINT_URL = os.environ.get("S3_ENDPOINT_URL") or None',
  'if S3_BUCKET:',
  '    import boto3',
].join('\n');

describe('a service that could be run', () => {
  it.each<readonly [string, Files, string, string]>([
    [
      'is no database of an app that tests for its address',
      fastapi(
        'from settings import settings\nif settings.shop_database_url:\n    KIND = "POSTGRES"\nelse:\n    KIND = "sqlite"\n',
      ),
      'postgres',
      'without SHOP_DATABASE_URL the app goes without',
    ],
    [
      'is not needed because a client is installed',
      flask('redis', 'X = 1'),
      'redis',
      'redis is installed, and no code in use names it',
    ],
    [
      'is not needed by an app with SQLite',
      flask('psycopg2-binary', 'URL = "sqlite:///" + os.path.join("x", "app.db")'),
      'postgres',
      'psycopg2-binary is installed, and no code in use names it',
    ],
    [
      'is not needed by an app with SQLite that asks which database it has',
      flask(
        'psycopg2-binary',
        'URL = "sqlite:///" + os.path.join("x", "app.db")\nIS = connection.vendor == "postgresql"',
      ),
      'postgres',
      'psycopg2-binary is installed, and no code in use names it',
    ],
    [
      'is not needed by an app with SQLite whose compose file runs it all the same',
      flask('psycopg2-binary', 'URL = "sqlite:///" + os.path.join("x", "app.db")', {
        'compose.yaml': 'services:\n  web:\n    build: .\n  db:\n    image: postgres:17\n',
      }),
      'postgres',
      'psycopg2-binary is installed, and no code in use names it',
    ],
    [
      'is not needed by settings that nobody serves',
      SETTINGS_OF_TWO_KINDS,
      'redis',
      'redis is installed, and no code in use names it',
    ],
    [
      'is not needed by an app that tests for the name of a bucket beside its address',
      flask('boto3', BUCKET),
      'minio',
      'without S3_BUCKET the app goes without',
    ],
  ])('%s', async (_, files, service, why) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts?.services).toEqual([]);
    expect(facts?.absentServices).toMatchObject([{ service, why }]);
  });

  it.each<readonly [string, Files]>([
    [
      'the compose file gives its address',
      withFiles(fastapi('from settings import settings\nif settings.shop_database_url:\n    KIND = "POSTGRES"\n'), {
        'compose.yaml':
          'services:\n  web:\n    build: .\n    environment:\n      SHOP_DATABASE_URL: postgresql+asyncpg://a:b@db/shop\n  db:\n    image: postgres:17\n',
      }),
    ],
    [
      'the configuration asks for it',
      withFiles(fastapi('from settings import settings\nif settings.shop_database_url:\n    KIND = "POSTGRES"\n'), {
        'quayside.yaml': 'services: { postgres: {} }\n',
      }),
    ],
    [
      'nothing tests for its address',
      fastapi('from settings import settings\nengine = make(settings.shop_database_url)\n'),
    ],
    [
      'its address has SQLite as another value',
      flask('psycopg2-binary', 'URL = os.environ.get("DATABASE_URL") or "sqlite:///app.db"'),
    ],
  ])('is run when %s', async (_, files) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts?.services.map(({ kind }) => kind)).toEqual(['postgres']);
    expect(facts?.absentServices).toBeUndefined();
  });
});
