/** MySQL. */
import type { RunServiceDefinition } from './definition.js';
import { mariadb } from './mariadb.js';
import { databaseVariables } from './shared/database-variables.js';

export const mysql: RunServiceDefinition = {
  run: true,
  rank: 20,
  title: 'MySQL',
  doc: "by the drivers of MariaDB, which runs unless `services: { mysql: {} }` or the app's compose file asks for MySQL",
  isDatabase: true,
  drivers: mariadb.drivers,
  insteadOf: 'mariadb',
  variables: databaseVariables('MYSQL', 'MARIADB'),
  example: 'DATABASE_URL',
  schemes: mariadb.schemes,
  prefixes: ['DB', 'DATABASE', 'SQL', 'RDS', 'MYSQL', 'MARIADB'],
  isOpen: false,
  programs: ['mysqld', 'mysqld_safe'],
  images: [{ repository: 'mysql' }, { repository: 'mysql/mysql-server' }, { repository: 'bitnami/mysql' }],
  djangoEngine: 'django.db.backends.mysql',
  djangoDriver: 'mysqlclient',
  sharesMessages: false,
  seenByBrowsers: false,
};
