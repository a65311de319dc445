/** What people read when the built image does not start. */
import { expect, it } from 'vitest';
import { servedFailed, startFailed } from '../../../src/dagger/start-problem.js';
import { DiagnosticError } from '../../../src/diagnostics/error.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';

const LOG = 'Traceback (most recent call last):\n  File "/app/app.py", line 3, in <module>\nValueError: no such shop\n';

it.each([
  ['image-ends', 70, `${LOG}\nquayside: {"kind": "ended", "process": "web", "code": 1}\n`],
  ['image-answers-error', 71, `${LOG}\nquayside: {"kind": "answered", "path": "/", "status": 500}\n`],
  ['image-is-silent', 70, 'quayside: {"kind": "silent", "seconds": 90.0}\n'],
  ['image-worker-is-idle', 70, 'quayside: {"kind": "idle", "process": "worker", "seconds": 90.0}\n'],
  ['image-page-fails', 71, `${LOG}\nquayside: {"kind": "answered", "path": "/", "status": 500, "well": "/up"}\n`],
  ['image-cannot-run-a-program', 127, 'python: not found\n'],
])('%s', async (name, code, output) => {
  const { diagnostics } = startFailed(code, output, { plan: { variables: [] }, workdir: '/app' });
  const text = `${diagnostics.map(formatDiagnostic).join('\n')}\n`;
  await expect(text).toMatchFileSnapshot(`../../golden/diagnostics/${name}.txt`);
});

it('names the process of a served app that ends, and not the words of its command', () => {
  const extensions = { _type: 'EXEC_ERROR', cmd: ['sh', '-ec', 'find /data'], exitCode: 3, stdout: LOG, stderr: '' };
  const error = Object.assign(new Error('service worker: process "sh -ec find /data" did not …'), { extensions });
  const worded = servedFailed(error);
  if (!(worded instanceof DiagnosticError)) throw new Error('it is worded');
  const text = worded.diagnostics.map(formatDiagnostic).join('\n');
  expect(text).toContain('its worker process ended with exit code 3');
  expect(text).toContain('no such shop');
  expect(text).not.toContain('sh -ec');
  expect(servedFailed(new Error('no name server'))).toMatchObject({ message: 'no name server' });
});
