/** PostgreSQL. */
import type { RunServiceDefinition } from './definition.js';
import { databaseVariables } from './shared/database-variables.js';

/** Images whose own version comes first name the server's as `pg16`. */
const SERVER = /(?:^|-)pg(\d+(?:\.\d+)*)/;

export const postgres: RunServiceDefinition = {
  run: true,
  rank: 30,
  title: 'PostgreSQL',
  doc: 'by psycopg, psycopg2, asyncpg or pg8000',
  isDatabase: true,
  drivers: [
    {
      packages: [
        'psycopg',
        'psycopg-binary',
        'psycopg-c',
        'sqlalchemy[postgresql-psycopg]',
        'sqlalchemy[postgresql-psycopgbinary]',
        'tortoise-orm[psycopg]',
      ],
      scheme: 'postgresql+psycopg',
      plain: 'postgresql',
      tortoise: 'psycopg',
    },
    {
      packages: ['psycopg2', 'psycopg2-binary', 'sqlalchemy[postgresql]', 'sqlalchemy[postgresql-psycopg2binary]'],
      engine: 'sync',
      scheme: 'postgresql+psycopg2',
      plain: 'postgresql',
      unnamedBefore: '2.1',
    },
    {
      packages: [
        'asyncpg',
        'piccolo[postgres]',
        'piccolo[all]',
        'tortoise-orm[asyncpg]',
        'databases[postgresql]',
        'databases[asyncpg]',
        'sqlalchemy[postgresql-asyncpg]',
        'edgy[postgres]',
        'saffier[postgres]',
        'ormar[postgresql]',
      ],
      engine: 'async',
      scheme: 'postgresql+asyncpg',
      plain: 'postgresql',
      tortoise: 'postgres',
    },
    { packages: ['pg8000'], engine: 'sync', scheme: 'postgresql+pg8000', plain: 'postgresql' },
  ],
  variables: databaseVariables('POSTGRES', 'POSTGRESQL', 'PG'),
  example: 'DATABASE_URL',
  schemes: /^(postgres(ql)?(\+\w+)?|postgis|asyncpg|psycopg)$/,
  prefixes: ['DB', 'DATABASE', 'SQL', 'RDS', 'POSTGRES', 'POSTGRESQL', 'PSQL', 'PG'],
  isOpen: false,
  programs: ['postgres', 'postmaster', 'pg_ctl'],
  images: [
    { repository: 'postgres' },
    { repository: 'postgis/postgis' },
    { repository: 'imresamu/postgis' },
    { repository: 'kartoza/postgis' },
    { repository: 'bitnami/postgresql' },
    { repository: 'pgautoupgrade/pgautoupgrade' },
    { repository: 'pgvector/pgvector', version: SERVER },
    { repository: 'ankane/pgvector', version: SERVER },
    { repository: 'timescale/timescaledb', version: SERVER },
    { repository: 'timescale/timescaledb-ha', version: SERVER },
  ],
  variants: [
    {
      title: 'PostGIS',
      image: 'docker.io/postgis/postgis:{version}-3.5',
      repositories: ['postgis/postgis', 'imresamu/postgis'],
      packages: ['geoalchemy2', 'django-gis', 'djangorestframework-gis', 'django-leaflet'],
      texts: /^django\.contrib\.gis(\.db\.backends\.postgis)?$|^postgis:\/\//,
      django: { scheme: 'postgis', engine: 'django.contrib.gis.db.backends.postgis' },
    },
    {
      title: 'pgvector',
      image: 'docker.io/pgvector/pgvector:pg{version}',
      repositories: ['pgvector/pgvector'],
      packages: ['pgvector', 'langchain-postgres', 'llama-index-vector-stores-postgres'],
    },
  ],
  djangoEngine: 'django.db.backends.postgresql',
  djangoDriver: 'psycopg',
  sharesMessages: true,
  seenByBrowsers: false,
};
