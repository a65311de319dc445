import type { FrameworkDefinition } from './definition.js';

export const django = {
  title: 'Django',
  doc: 'The object that the settings name, over WSGI or, with channels or a server for it, ASGI; its migrations, its static files, the names a site is called by.',
  rank: 10,
  packages: ['django'],
  broughtBy: ['wagtail', 'djangorestframework', 'mezzanine', 'channels', 'dj-rest-auth', 'drf-spectacular', 'drf-yasg'],
  protocol: 'wsgi',
  makers: {
    'django.core.wsgi.get_wsgi_application': 'wsgi',
    'django.core.asgi.get_asgi_application': 'asgi',
    // Of Channels before 3: https://channels.readthedocs.io/en/2.x/deploying.html
    'channels.routing.get_default_application': 'asgi',
    'django.core.handlers.wsgi.WSGIHandler': 'wsgi',
    'django.core.handlers.asgi.ASGIHandler': 'asgi',
  },
  wrappers: ['channels.routing.ProtocolTypeRouter'],
  usual: 'object',
  leads: true,
  example: 'get_wsgi_application()',
  handsOut: directory => `STATICFILES_DIRS = [BASE_DIR / "${directory}"]`,
  asgiPackages: ['channels'],
  // Channels brings it before 4: https://channels.readthedocs.io/en/stable/releases/4.0.0.html
  brings: [
    { server: 'daphne', package: 'channels', when: { extras: ['daphne'], version: '2.' } },
    { server: 'daphne', package: 'channels', when: { extras: ['daphne'], version: '3.' } },
  ],
  env: (_app, settings): Readonly<Record<string, string>> =>
    settings === undefined ? {} : { DJANGO_SETTINGS_MODULE: settings },
  browserTestsEnv: { DJANGO_ALLOW_ASYNC_UNSAFE: 'true' },
  settingsVariable: 'DJANGO_SETTINGS_MODULE',
  spelling: 'django',
  develops: {
    protocol: 'wsgi',
    command: (port, program) =>
      program === undefined ? undefined : ['python', program, 'runserver', `0.0.0.0:${port}`],
  },
  migrations: {
    kind: 'program',
    package: 'django',
    command: program => ['python', program, 'migrate', '--noinput'],
    why: "Django's migrations",
  },
} as const satisfies FrameworkDefinition;
