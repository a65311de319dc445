import type { FrameworkDefinition } from './definition.js';

export const bottle = {
  title: 'Bottle',
  doc: 'An object or a factory; the default app where routes are declared by functions of the module, when it is named.',
  rank: 50,
  packages: ['bottle'],
  protocol: 'wsgi',
  makers: { 'bottle.Bottle': 'wsgi', 'bottle.default_app': 'wsgi', 'bottle.app': 'wsgi' },
  usual: 'object',
  example: 'bottle.default_app()',
  handsOut: directory => `static_file(path, root="${directory}")`,
  spelling: 'general',
} as const satisfies FrameworkDefinition;
