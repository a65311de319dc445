import type { FrameworkDefinition } from './definition.js';

export const sanic = {
  title: 'Sanic',
  doc: 'An object or a factory, served over ASGI.',
  rank: 27,
  packages: ['sanic'],
  protocol: 'asgi',
  makers: { 'sanic.Sanic': 'asgi', 'sanic.app.Sanic': 'asgi' },
  usual: 'object',
  example: 'Sanic("app")',
  handsOut: directory => `app.static("/", "${directory}")`,
  spelling: 'general',
  openConnections: ['websocket', 'add_websocket_route'],
} as const satisfies FrameworkDefinition;
