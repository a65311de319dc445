/** Without any network and with nothing kept, one sentence says so: nothing in the app's files would help. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LAUNCHER, ROOT, runQuayside } from './quayside-process.js';

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'quayside-no-network-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

test('a machine without a network ends in 75 and one sentence', async () => {
  const source = join(ROOT, 'examples/flask-shop');
  const { code, stderr } = await runQuayside(['--net', LAUNCHER, '--engine=local', 'test', `--source=${source}`], {
    program: 'unshare',
    env: { QUAYSIDE_STATE: state },
  });
  const at = stderr.lastIndexOf('error: ');
  expect(stderr.slice(at)).toMatch(
    /^error: service \w+: Debian \w+ by mmdebstrap cannot be had: the network failed: nothing leads to \S+.*\. A retry may help\n$/,
  );
  expect(stderr).not.toMatch(/^\s*E: /m);
  expect(code).toBe(75);
});
