/** Services that Quayside does not run: named when a client is installed and used, and only then. */
import { expect, it } from 'vitest';
import { FOREIGN_SERVICES } from '../../../src/support/run-services.js';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const app = (packages: string, code: string, more: Files = {}): Files =>
  withFiles(FLASK, {
    'requirements.txt': `flask\ngunicorn\n${packages}\n`,
    'shop/store.py': `import os\n${code}\n`,
    ...more,
  });

it.each<readonly [string, Files, readonly string[]]>([
  ['MongoDB, imported', app('pymongo', 'from pymongo import MongoClient'), ['MongoDB shop/store.py:2']],
  ['MongoDB, by a variable', app('motor', 'X = os.environ["MONGODB_URL"]'), ['MongoDB shop/store.py:2']],
  ['Kafka, under another name', app('kafka-python', 'import kafka'), ['Kafka shop/store.py:2']],
  [
    'Oracle Database, in settings',
    app('oracledb', 'DATABASES = {"default": {"ENGINE": "django.db.backends.oracle"}}'),
    ['Oracle Database shop/store.py:2'],
  ],
  ['Elasticsearch', app('elasticsearch', 'from elasticsearch import Elasticsearch'), ['Elasticsearch shop/store.py:2']],
  [
    "SQL Server, in SQLAlchemy's address",
    app('pymssql', 'U = os.environ["DATABASE_URL"]'),
    ['SQL Server shop/store.py:2'],
  ],
  [
    'two at once',
    app('neo4j\nnats-py', 'import nats\nimport neo4j'),
    ['Neo4j shop/store.py:3', 'NATS shop/store.py:2'],
  ],
  ['a client beside the driver of the database', app('pymssql\npsycopg', 'U = os.environ["DATABASE_URL"]'), []],
  ['a client that nothing uses', app('pymongo', 'X = 1'), []],
  [
    'a client for the tests',
    app('', 'X = 1', { 'requirements-dev.txt': 'pymongo\n', 'tests/test_a.py': 'import pymongo\n' }),
    [],
  ],
  ['gone without', app('pymongo', 'import pymongo', { 'quayside.yaml': 'services: { mongodb: false }\n' }), []],
])('%s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(withFiles(files, { 'tests/test_a.py': undefined }));
  expect(
    diagnostics.map(found => {
      const { place } = found;
      return `${found.code === 'QS505' ? found.data.title : found.code} ${place?.file}:${place?.line}`;
    }),
  ).toEqual(expected);
  expect(facts === undefined).toBe(expected.length > 0);
});

it('cannot be turned on', async () => {
  for (const [name] of FOREIGN_SERVICES) {
    const { diagnostics } = await detectFiles(withFiles(FLASK, { 'quayside.yaml': `services: { ${name}: {} }\n` }));
    expect(diagnostics.map(({ code, place }) => [code, place?.key])).toEqual([['QS103', `services.${name}`]]);
  }
});
