/** Elasticsearch. */
import type { RunServiceDefinition } from './definition.js';

export const elasticsearch: RunServiceDefinition = {
  run: true,
  rank: 46,
  title: 'Elasticsearch',
  doc: 'by elasticsearch, elasticsearch-dsl, django-elasticsearch-dsl or django-haystack',
  isDatabase: false,
  drivers: [
    {
      packages: ['elasticsearch', 'elasticsearch-dsl', 'django-elasticsearch-dsl', 'async-elasticsearch'],
      scheme: 'http',
      plain: 'http',
      counts: 'used',
    },
  ],
  protocol: 'http',
  variables: [/^ELASTIC(SEARCH)?_UR[IL]$/, /(^|_)(ELASTIC(SEARCH)?|ES)_(UR[IL]S?|HOSTS|NODES?|DSN|ENDPOINT)$/],
  example: 'ELASTICSEARCH_URL',
  schemes: /^elasticsearch$/,
  prefixes: ['ELASTICSEARCH', 'ELASTIC', 'ES'],
  ends: { off: ['USE_SSL', 'USE_TLS', 'VERIFY_CERTS', 'SSL'] },
  settings: [{ key: 'URL', beside: /elasticsearch\d*_?(search_?)?(backend|engine)/i, holds: 'address' }],
  own: /(^|_)(ELASTIC|ELASTICSEARCH|ES)_/,
  goesWithout: true,
  isOpen: true,
  programs: ['elasticsearch'],
  images: [
    { repository: 'elasticsearch' },
    { repository: 'elasticsearch/elasticsearch' },
    { repository: 'bitnami/elasticsearch' },
  ],
  sharesMessages: false,
  seenByBrowsers: false,
};
