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
  ['Neo4j, imported', app('neo4j', 'from neo4j import GraphDatabase'), ['Neo4j shop/store.py:2']],
  ['Neo4j, by a variable', app('neomodel', 'X = os.environ["NEO4J_URI"]'), ['Neo4j shop/store.py:2']],
  ['Cassandra, under another name', app('scylla-driver', 'import cassandra'), ['Cassandra shop/store.py:2']],
  [
    'Oracle Database, in settings',
    app('oracledb', 'DATABASES = {"default": {"ENGINE": "django.db.backends.oracle"}}'),
    ['Oracle Database shop/store.py:2'],
  ],
  ['InfluxDB', app('influxdb-client', 'import influxdb_client'), ['InfluxDB shop/store.py:2']],
  [
    "SQL Server, in SQLAlchemy's address",
    app('pymssql', 'U = os.environ["DATABASE_URL"]'),
    ['SQL Server shop/store.py:2'],
  ],
  [
    'two at once',
    app('neo4j\ninfluxdb', 'import influxdb\nimport neo4j'),
    ['Neo4j shop/store.py:3', 'InfluxDB shop/store.py:2'],
  ],
  ['a client beside the driver of the database', app('pymssql\npsycopg', 'U = os.environ["DATABASE_URL"]'), []],
  ['a client that nothing uses', app('neo4j', 'X = 1'), []],
  [
    'a client for the tests',
    app('', 'X = 1', { 'requirements-dev.txt': 'neo4j\n', 'tests/test_a.py': 'import neo4j\n' }),
    [],
  ],
  ['gone without', app('neo4j', 'import neo4j', { 'quayside.yaml': 'services: { neo4j: false }\n' }), []],
  [
    'not there where its compose file starts the app',
    app('influxdb-client', 'import influxdb_client', { 'compose.yaml': 'services: { web: { build: . } }\n' }),
    [],
  ],
  [
    'there where its compose file runs it',
    app('influxdb-client', 'import influxdb_client', {
      'compose.yaml': 'services: { web: { build: . }, metrics: { image: influxdb:2 } }\n',
    }),
    ['InfluxDB shop/store.py:2'],
  ],
  [
    'not there, and the code insists on its address',
    app('neo4j', 'X = os.environ["NEO4J_URI"]', { 'compose.yaml': 'services: { web: { build: . } }\n' }),
    ['Neo4j shop/store.py:2'],
  ],
  [
    'run from an image',
    app('neo4j', 'import neo4j', {
      'quayside.yaml': 'services: { neo4j: { image: neo4j:5, port: 7687, variable: NEO4J_URI } }\n',
    }),
    [],
  ],
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

const CLIENT = 'neo4j\n';
const CONDITIONS = {
  'tested by an if': 'URL = os.environ.get("NEO4J_URL")\nif URL:\n    client = connect(URL)',
  'chosen by an expression': 'URL = os.getenv("NEO4J_URL")\nclient = connect([URL]) if URL else None',
  'tested where it is kept':
    'class Config:\n    GRAPH = os.environ.get("NEO4J_URL")\n\ndef start(app):\n    if not app.config["GRAPH"]:\n        return None',
  'only asked for, and read by a library': 'if "NEO4J_URL" in os.environ:\n    BACKEND = "neo4j"',
  'tested by its own name': 'if "NEO4J_URL" in os.environ:\n    client = connect(os.environ.get("NEO4J_URL"))',
  'tested through getattr':
    'NEO4J_URL = os.environ.get("NEO4J_URL")\nif getattr(settings, "NEO4J_URL", None) is not None:\n    start()',
  'with an empty default': 'URL = os.environ.get("NEO4J_ENDPOINT", "")',
  'with False': 'URL = os.environ.get("NEO4J_URL", False)',
} as const;

it.each(Object.entries(CONDITIONS))('is gone without when its address is %s', async (_, code) => {
  const { facts, diagnostics } = await detectFiles(app(CLIENT, `from neo4j import GraphDatabase\n${code}`));
  expect(diagnostics).toEqual([]);
  expect(facts?.absentServices).toMatchObject([{ service: 'neo4j', place: { file: 'shop/store.py' } }]);
  expect(facts?.absentServices?.[0]?.why).toMatch(/^without NEO4J_(URL|ENDPOINT) the app goes without$/);
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
  ['the app ends without it', 'URL = os.environ.get("NEO4J_URL")\nif not URL:\n    raise RuntimeError("no search")'],
  ['the read fails without it', 'URL = os.environ["NEO4J_URL"]\nif URL:\n    start()'],
  ['it has a default', 'URL = os.environ.get("NEO4J_URL", "bolt://localhost:7687")\nif URL:\n    start()'],
  ['only its value is looked at', 'URL = os.environ.get("NEO4J_URL")\nif URL.startswith("https"):\n    start()'],
])('is needed when %s', async (_, code) => {
  const { diagnostics } = await detectFiles(app(CLIENT, `from neo4j import GraphDatabase\n${code}`));
  expect(diagnostics.map(({ code: found }) => found)).toEqual(['QS505']);
});

it('leaves its variables to it', async () => {
  const code =
    'URL = os.environ["DATABASE_URL"]\nMONGO = os.environ.get("MONGO_DB_URL", False)\nGRAPH = os.environ.get("NEO4J_DB_URL", False)\nimport pymongo, neo4j';
  const { facts } = await detectFiles(app('pymongo\nneo4j\npsycopg', code));
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
