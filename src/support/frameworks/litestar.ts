import { objectName, objectReference } from '../app-object.js';
import type { FrameworkDefinition } from './definition.js';

export const litestar = {
  title: 'Litestar',
  doc: 'An object or a factory; uvicorn may come with the extra "standard".',
  rank: 25,
  packages: ['litestar'],
  protocol: 'asgi',
  makers: { 'litestar.Litestar': 'asgi', 'litestar.app.Litestar': 'asgi' },
  usual: 'object',
  example: 'Litestar(...)',
  handsOut: directory =>
    `Litestar(route_handlers=[create_static_files_router(path="/", directories=["${directory}"], html_mode=True)])`,
  brings: [{ server: 'uvicorn', package: 'litestar', when: { extras: ['standard', 'cli', 'full'] } }],
  env: app => ({ LITESTAR_APP: app.arguments === undefined ? objectName(app) : objectReference(app) }),
  namesApp: { kind: 'variable', file: '.env', variable: 'LITESTAR_APP' },
  program: {
    name: 'litestar',
    options: ['--app'],
    takingValue: ['--app', '--app-dir', '--host', '--port', '--workers'],
  },
  // https://docs.litestar.dev/latest/usage/cli.html#application-autodiscovery
  finds: {
    files: ['app.py', 'application.py', 'asgi.py', 'app/main.py', 'app/app.py', 'app/asgi.py', 'app/__init__.py'],
    objects: ['app', 'application'],
    otherwise: 'first',
    factories: ['create_app'],
  },
  spelling: 'general',
  routes: {
    decorators: ['litestar.get', 'litestar.route', 'litestar.handlers.get', 'litestar.handlers.route'],
    routers: ['litestar.Router', 'litestar.router.Router'],
  },
  openConnections: ['websocket', 'websocket_listener', 'websocket_stream', 'WebsocketListener', 'ServerSentEvent'],
} as const satisfies FrameworkDefinition;
