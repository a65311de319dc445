/** docker/gunicorn.conf.py with an app's own settings: what of them counts in a container, asked of the python3 in PATH. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'quayside-gunicorn-'));
afterAll(() => rmSync(dir, { recursive: true }));
const CONF = fileURLToPath(new URL('../../docker/gunicorn.conf.py', import.meta.url));

test.each([
  [
    'its log files are the output',
    'accesslog = "/var/log/a.log"\nerrorlog = "logs/e.log"',
    { accesslog: '-', errorlog: '-' },
  ],
  ['a log that is off stays off', 'accesslog = None', { accesslog: null, errorlog: '-' }],
  ['it does not leave the foreground or watch files', 'daemon = True\nreload = True', { daemon: null, reload: null }],
  ['it listens where the container does', 'bind = "unix:a.sock"', { bind: '0.0.0.0:8000' }],
  ['its time limit counts', 'timeout = 300', { timeout: 300 }],
])('of the app: %s', (_, text, expected) => {
  const own = join(dir, 'gunicorn.conf.py');
  writeFileSync(own, `${text}\n`);
  const names = JSON.stringify(Object.keys(expected));
  const code = `import json, runpy; made = runpy.run_path(${JSON.stringify(CONF)}); print(json.dumps({name: made.get(name) for name in ${names}}))`;
  const out = execFileSync('python3', ['-c', code], {
    env: { ...process.env, QUAYSIDE_GUNICORN_CONF: own },
    encoding: 'utf8',
  });
  expect(JSON.parse(out)).toEqual(expected);
});
