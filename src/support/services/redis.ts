/** Redis. */
import type { RunServiceDefinition } from './definition.js';

const URL_OF_REDIS = { scheme: 'redis', plain: 'redis' } as const;

export const redis: RunServiceDefinition = {
  run: true,
  rank: 40,
  title: 'Redis',
  doc: 'by redis, aioredis, django-redis, RQ, arq, Celery, dramatiq, Flask-Caching or Flask-Limiter',
  isDatabase: false,
  drivers: [
    {
      packages: ['redis', 'aioredis', 'rq', 'celery[redis]', 'dramatiq[redis]', 'django-redis', 'arq'],
      ...URL_OF_REDIS,
    },
    { packages: ['celery'], ...URL_OF_REDIS, counts: 'with-client' },
    { packages: ['flask-caching', 'flask-limiter'], ...URL_OF_REDIS, counts: 'read' },
  ],
  variables: [
    /^REDIS_UR[IL]$/,
    /REDIS_{1,2}(UR[IL]|DSN)$/,
    /^(CACHE|RQ|SESSION_REDIS|CELERY_BROKER|BROKER|CELERY_RESULT)_?(REDIS_)?UR[IL]$/,
    /^CELERY_RESULT_BACKEND$/,
    /^RATELIMIT_STORAGE_UR[IL]$/,
  ],
  example: 'REDIS_URL',
  schemes: /^rediss?$/,
  prefixes: ['REDIS', 'CACHE_REDIS', 'SESSION_REDIS', 'CACHE'],
  isOpen: true,
  programs: ['redis-server', 'valkey-server'],
  images: [{ repository: 'redis' }, { repository: 'bitnami/redis' }],
  sharesMessages: true,
  seenByBrowsers: false,
};
