import { objectName, objectReference } from '../app-object.js';
import type { FrameworkDefinition } from './definition.js';
import { DISCOVERY, PROGRAM_OPTIONS } from './shared/flask-program.js';

export const flask = {
  title: 'Flask',
  doc: 'An object or a factory, also of APIFlask and flask-openapi3; migrations by Flask-Migrate, or a command that makes the tables.',
  rank: 40,
  packages: ['flask', 'apiflask', 'flask-openapi3'],
  protocol: 'wsgi',
  makers: {
    'flask.Flask': 'wsgi',
    'flask.app.Flask': 'wsgi',
    'apiflask.APIFlask': 'wsgi',
    'flask_openapi3.OpenAPI': 'wsgi',
  },
  wrappers: [
    'socketio.WSGIApp',
    'werkzeug.middleware.dispatcher.DispatcherMiddleware',
    'werkzeug.middleware.proxy_fix.ProxyFix',
    'werkzeug.wsgi.DispatcherMiddleware',
    'werkzeug.contrib.fixers.ProxyFix',
  ],
  usual: 'factory',
  example: 'Flask(...)',
  handsOut: directory => `send_from_directory("${directory}", ...) or Flask(__name__, static_folder="${directory}")`,
  // Flask calls a factory by itself, without arguments.
  env: app => ({ FLASK_APP: app.arguments === undefined ? objectName(app) : objectReference(app) }),
  spelling: 'general',
  migrations: {
    kind: 'scripts',
    package: 'flask-migrate',
    file: 'env.py',
    directory: 'migrations',
    command: directory => ['flask', 'db', 'upgrade', ...(directory === undefined ? [] : ['--directory', directory])],
    why: "Flask-Migrate's migrations",
  },
  develops: {
    protocol: 'wsgi',
    command: port => ['flask', 'run', '--host', '0.0.0.0', '--port', `${port}`],
    env: { FLASK_DEBUG: '1' },
  },
  namesApp: { kind: 'variable', file: '.flaskenv', variable: 'FLASK_APP' },
  program: { name: 'flask', ...PROGRAM_OPTIONS },
  finds: DISCOVERY,
} as const satisfies FrameworkDefinition;
