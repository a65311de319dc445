/** memcached. */
import type { RunServiceDefinition } from './definition.js';

const URL_OF_MEMCACHED = { scheme: 'memcached', plain: 'memcached' } as const;

export const memcached: RunServiceDefinition = {
  run: true,
  rank: 45,
  title: 'memcached',
  doc: 'by pymemcache, pylibmc, python-memcached or aiomcache, in Django and Flask-Caching too',
  isDatabase: false,
  drivers: [
    // Django's URL parsers name the backend by the client.
    { packages: ['pymemcache', 'django-pymemcache'], ...URL_OF_MEMCACHED, django: 'pymemcache' },
    { packages: ['pylibmc', 'python-memcached', 'aiomcache'], modules: ['memcache'], ...URL_OF_MEMCACHED },
  ],
  variables: [/^MEMCACHED?_UR[IL]$/, /MEMCACHED?_{1,2}(UR[IL]|DSN)$/],
  example: 'MEMCACHED_URL',
  schemes: /^(py)?memcached?$/,
  prefixes: ['MEMCACHED', 'MEMCACHE', 'MEMCACHIER', 'MEMCACHEDCLOUD'],
  ends: { server: ['SERVERS', 'SERVER', 'HOSTS', 'LOCATION', 'LOCATIONS', 'NODES', 'ENDPOINT', 'ADDRESS', 'ADDR'] },
  settings: [
    { key: 'CACHE_MEMCACHED_SERVERS', holds: 'server' },
    { key: 'LOCATION', beside: /\.cache\.backends\.memcached\.|\.PyMemcacheCache$|\.PyLibMCCache$/, holds: 'server' },
  ],
  isOpen: true,
  programs: ['memcached'],
  images: [{ repository: 'memcached' }, { repository: 'bitnami/memcached' }],
  sharesMessages: false,
  seenByBrowsers: false,
};
