/** OpenSearch, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const opensearch: ForeignServiceDefinition = {
  run: false,
  rank: 140,
  title: 'OpenSearch',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['opensearch-py', 'opensearch-dsl', 'django-opensearch-dsl'],
  modules: ['opensearchpy'],
  variables: /(^|_)OPENSEARCH_/,
  texts: /^opensearch$/,
};
