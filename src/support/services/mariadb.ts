/** MariaDB, which stands for MySQL unless that is asked for: the drivers are the same. */
import type { RunServiceDefinition } from './definition.js';
import { databaseVariables } from './shared/database-variables.js';

export const mariadb: RunServiceDefinition = {
  run: true,
  rank: 10,
  title: 'MariaDB',
  doc: 'by PyMySQL, mysqlclient, mariadb, mysql-connector-python, aiomysql or asyncmy',
  isDatabase: true,
  drivers: [
    { packages: ['pymysql', 'flask-mysql'], engine: 'sync', scheme: 'mysql+pymysql', plain: 'mysql' },
    {
      packages: ['mysqlclient', 'flask-mysqldb'],
      modules: ['MySQLdb'],
      engine: 'sync',
      scheme: 'mysql+mysqldb',
      plain: 'mysql',
    },
    { packages: ['mariadb'], engine: 'sync', scheme: 'mariadb+mariadbconnector', plain: 'mariadb', django: 'mysql' },
    {
      packages: ['mysql-connector-python', 'mysql-connector', 'flask-mysql-connector'],
      modules: ['mysql'],
      engine: 'sync',
      scheme: 'mysql+mysqlconnector',
      plain: 'mysql',
    },
    { packages: ['aiomysql'], engine: 'async', scheme: 'mysql+aiomysql', plain: 'mysql' },
    { packages: ['asyncmy'], engine: 'async', scheme: 'mysql+asyncmy', plain: 'mysql' },
  ],
  variables: databaseVariables('MARIADB', 'MYSQL'),
  example: 'DATABASE_URL',
  schemes: /^(mysql|mariadb)(\+\w+)?$/,
  prefixes: ['DB', 'DATABASE', 'SQL', 'RDS', 'MARIADB', 'MYSQL'],
  isOpen: false,
  programs: ['mariadbd', 'mariadbd-safe', 'mysqld', 'mysqld_safe'],
  images: [{ repository: 'mariadb' }, { repository: 'bitnami/mariadb' }, { repository: 'linuxserver/mariadb' }],
  djangoEngine: 'django.db.backends.mysql',
  djangoDriver: 'mysqlclient',
  sharesMessages: false,
  seenByBrowsers: false,
};
