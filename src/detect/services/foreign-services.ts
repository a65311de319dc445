/** Services that the app needs and that Quayside does not run: by their clients among the dependencies, and their use in code. */
import { FOREIGN_SERVICES, type ForeignService } from '../../config/foreign-services.js';
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import type { Dependency } from '../../support/dependency.js';
import type { EnvRead } from '../code/env-read.js';
import type { Project } from '../project.js';
import { DRIVERS } from './drivers.js';

interface Client {
  readonly packages: readonly string[];
  /** Modules that the packages are imported as, when their names differ. */
  readonly modules?: readonly string[];
  /** Variables that hold its address. */
  readonly variables: RegExp;
  /** Whether the variable of an app's only database can hold its address. */
  readonly isDatabase?: boolean;
  /** Texts in settings that choose it, such as the name of a backend. */
  readonly texts: RegExp;
}

const DATABASE_VARIABLE = /(^|_)(DATABASE|DB)_UR[IL]$/;

const CLIENTS: Readonly<Record<ForeignService, Client>> = {
  mongodb: {
    packages: ['pymongo', 'motor', 'mongoengine', 'flask-pymongo', 'flask-mongoengine', 'beanie', 'odmantic', 'djongo'],
    modules: ['bson'],
    variables: /(^|_)MONGO(DB)?_/,
    texts: /^mongodb(\+srv)?:\/\/|^djongo$|django_mongodb/,
  },
  kafka: {
    packages: [
      'kafka-python',
      'kafka-python-ng',
      'confluent-kafka',
      'aiokafka',
      'faust',
      'faust-streaming',
      'faststream',
    ],
    modules: ['kafka'],
    variables: /(^|_)KAFKA_/,
    texts: /^kafka:\/\/|^confluentkafka:\/\//,
  },
  memcached: {
    packages: ['pymemcache', 'pylibmc', 'python-memcached', 'aiomcache', 'django-pymemcache'],
    modules: ['memcache'],
    variables: /(^|_)MEMCACHED?_/,
    texts: /^memcached:\/\/|cache\.backends\.memcached|^(Memcached|SASLMemcached)Cache$/,
  },
  elasticsearch: {
    packages: ['elasticsearch', 'elasticsearch-dsl', 'django-elasticsearch-dsl', 'async-elasticsearch'],
    variables: /(^|_)(ELASTIC|ELASTICSEARCH|ES)_(URLS?|HOSTS?|DSN)$/,
    texts: /elasticsearch\d*_?(search_)?backend/i,
  },
  opensearch: {
    packages: ['opensearch-py', 'opensearch-dsl', 'django-opensearch-dsl'],
    modules: ['opensearchpy'],
    variables: /(^|_)OPENSEARCH_/,
    texts: /^opensearch$/,
  },
  cassandra: {
    packages: ['cassandra-driver', 'scylla-driver', 'django-cassandra-engine'],
    modules: ['cassandra'],
    variables: /(^|_)(CASSANDRA|SCYLLA)_/,
    texts: /^django_cassandra_engine$/,
  },
  neo4j: {
    packages: ['neo4j', 'neomodel', 'py2neo'],
    variables: /(^|_)NEO4J_/,
    texts: /^(bolt|neo4j)(\+s(sc)?)?:\/\//,
  },
  clickhouse: {
    packages: ['clickhouse-driver', 'clickhouse-connect', 'clickhouse-sqlalchemy', 'asynch'],
    variables: /(^|_)CLICKHOUSE_/,
    texts: /^clickhouse(\+\w+)?:\/\//,
  },
  influxdb: {
    packages: ['influxdb', 'influxdb-client', 'influxdb3-python'],
    variables: /(^|_)INFLUX(DB)?_/,
    texts: /^influxdb:\/\//,
  },
  nats: {
    packages: ['nats-py', 'asyncio-nats-client'],
    modules: ['nats'],
    variables: /(^|_)NATS_/,
    texts: /^nats:\/\//,
  },
  mssql: {
    packages: ['pymssql', 'mssql-django', 'django-mssql-backend', 'aioodbc'],
    variables: /(^|_)(MSSQL|SQLSERVER)_/,
    isDatabase: true,
    texts: /^mssql(\+\w+)?:\/\/|^mssql$/,
  },
  oracle: {
    packages: ['oracledb', 'cx-oracle'],
    variables: /(^|_)ORACLE_/,
    isDatabase: true,
    texts: /^oracle(\+\w+)?:\/\/|^django\.db\.backends\.oracle$/,
  },
};

const DATABASE_DRIVERS = DRIVERS.filter(({ kind }) => kind === 'mariadb' || kind === 'postgres').flatMap(
  ({ packages }) => packages,
);

/** Says which services stand in the way of a run: a client is a main dependency, and the code uses it. */
export function foreignServices(
  project: Project,
  dependencies: readonly Dependency[],
  reads: readonly EnvRead[],
): readonly Diagnostic[] {
  const main = dependencies.filter(({ group }) => group === 'main');
  const hasDatabase = main.some(({ name }) => DATABASE_DRIVERS.includes(name));
  return (Object.keys(CLIENTS) as ForeignService[]).flatMap(kind => {
    if (project.config.services?.[kind] === false) return [];
    const { packages, isDatabase = false } = CLIENTS[kind];
    const client = main.find(({ name }) => packages.includes(name));
    const addresses = reads.filter(
      ({ name }) => CLIENTS[kind].variables.test(name) || (isDatabase && !hasDatabase && DATABASE_VARIABLE.test(name)),
    );
    const use = client && placeOfUse(project, client.name, CLIENTS[kind], addresses);
    return client && use ? [notRun(kind, client, use)] : [];
  });
}

/** Where the code shows that it talks to the service. */
function placeOfUse(
  { modules }: Project,
  name: string,
  { modules: others = [], texts }: Client,
  [address]: readonly EnvRead[],
): Place | undefined {
  if (address) return { file: address.path, line: address.line };
  const imported = [name.replaceAll('-', '_'), ...others];
  for (const { isTest, path, statements } of modules) {
    if (isTest) continue;
    for (const { tokens, line } of statements) {
      const isImport = /^(import|from)$/.test(tokens[0]?.text ?? '') && imported.includes(tokens[1]?.text ?? '');
      if (isImport || tokens.some(({ kind, text }) => kind === 'string' && texts.test(text)))
        return { file: path, line };
    }
  }
  return undefined;
}

function notRun(kind: ForeignService, { name, place }: Dependency, use: Place): Diagnostic {
  return worded('QS505', {
    place: use,
    problem: `the app talks to ${FOREIGN_SERVICES[kind]} (${name}, ${place.file}${place.line ? `:${place.line}` : ''}), which Quayside does not run`,
    expected:
      'MariaDB, MySQL, PostgreSQL, Redis, RabbitMQ or a mail server, or an app that starts and is tested without it',
    fix: `write in quayside.yaml: services: { ${kind}: false } to go on without it; suites.unit.env and suites.e2e.env can name one that runs elsewhere`,
  });
}
