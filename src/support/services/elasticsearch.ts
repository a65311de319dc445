/** Elasticsearch, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const elasticsearch: ForeignServiceDefinition = {
  run: false,
  rank: 130,
  title: 'Elasticsearch',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['elasticsearch', 'elasticsearch-dsl', 'django-elasticsearch-dsl', 'async-elasticsearch'],
  variables: /(^|_)(ELASTIC|ELASTICSEARCH|ES)_(UR[IL]S?|HOSTS?|DSN|ENDPOINT|NODES?)$/,
  texts: /elasticsearch\d*_?(search_)?backend/i,
};
