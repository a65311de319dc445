/** Services that apps talk to and that Quayside does not run: said by name, and gone without when the configuration says so. */

/** Names of the keys under services, each with the name that people know. */
export const FOREIGN_SERVICES = {
  mongodb: 'MongoDB',
  kafka: 'Kafka',
  memcached: 'memcached',
  elasticsearch: 'Elasticsearch',
  opensearch: 'OpenSearch',
  cassandra: 'Cassandra',
  neo4j: 'Neo4j',
  clickhouse: 'ClickHouse',
  influxdb: 'InfluxDB',
  nats: 'NATS',
  mssql: 'SQL Server',
  oracle: 'Oracle Database',
} as const;

/** The name of such a service in quayside.yaml. */
export type ForeignService = keyof typeof FOREIGN_SERVICES;
