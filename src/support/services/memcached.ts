/** memcached, which is not run. */
import type { ForeignServiceDefinition } from './definition.js';

export const memcached: ForeignServiceDefinition = {
  run: false,
  rank: 120,
  title: 'memcached',
  doc: 'not run, but known: an app that uses it is told so',
  isDatabase: false,
  packages: ['pymemcache', 'pylibmc', 'python-memcached', 'aiomcache', 'django-pymemcache'],
  modules: ['memcache'],
  variables: /(^|_)MEMCACHED?_/,
  texts: /^memcached:\/\/|cache\.backends\.memcached|^(Memcached|SASLMemcached)Cache$/,
};
