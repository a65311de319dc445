import type { FrameworkDefinition } from './definition.js';

export const fastapi = {
  title: 'FastAPI',
  doc: 'An object or a factory; uvicorn may come with the extra "standard".',
  rank: 20,
  packages: ['fastapi', 'fastapi-slim'],
  protocol: 'asgi',
  makers: { 'fastapi.FastAPI': 'asgi', 'fastapi.applications.FastAPI': 'asgi' },
  wrappers: ['socketio.ASGIApp', 'socketio.asgi.ASGIApp', 'fastapi.middleware.cors.CORSMiddleware'],
  usual: 'object',
  example: 'FastAPI(...)',
  handsOut: directory => `app.mount("/", StaticFiles(directory="${directory}", html=True))`,
  // Version 0.111 was the only one that depended on all of it.
  brings: [{ server: 'uvicorn', package: 'fastapi', when: { extras: ['standard', 'all'], version: '0.111.' } }],
  spelling: 'general',
  namesApp: { kind: 'toml', file: 'pyproject.toml', table: ['tool', 'fastapi'], key: 'entrypoint' },
  program: {
    name: 'fastapi',
    options: ['--entrypoint', '-e'],
    verbs: ['run', 'dev'],
    takingValue: [
      '--entrypoint',
      '-e',
      '--app',
      '--host',
      '--port',
      '--root-path',
      '--workers',
      '--forwarded-allow-ips',
    ],
  },
  // https://fastapi.tiangolo.com/fastapi-cli/, and discover.py of fastapi-cli.
  finds: {
    files: ['main.py', 'app.py', 'api.py', 'app/main.py', 'app/app.py', 'app/api.py'],
    objects: ['app', 'api'],
    otherwise: 'first',
    factories: [],
  },
  openConnections: ['websocket', 'EventSourceResponse'],
} as const satisfies FrameworkDefinition;
