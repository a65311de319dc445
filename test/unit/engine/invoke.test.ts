/** What a call of podman comes to, with a program in podman's place that says what is asked of it. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { podmanInvoker } from '../../../engine/podman/invoke.js';

const dir = mkdtempSync(join(tmpdir(), 'quayside-invoke-'));
afterAll(() => rmSync(dir, { recursive: true }));
writeFileSync(join(dir, 'podman'), `#!/bin/sh\ntrap 'exit 0' TERM\neval "$1"\n`);
chmodSync(join(dir, 'podman'), 0o755);
const call = podmanInvoker({ options: [], env: { PATH: `${dir}:${process.env.PATH}` } } as never);

test.each([
  ['that ends well', 'echo out', undefined, 0],
  ['that fails', 'exit 3', undefined, 3],
  ['that a signal ends', 'kill -KILL $$', undefined, -1],
  ['that takes too long, and says that all is well when it is told to end', 'sleep 5 >/dev/null 2>&1 & wait', 300, -1],
])(
  'a call %s',
  async (_name, script, timeoutMs, exitCode) => {
    expect(await call([script], timeoutMs === undefined ? {} : { timeoutMs })).toMatchObject({ exitCode });
  },
  30_000,
);
