import type { FrameworkDefinition } from './definition.js';

export const fasthtml = {
  title: 'FastHTML',
  doc: 'An object that FastHTML makes; one of fast_app, which makes more than that, is named by a line of configuration.',
  rank: 22,
  packages: ['python-fasthtml'],
  protocol: 'asgi',
  makers: { 'fasthtml.common.FastHTML': 'asgi', 'fasthtml.core.FastHTML': 'asgi', 'fasthtml.FastHTML': 'asgi' },
  usual: 'object',
  example: 'FastHTML()',
  handsOut: directory => `FastHTML(static_path="${directory}")`,
  brings: [{ server: 'uvicorn', package: 'python-fasthtml', when: 'always' }],
  spelling: 'general',
} as const satisfies FrameworkDefinition;
