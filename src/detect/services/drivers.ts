/** Python packages that talk to a service, and how the address of the service is spelt for them. */
import type { ServiceKind } from '../facts.js';

export interface Driver {
  readonly kind: ServiceKind;
  /** Package names, with an extra where only that brings the driver: `celery[redis]`. */
  readonly packages: readonly string[];
  /** URL scheme for SQLAlchemy. */
  readonly scheme: string;
  /** URL scheme where the library itself or a URL parser reads the address. */
  readonly plain: string;
  /** URL scheme of Django's URL parsers, where it differs from `plain`. */
  readonly django?: string;
  /** Libraries that can do without the service: only a variable in the code shows that it is used. */
  readonly optional?: boolean;
  /** The one kind of SQLAlchemy's engines that it is for; absent: both. */
  readonly engine?: 'sync' | 'async';
}

/** The drivers; the first that is a main dependency gives the scheme. */
export const DRIVERS: readonly Driver[] = [
  { kind: 'mariadb', packages: ['pymysql'], engine: 'sync', scheme: 'mysql+pymysql', plain: 'mysql' },
  { kind: 'mariadb', packages: ['mysqlclient'], engine: 'sync', scheme: 'mysql+mysqldb', plain: 'mysql' },
  {
    kind: 'mariadb',
    packages: ['mariadb'],
    engine: 'sync',
    scheme: 'mariadb+mariadbconnector',
    plain: 'mariadb',
    django: 'mysql',
  },
  {
    kind: 'mariadb',
    packages: ['mysql-connector-python'],
    engine: 'sync',
    scheme: 'mysql+mysqlconnector',
    plain: 'mysql',
  },
  { kind: 'mariadb', packages: ['aiomysql'], engine: 'async', scheme: 'mysql+aiomysql', plain: 'mysql' },
  { kind: 'mariadb', packages: ['asyncmy'], engine: 'async', scheme: 'mysql+asyncmy', plain: 'mysql' },
  { kind: 'postgres', packages: ['psycopg'], scheme: 'postgresql+psycopg', plain: 'postgresql' },
  {
    kind: 'postgres',
    packages: ['psycopg2', 'psycopg2-binary'],
    engine: 'sync',
    scheme: 'postgresql+psycopg2',
    plain: 'postgresql',
  },
  { kind: 'postgres', packages: ['asyncpg'], engine: 'async', scheme: 'postgresql+asyncpg', plain: 'postgresql' },
  { kind: 'postgres', packages: ['pg8000'], engine: 'sync', scheme: 'postgresql+pg8000', plain: 'postgresql' },
  {
    kind: 'redis',
    packages: ['redis', 'aioredis', 'rq', 'celery[redis]', 'dramatiq[redis]', 'django-redis', 'arq'],
    scheme: 'redis',
    plain: 'redis',
  },
  {
    kind: 'redis',
    packages: ['celery', 'flask-caching', 'flask-limiter'],
    scheme: 'redis',
    plain: 'redis',
    optional: true,
  },
  { kind: 'rabbitmq', packages: ['pika', 'aio-pika', 'aioamqp'], scheme: 'amqp', plain: 'amqp' },
  { kind: 'rabbitmq', packages: ['celery[librabbitmq]', 'dramatiq[rabbitmq]'], scheme: 'amqp', plain: 'amqp' },
  {
    kind: 'mailpit',
    packages: ['django-environ', 'aiosmtplib', 'flask-mail', 'flask-mailman'],
    scheme: 'smtp',
    plain: 'smtp',
    optional: true,
  },
];
