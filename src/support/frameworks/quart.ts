import { objectName, objectReference } from '../app-object.js';
import type { FrameworkDefinition } from './definition.js';

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
  program: {
    name: 'quart',
    options: ['--app', '-A'],
    takingValue: ['--app', '-A', '-e', '--env-file', '-h', '--host', '-p', '--port'],
  },
  // As Flask's.
  finds: {
    files: ['wsgi.py', 'app.py'],
    objects: ['app', 'application'],
    otherwise: 'only',
    factories: ['create_app', 'make_app'],
  },
  openConnections: ['websocket'],
} as const satisfies FrameworkDefinition;
