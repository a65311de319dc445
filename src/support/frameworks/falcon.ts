import type { FrameworkDefinition } from './definition.js';

export const falcon = {
  title: 'Falcon',
  doc: 'An object or a factory, over WSGI or ASGI.',
  rank: 45,
  packages: ['falcon'],
  protocol: 'wsgi',
  makers: { 'falcon.App': 'wsgi', 'falcon.API': 'wsgi', 'falcon.app.App': 'wsgi', 'falcon.asgi.App': 'asgi' },
  usual: 'object',
  example: 'falcon.App()',
  handsOut: directory => `app.add_static_route("/", "/app/${directory}")`,
  spelling: 'general',
} as const satisfies FrameworkDefinition;
