/** What images go without because it is rendered: directories where nothing else lies, and files where something does. */
import { describe, expect, it } from 'vitest';
import { ownPaths } from '../../../src/render/own-paths.js';

const MADE = ['Dockerfile', '.quayside/image/entrypoint.sh', 'deploy/kubernetes/base/web.yaml', 'docs/quick-start.md'];

describe('ownPaths', () => {
  it.each([
    { about: 'directories that hold nothing else', source: ['app.py'], expected: ['deploy', 'docs'] },
    {
      about: 'files beside those of the app',
      source: ['docs/index.md', 'deploy/run.sh'],
      expected: ['deploy/kubernetes', 'docs/quick-start.md'],
    },
    {
      about: 'secrets that were filled in beside manifests',
      source: ['deploy/kubernetes/overlays/mine/secret.env'],
      expected: ['deploy', 'docs'],
    },
    { about: 'what was rendered before', source: MADE, expected: ['deploy', 'docs'] },
  ])('names $about', ({ source, expected }) => {
    expect(ownPaths(MADE, source)).toEqual(['Dockerfile', '.quayside', ...expected]);
  });
});
