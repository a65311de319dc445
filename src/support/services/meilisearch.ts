/** Meilisearch. */
import type { RunServiceDefinition } from './definition.js';

export const meilisearch: RunServiceDefinition = {
  run: true,
  rank: 53,
  title: 'Meilisearch',
  doc: 'by meilisearch, meilisearch-python-sdk, aiomeilisearch or django-meili, with a master key; its official image has no stand-in, and no test here has run it',
  isDatabase: false,
  drivers: [
    {
      packages: [
        'meilisearch',
        'meilisearch-python-sdk',
        'meilisearch-python-async',
        'aiomeilisearch',
        'django-meili',
        'django-meilisearch',
        'django-meilisearch-indexer',
      ],
      modules: ['meilisearch', 'meilisearch_python_sdk', 'meilisearch_python_async', 'aiomeilisearch'],
      scheme: 'http',
      plain: 'http',
      counts: 'used',
    },
  ],
  protocol: 'http',
  // Clients take an address for what they call a host: https://www.meilisearch.com/docs/learn/resources/sdks.
  variables: [
    /(^|_)MEILI(_?SEARCH)?_(UR[IL]|HTTP_ADDR|ADDR(ESS)?|ENDPOINT|SERVER(_UR[IL])?)$/,
    /(^|_)MEILI(_?SEARCH)?_HOST(_UR[IL])?$/,
  ],
  example: 'MEILISEARCH_URL',
  schemes: /^meilisearch$/,
  prefixes: ['MEILI', 'MEILISEARCH', 'MEILI_SEARCH'],
  ends: { password: ['MASTER_KEY', 'API_KEY', 'KEY', 'ADMIN_KEY', 'ADMIN_API_KEY', 'SEARCH_KEY', 'TOKEN'] },
  own: /(^|_)MEILI(_?SEARCH)?_/,
  goesWithout: true,
  loginApart: true,
  isOpen: false,
  programs: ['meilisearch'],
  images: [{ repository: 'getmeili/meilisearch', version: /^v?(\d+(?:\.\d+)*)/ }],
  sharesMessages: false,
  seenByBrowsers: false,
};
