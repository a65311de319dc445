/** SQL Server, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const mssql: ForeignServiceDefinition = {
  run: false,
  rank: 200,
  title: 'SQL Server',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: true,
  packages: ['pymssql', 'mssql-django', 'django-mssql-backend', 'aioodbc'],
  variables: /(^|_)(MSSQL|SQLSERVER)_/,
  texts: /^mssql(\+\w+)?:\/\/|^mssql$/,
};
