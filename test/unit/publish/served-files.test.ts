/** Which files of an image have the time of the commit. */
import { expect, test } from 'vitest';
import type { Stage } from '../../../src/plan/types.js';
import { servedFiles } from '../../../src/publish/served-files.js';

const image = (id: string, steps: Stage['steps'], base?: string): Stage => ({
  id,
  base: base === undefined ? { kind: 'image', reference: 'python:3.13' } : { kind: 'stage', stage: base },
  platform: 'target',
  steps,
});
const STAGES: readonly Stage[] = [
  image('frontend', [
    { kind: 'copy', from: { kind: 'source', path: 'web', include: ['package.json'] }, to: '/web' },
    { kind: 'copy', from: { kind: 'source', path: 'web', exclude: ['dist'] }, to: '/web' },
  ]),
  image('lock', [{ kind: 'copy', from: { kind: 'source', path: '', include: ['uv.lock'] }, to: '/app' }]),
  image('venv', [{ kind: 'copy', from: { kind: 'stage', stage: 'lock', path: '/lock' }, to: '/lock' }]),
  image('runtime', []),
  image(
    'production',
    [
      { kind: 'copy', from: { kind: 'stage', stage: 'venv', path: '/opt/venv' }, to: '/opt/venv' },
      { kind: 'copy', from: { kind: 'stage', stage: 'frontend', path: '/web/dist' }, to: '/srv/web/' },
      { kind: 'copy', from: { kind: 'source', path: 'backend' }, to: '/app' },
    ],
    'runtime',
  ),
];
const PATHS = ['README.md', 'backend/static/site.css', 'web/index.html'];

test.each([
  ['app/static/site.css', 'source'],
  ['srv/web/index.html', 'built'],
  ['srv/web', undefined],
  // Collected by a command, from packages.
  ['app/collected/admin.css', undefined],
  ['app/README.md', undefined],
  ['opt/venv/lib/site-packages/admin.css', undefined],
  ['etc/passwd', undefined],
])('%s: %s', (path, expected) => {
  expect(servedFiles({ stages: STAGES }, 'production', PATHS)(path)).toBe(expected);
});
