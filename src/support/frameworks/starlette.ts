import type { FrameworkDefinition } from './definition.js';

export const starlette = {
  title: 'Starlette',
  doc: 'An object or a factory.',
  rank: 30,
  packages: ['starlette'],
  protocol: 'asgi',
  makers: { 'starlette.applications.Starlette': 'asgi' },
  wrappers: ['starlette.middleware.cors.CORSMiddleware'],
  usual: 'object',
  example: 'Starlette(...)',
  handsOut: directory => `Mount("/", StaticFiles(directory="${directory}", html=True))`,
  spelling: 'general',
  mounts: ['starlette.routing.Mount'],
  openConnections: ['WebSocketRoute', 'add_websocket_route'],
} as const satisfies FrameworkDefinition;
