import type { FrameworkDefinition } from './definition.js';

export const blacksheep = {
  title: 'BlackSheep',
  doc: 'An object or a factory.',
  rank: 28,
  packages: ['blacksheep'],
  protocol: 'asgi',
  makers: { 'blacksheep.Application': 'asgi', 'blacksheep.server.Application': 'asgi' },
  usual: 'object',
  example: 'Application()',
  handsOut: directory => `app.serve_files("${directory}")`,
  spelling: 'general',
  openConnections: ['ws'],
} as const satisfies FrameworkDefinition;
