/** Neo4j, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const neo4j: ForeignServiceDefinition = {
  run: false,
  rank: 160,
  title: 'Neo4j',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['neo4j', 'neomodel', 'py2neo'],
  variables: /(^|_)NEO4J_/,
  texts: /^(bolt|neo4j)(\+s(sc)?)?:\/\//,
};
