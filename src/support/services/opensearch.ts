/** OpenSearch. */
import type { RunServiceDefinition } from './definition.js';

export const opensearch: RunServiceDefinition = {
  run: true,
  rank: 47,
  title: 'OpenSearch',
  doc: 'by opensearch-py, opensearch-dsl or django-opensearch-dsl',
  isDatabase: false,
  drivers: [
    {
      packages: ['opensearch-py', 'opensearch-dsl', 'django-opensearch-dsl'],
      modules: ['opensearchpy'],
      scheme: 'http',
      plain: 'http',
      counts: 'used',
    },
  ],
  protocol: 'http',
  variables: [/(^|_)OPENSEARCH_(UR[IL]S?|HOSTS|NODES?|DSN|ENDPOINT)$/],
  example: 'OPENSEARCH_URL',
  schemes: /^opensearch$/,
  prefixes: ['OPENSEARCH'],
  ends: { off: ['USE_SSL', 'USE_TLS', 'VERIFY_CERTS', 'SSL'] },
  own: /(^|_)OPENSEARCH_/,
  goesWithout: true,
  isOpen: true,
  programs: ['opensearch'],
  images: [{ repository: 'opensearchproject/opensearch' }, { repository: 'bitnami/opensearch' }],
  sharesMessages: false,
  seenByBrowsers: false,
};
