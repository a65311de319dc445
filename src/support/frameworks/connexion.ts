import type { FrameworkDefinition } from './definition.js';

/** https://connexion.readthedocs.io/en/stable/v3.html: apps speak ASGI from 3 on, and are made on Flask or without a framework. */
export const connexion = {
  title: 'Connexion',
  doc: 'An object or a factory: of 3 over ASGI, of 2 over WSGI; or the Flask app that 2 is made on.',
  rank: 38,
  packages: ['connexion'],
  protocol: 'asgi',
  makers: {
    'connexion.App': 'asgi',
    'connexion.FlaskApp': 'asgi',
    'connexion.AsyncApp': 'asgi',
    'connexion.apps.flask_app.FlaskApp': 'asgi',
    'connexion.apps.flask.FlaskApp': 'asgi',
    'connexion.apps.asynchronous.AsyncApp': 'asgi',
  },
  older: { package: 'connexion', before: 3, protocol: 'wsgi' },
  inner: { attribute: 'app', framework: 'flask', protocol: 'wsgi' },
  usual: 'object',
  example: 'connexion.AsyncApp(...)',
  handsOut: directory => `add_url_rule(...) with send_from_directory("${directory}", ...)`,
  brings: [{ server: 'uvicorn', package: 'connexion', when: { extras: ['uvicorn'] } }],
  spelling: 'general',
} as const satisfies FrameworkDefinition;
