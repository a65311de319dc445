import type { FrameworkDefinition } from './definition.js';

export const fasthtml = {
  title: 'FastHTML',
  doc: 'An object that FastHTML or fast_app makes.',
  rank: 22,
  packages: ['python-fasthtml'],
  protocol: 'asgi',
  makers: {
    'fasthtml.common.FastHTML': 'asgi',
    'fasthtml.core.FastHTML': 'asgi',
    'fasthtml.FastHTML': 'asgi',
    // It makes an app, and with it what its routes are made with.
    'fasthtml.common.fast_app': 'asgi',
    'fasthtml.fastapp.fast_app': 'asgi',
  },
  usual: 'object',
  example: 'FastHTML()',
  handsOut: directory => `FastHTML(static_path="${directory}")`,
  brings: [{ server: 'uvicorn', package: 'python-fasthtml', when: 'always' }],
  spelling: 'general',
} as const satisfies FrameworkDefinition;
