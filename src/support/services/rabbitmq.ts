/** RabbitMQ. */
import type { RunServiceDefinition } from './definition.js';
import { BROKER_OF_CELERY } from './shared/celery-variables.js';

const URL_OF_AMQP = { scheme: 'amqp', plain: 'amqp' } as const;

export const rabbitmq: RunServiceDefinition = {
  run: true,
  rank: 50,
  title: 'RabbitMQ',
  doc: 'by pika, aio-pika, aioamqp, dramatiq, or Celery without a client of another broker',
  isDatabase: false,
  drivers: [
    { packages: ['pika', 'aio-pika', 'aioamqp'], ...URL_OF_AMQP },
    { packages: ['dramatiq[rabbitmq]'], ...URL_OF_AMQP },
    { packages: ['celery[librabbitmq]'], ...URL_OF_AMQP, reads: [BROKER_OF_CELERY] },
    { packages: ['celery'], ...URL_OF_AMQP, counts: 'otherwise', reads: [BROKER_OF_CELERY] },
  ],
  protocol: 'amqp',
  variables: [/^(RABBITMQ|AMQP)_UR[IL]$/, /(RABBITMQ|AMQP)_(UR[IL]|DSN)$/, /^(CELERY_)?BROKER_UR[IL]$/],
  example: 'RABBITMQ_URL',
  schemes: /^(amqps?|pyamqp)$/,
  prefixes: ['RABBITMQ', 'RABBIT', 'AMQP', 'RABBITMQ_DEFAULT'],
  isOpen: false,
  programs: ['rabbitmq-server'],
  images: [{ repository: 'rabbitmq' }, { repository: 'bitnami/rabbitmq' }],
  sharesMessages: true,
  seenByBrowsers: false,
};
