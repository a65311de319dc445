/** Redis. */
import type { RunServiceDefinition } from './definition.js';
import { BROKER_OF_CELERY, RESULTS_OF_CELERY } from './shared/celery-variables.js';

const URL_OF_REDIS = { scheme: 'redis', plain: 'redis' } as const;

export const redis: RunServiceDefinition = {
  run: true,
  rank: 40,
  title: 'Redis',
  doc: 'by redis, aioredis, django-redis, RQ, arq, SAQ, Celery, dramatiq, Flask-Caching or Flask-Limiter',
  isDatabase: false,
  drivers: [
    {
      packages: [
        'redis',
        'aioredis',
        'rq',
        'django-rq',
        'dramatiq[redis]',
        'django-redis',
        'django-redis-cache',
        'channels-redis',
        'asgi-redis',
        'celery-redbeat',
        'arq',
        'saq',
        'litestar-saq',
      ],
      ...URL_OF_REDIS,
    },
    { packages: ['celery[redis]'], ...URL_OF_REDIS, reads: [BROKER_OF_CELERY, RESULTS_OF_CELERY] },
    {
      packages: ['celery'],
      ...URL_OF_REDIS,
      counts: 'with-client',
      reads: [BROKER_OF_CELERY, RESULTS_OF_CELERY],
    },
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
  settings: [
    { key: 'LOCATION', beside: /^django_redis\.|\.RedisCache$/, holds: 'address' },
    { key: 'CACHE_REDIS_URL', holds: 'address' },
    { key: 'RQ_REDIS_URL', holds: 'address' },
    { key: 'RATELIMIT_STORAGE_URI', holds: 'address' },
  ],
  own: /^REDIS_(BROKER|SERVER|NODE|ENDPOINT|INSTANCE|CONNECTION|LOCATION|HOST_?PORT)$/,
  prefixes: ['REDIS', 'CACHE_REDIS', 'SESSION_REDIS', 'CACHE'],
  isOpen: true,
  programs: ['redis-server', 'valkey-server'],
  images: [{ repository: 'redis' }, { repository: 'bitnami/redis' }],
  sharesMessages: true,
  seenByBrowsers: false,
};
