import { objectName, objectReference } from '../app-object.js';
import type { FrameworkDefinition } from './definition.js';
import { DISCOVERY, PROGRAM_OPTIONS } from './shared/flask-program.js';

export const quart = {
  title: 'Quart',
  doc: 'An object or a factory; hypercorn comes with it.',
  rank: 35,
  packages: ['quart', 'quart-trio'],
  protocol: 'asgi',
  makers: { 'quart.Quart': 'asgi', 'quart.app.Quart': 'asgi', 'quart_trio.QuartTrio': 'asgi' },
  usual: 'factory',
  example: 'Quart(...)',
  handsOut: directory => `send_from_directory("${directory}", ...) or Quart(__name__, static_folder="${directory}")`,
  brings: [{ server: 'hypercorn', package: 'quart', when: 'always' }],
  // Its programs call a factory by themselves, without arguments.
  env: app => ({ QUART_APP: app.arguments === undefined ? objectName(app) : objectReference(app) }),
  spelling: 'general',
  namesApp: { kind: 'variable', file: '.quartenv', variable: 'QUART_APP' },
  program: { name: 'quart', ...PROGRAM_OPTIONS },
  finds: DISCOVERY,
  openConnections: ['websocket'],
} as const satisfies FrameworkDefinition;
