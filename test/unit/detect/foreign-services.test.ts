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

const ELASTIC = 'elasticsearch\n';
const CONDITIONS = {
  'tested by an if': 'URL = os.environ.get("ELASTICSEARCH_URL")\nif URL:\n    client = Elasticsearch(URL)',
  'chosen by an expression': 'URL = os.getenv("ELASTICSEARCH_URL")\nclient = Elasticsearch([URL]) if URL else None',
  'tested where it is kept':
    'class Config:\n    ELASTIC = os.environ.get("ELASTICSEARCH_URL")\n\ndef start(app):\n    if not app.config["ELASTIC"]:\n        return None',
  'tested by its own name':
    'if "ELASTICSEARCH_URL" in os.environ:\n    client = Elasticsearch(os.environ.get("ELASTICSEARCH_URL"))',
  'tested through getattr':
    'ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL")\nif getattr(settings, "ELASTICSEARCH_URL", None) is not None:\n    start()',
  'with an empty default': 'URL = os.environ.get("ELASTICSEARCH_ENDPOINT", "")',
  'with False': 'URL = os.environ.get("ELASTICSEARCH_URL", False)',
} as const;

it.each(Object.entries(CONDITIONS))('is gone without when its address is %s', async (_, code) => {
  const { facts, diagnostics } = await detectFiles(app(ELASTIC, `from elasticsearch import Elasticsearch\n${code}`));
  expect(diagnostics).toEqual([]);
  expect(facts?.absentServices).toMatchObject([{ service: 'elasticsearch', place: { file: 'shop/store.py' } }]);
  expect(facts?.absentServices?.[0]?.why).toMatch(/^without ELASTICSEARCH_(URL|ENDPOINT) the app goes without$/);
});

it.each([
  ['in try', 'try:\n    import oracledb\n    ENABLED = True\nexcept ImportError:\n    ENABLED = False'],
  ['in a function', 'def connect():\n    import oracledb\n    return oracledb.connect()'],
  ['below a condition', 'if os.environ.get("KIND") == "oracle":\n    import oracledb'],
])('is gone without when its client is imported only %s', async (_, code) => {
  const { facts, diagnostics } = await detectFiles(app('oracledb', code));
  expect(diagnostics).toEqual([]);
  expect(facts?.absentServices).toMatchObject([{ service: 'oracle', place: { file: 'shop/store.py' } }]);
});

it.each([
  [
    'the app ends without it',
    'URL = os.environ.get("ELASTICSEARCH_URL")\nif not URL:\n    raise RuntimeError("no search")',
  ],
  ['the read fails without it', 'URL = os.environ["ELASTICSEARCH_URL"]\nif URL:\n    start()'],
  ['it has a default', 'URL = os.environ.get("ELASTICSEARCH_URL", "http://localhost:9200")\nif URL:\n    start()'],
  [
    'only its value is looked at',
    'URL = os.environ.get("ELASTICSEARCH_URL")\nif URL.startswith("https"):\n    start()',
  ],
])('is needed when %s', async (_, code) => {
  const { diagnostics } = await detectFiles(app(ELASTIC, `from elasticsearch import Elasticsearch\n${code}`));
  expect(diagnostics.map(({ code: found }) => found)).toEqual(['QS505']);
});

it('leaves its variables to it', async () => {
  const code = 'URL = os.environ["DATABASE_URL"]\nMONGO = os.environ.get("MONGO_DB_URL", False)\nimport pymongo';
  const { facts } = await detectFiles(app('pymongo\npsycopg', code));
  expect(facts?.services.flatMap(({ addresses = [] }) => addresses.map(({ variable }) => variable.value))).toEqual([
    'DATABASE_URL',
  ]);
});

it('cannot be turned on', async () => {
  for (const [name] of FOREIGN_SERVICES) {
    const { diagnostics } = await detectFiles(withFiles(FLASK, { 'quayside.yaml': `services: { ${name}: {} }\n` }));
    expect(diagnostics.map(({ code, place }) => [code, place?.key])).toEqual([['QS103', `services.${name}`]]);
  }
});
