/** Services beside the app's database: which variables hold their addresses, and when the app goes without them. */
import { describe, expect, it } from 'vitest';
import { fillTemplate } from '../../../src/plan/template.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

const flask = (packages: string, code: string, more: Files = {}): Files =>
  withFiles(FLASK, {
    'requirements.txt': `flask\ngunicorn\n${packages}\n`,
    'shop/store.py': `import os\n${code}\n`,
    ...more,
  });

/** What an app is told of its services, by variable; services that it has and needs to be told nothing of as well. */
async function told(files: Files): Promise<Readonly<Record<string, string>>> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const plan = makePlan(facts!, {});
  const web = plan.processes.find(({ role }) => role === 'web')!;
  return Object.fromEntries(
    web.needs.flatMap(({ to, env }) => {
      const port = `${plan.services.find(({ id }) => id === to)!.ports[0]}`;
      return Object.entries(env).map(([name, template]) => [
        name,
        fillTemplate(template, { host: to, port, password: 'PW' }),
      ]);
    }),
  );
}

describe('an app is told where its services are', () => {
  it.each<readonly [string, Files, Readonly<Record<string, string>>]>([
    [
      'Meilisearch',
      flask('meilisearch', 'C = Client(os.environ["MEILI_HTTP_ADDR"], os.getenv("MEILI_MASTER_KEY"))'),
      { MEILI_HTTP_ADDR: 'http://meilisearch:7700', MEILI_MASTER_KEY: 'PW' },
    ],
    [
      'Meilisearch by what its clients call a host',
      flask(
        'meilisearch-python-sdk',
        'C = AsyncClient(os.getenv("MEILISEARCH_HOST"), os.getenv("MEILISEARCH_API_KEY"))',
      ),
      { MEILISEARCH_HOST: 'http://meilisearch:7700', MEILISEARCH_API_KEY: 'PW' },
    ],
    [
      'Meilisearch in parts',
      flask('meilisearch', "C = f\"http://{os.environ['MEILI_HOST']}:{os.environ['MEILI_PORT']}\""),
      { MEILI_HOST: 'meilisearch', MEILI_PORT: '7700' },
    ],
    [
      'MongoDB',
      flask('pymongo', 'from pymongo import MongoClient\nC = MongoClient(os.environ.get("MONGO_URI"))'),
      { MONGO_URI: 'mongodb://mongodb:27017/app' },
    ],
    [
      'MongoDB by the variable of whichever database',
      flask('motor', 'U = os.environ["DATABASE_URL"]'),
      { DATABASE_URL: 'mongodb://mongodb:27017/app' },
    ],
    [
      'MongoDB beside an SQL database',
      flask('pymongo\npsycopg', 'U = os.environ["DATABASE_URL"]\nM = os.environ["MONGO_DB_URL"]'),
      { DATABASE_URL: 'postgresql://app:PW@postgres:5432/app', MONGO_DB_URL: 'mongodb://mongodb:27017/app' },
    ],
    [
      'MongoDB in parts',
      flask(
        'mongoengine',
        'H = os.getenv("MONGO_HOST", "localhost"), os.getenv("MONGO_PORT", "27017"), os.getenv("MONGO_DB", "shop")',
      ),
      { MONGO_HOST: 'mongodb', MONGO_PORT: '27017', MONGO_DB: 'app' },
    ],
    [
      'MongoDB by a host that is an address',
      flask('mongoengine', 'H = os.getenv("MONGO_HOST", "mongodb://localhost/shop")'),
      { MONGO_HOST: 'mongodb://mongodb:27017/app' },
    ],
    [
      'Elasticsearch',
      flask('elasticsearch', 'U = os.environ["ELASTICSEARCH_URL"]'),
      { ELASTICSEARCH_URL: 'http://elasticsearch:9200' },
    ],
    [
      'Elasticsearch by a host that is an address',
      flask('elasticsearch', 'U = os.getenv("ES_HOST", "http://localhost:9200")'),
      { ES_HOST: 'http://elasticsearch:9200' },
    ],
    [
      'Elasticsearch by an endpoint, with a port of its own',
      flask('elasticsearch', 'U = os.environ["ELASTICSEARCH_ENDPOINT"], os.getenv("ELASTICSEARCH_PORT", "9200")'),
      { ELASTICSEARCH_ENDPOINT: 'http://elasticsearch:9200', ELASTICSEARCH_PORT: '9200' },
    ],
    [
      'Elasticsearch by a host and a port',
      flask('elasticsearch', 'U = os.getenv("ES_HOST", "localhost:9200")'),
      { ES_HOST: 'elasticsearch:9200' },
    ],
    [
      'OpenSearch in parts',
      flask('opensearch-py', 'U = os.environ["OPENSEARCH_HOST"], os.environ["OPENSEARCH_PORT"]'),
      { OPENSEARCH_HOST: 'opensearch', OPENSEARCH_PORT: '9200' },
    ],
    [
      'S3 by boto3',
      flask(
        'boto3',
        'E = os.environ["AWS_S3_ENDPOINT_URL"], os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]',
      ),
      { AWS_S3_ENDPOINT_URL: 'http://minio:9000', AWS_ACCESS_KEY_ID: 'app', AWS_SECRET_ACCESS_KEY: 'PW' },
    ],
    [
      'MinIO by its own client',
      flask(
        'minio',
        'E = os.environ["MINIO_ENDPOINT"], os.environ["MINIO_ACCESS_KEY"], os.environ["MINIO_SECRET_KEY"], os.environ["MINIO_SECURE"]',
      ),
      { MINIO_ENDPOINT: 'minio:9000', MINIO_ACCESS_KEY: 'app', MINIO_SECRET_KEY: 'PW', MINIO_SECURE: '0' },
    ],
    [
      'no S3 by the variables of other services of theirs',
      flask(
        'boto3',
        'K = os.environ["AWS_ACCESS_KEY_ID"], os.getenv("USE_AWS_DB"), os.getenv("AWS_SES_HOST"), os.getenv("AWS_SES_REGION_ENDPOINT")',
      ),
      {},
    ],
    ['no S3 but the real one', flask('boto3', 'K = os.environ["AWS_ACCESS_KEY_ID"]'), {}],
    [
      'Kafka',
      flask('kafka-python', 'K = os.environ["KAFKA_BOOTSTRAP_SERVERS"]'),
      { KAFKA_BOOTSTRAP_SERVERS: 'kafka:9092' },
    ],
    ['Kafka by a URL', flask('faust-streaming', 'K = os.environ["KAFKA_URL"]'), { KAFKA_URL: 'kafka://kafka:9092' }],
    ['NATS', flask('nats-py', 'N = os.getenv("NATS_URL", "nats://localhost:4222")'), { NATS_URL: 'nats://nats:4222' }],
    [
      'ClickHouse by HTTP',
      flask('clickhouse-connect', 'C = os.environ["CLICKHOUSE_HOST"], os.environ["CLICKHOUSE_PORT"]'),
      { CLICKHOUSE_HOST: 'clickhouse', CLICKHOUSE_PORT: '8123' },
    ],
    [
      "ClickHouse by its own protocol's port",
      flask('clickhouse-driver', 'C = os.environ["CLICKHOUSE_URL"]'),
      { CLICKHOUSE_URL: 'clickhouse://app:PW@clickhouse:9000/app' },
    ],
    [
      'what the compose file gives an address, though the app could go without',
      flask('elasticsearch', 'U = os.environ.get("ELASTICSEARCH_URL")\nES = connect(U) if U else None', {
        'compose.yaml':
          'services:\n  web:\n    build: .\n    environment: { ELASTICSEARCH_URL: "http://search:9200" }\n  search:\n    image: elasticsearch:8.15.1\n',
      }),
      { ELASTICSEARCH_URL: 'http://elasticsearch:9200' },
    ],
  ])('%s', async (_, files, expected) => {
    expect(await told(files)).toEqual(expected);
  });
});

it.each<readonly [string, Files, string]>([
  [
    'whose address is tested for',
    flask('pymongo', 'import pymongo\nU = os.environ.get("MONGO_URL")\nC = pymongo.MongoClient(U) if U else None'),
    'without MONGO_URL the app goes without',
  ],
  [
    'whose address is tested for beside a port that has a default',
    flask(
      'pymongo',
      'import pymongo\nH = os.environ.get("MONGO_HOST")\nP = os.environ.get("MONGO_PORT", "27017")\nif H:\n    start()',
    ),
    'without MONGO_HOST the app goes without',
  ],
  [
    'whose address is read below a condition',
    flask(
      'pymongo',
      'import pymongo\nif os.environ.get("STORE") == "mongo":\n    U = os.environ.get("MONGO_URL", "mongodb://localhost")',
    ),
    'its address is read only where a condition holds',
  ],
  [
    'whose client is imported only in try',
    flask('pymongo', 'try:\n    import pymongo\nexcept ImportError:\n    pymongo = None'),
    'its client is imported only where the app asks for it',
  ],
])('a service %s is not started', async (_, files, why) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect(facts?.services).toEqual([]);
  expect(facts?.absentServices).toMatchObject([{ service: 'mongodb', why }]);
});

it('a service at an address that the code has is asked about', async () => {
  const code = 'import pymongo\nC = pymongo.MongoClient("mongodb://localhost:27017")';
  const { diagnostics } = await detectFiles(flask('pymongo', code));
  expect(diagnostics.map(({ code: found }) => found)).toEqual(['QS502']);
});

describe('an extension of a database', () => {
  const SETTINGS = [
    'import os',
    'SECRET_KEY = os.environ["SECRET_KEY"]',
    'INSTALLED_APPS = ["django.contrib.gis"]',
    'DATABASES = {"default": {"ENGINE": os.environ["DB_ENGINE"], "HOST": os.environ["DB_HOST"]}}',
    '',
  ].join('\n');
  const compose = (image: string) => ({ 'compose.yaml': `services:\n  db: { image: "${image}" }\n` });
  const URL_OF_DATABASE = 'U = os.environ["DATABASE_URL"]';

  it.each<readonly [string, Files, string]>([
    [
      'is taken as the compose file names it',
      flask('psycopg', URL_OF_DATABASE, compose('postgis/postgis:16-3.4')),
      'postgis/postgis:16-3.4',
    ],
    [
      "stands for somebody's own copy of it",
      flask('psycopg', URL_OF_DATABASE, compose('ghcr.io/example/postgis:14-3.5-alpine')),
      'docker.io/postgis/postgis:14-3.5',
    ],
    ['is needed by a package', flask('psycopg\npgvector', URL_OF_DATABASE), 'docker.io/pgvector/pgvector:pg17'],
    [
      'has the version of the compose file',
      flask('psycopg\ngeoalchemy2', URL_OF_DATABASE, compose('postgres:15-alpine')),
      'docker.io/postgis/postgis:15-3.5',
    ],
    [
      "is needed by Django's settings",
      withFiles(DJANGO, { 'requirements.txt': 'Django\ngunicorn\npsycopg\n', 'site_/settings.py': SETTINGS }),
      'docker.io/postgis/postgis:17-3.5',
    ],
    ['is not taken without need', flask('psycopg', URL_OF_DATABASE), 'docker.io/library/postgres:17'],
  ])('%s', async (_, files, image) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(makePlan(facts!, {}).services.map(service => service.image)).toEqual([image]);
  });

  it("has its own backend of Django's and scheme of an address", async () => {
    const requirements = 'Django\ngunicorn\npsycopg\ndj-database-url\n';
    const url = `${SETTINGS}import dj_database_url\nOTHER = dj_database_url.config()\n`;
    expect(await told(withFiles(DJANGO, { 'requirements.txt': requirements, 'site_/settings.py': url }))).toEqual({
      DATABASE_URL: 'postgis://app:PW@postgres:5432/app',
      DB_ENGINE: 'django.contrib.gis.db.backends.postgis',
      DB_HOST: 'postgres',
    });
  });
});

it('of a version has an image whose tag is written as those of its kind', async () => {
  const compose = 'services:\n  web: { build: . }\n  search: { image: "getmeili/meilisearch:v1.6" }\n';
  const files = flask('meilisearch', 'C = Client(os.environ["MEILI_URL"])', { 'compose.yaml': compose });
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const images = (version?: string) =>
    makePlan(facts!, version === undefined ? {} : { services: { meilisearch: { version } } }).services.map(
      ({ image }) => image,
    );
  expect(images()).toEqual(['docker.io/getmeili/meilisearch:v1.6']);
  expect(images('1.9')).toEqual(['docker.io/getmeili/meilisearch:v1.9']);
});
