/** Oracle Database, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const oracle: ForeignServiceDefinition = {
  run: false,
  rank: 210,
  title: 'Oracle Database',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: true,
  packages: ['oracledb', 'cx-oracle'],
  variables: /(^|_)ORACLE_/,
  texts: /^oracle(\+\w+)?:\/\/|^django\.db\.backends\.oracle$/,
};
