/** The functions that last: `serve` and `shell`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LAUNCHER, ROOT, startQuayside } from '../engine/cli/quayside-process.js';
import { EXAMPLE } from './support/example.js';
import { quayside } from './support/quayside.js';

const SESSIONS = '/run/quayside';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The session that a process opened. */
function sessionOf(pid: number): string {
  const owner = (id: string) => JSON.parse(readFileSync(join(SESSIONS, id, 'owner.json'), 'utf8')) as { pid: number };
  return readdirSync(SESSIONS)
    .filter(id => existsSync(join(SESSIONS, id, 'owner.json')))
    .find(id => owner(id).pid === pid)!;
}

/** What of a session there still is: its directory, mounts, network interfaces, processes. */
function remains(session: string): readonly string[] {
  const processes = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(session) ? [line] : [];
      } catch {
        return [];
      }
    });
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter(line => line.includes(session));
  const bridges = readdirSync('/sys/class/net').filter(name => name === `qs${session.slice(0, 10)}`);
  return [...readdirSync(SESSIONS).filter(id => id.startsWith(session)), ...mounts, ...bridges, ...processes];
}

test('serve answers on the port with the app and its services, and Ctrl-C leaves nothing', async () => {
  const port = await freePort();
  const args = ['serve', `--source=${EXAMPLE}`, `--port=${port}`, '--engine=local'];
  const { child, firstLine, finished } = startQuayside(args);
  try {
    expect(await firstLine).toBe(`http://localhost:${port}`);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    expect(await health.json()).toEqual({ status: 'ok', checks: { database: 'ok', redis: 'ok' } });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toContain('<title>flask-stream</title>');
    const session = sessionOf(child.pid!);
    expect(remains(session).length).toBeGreaterThan(4);

    const taken = await quayside(['serve', `--source=${EXAMPLE}`, `--port=${port}`]);
    expect(taken).toMatchObject({ code: 2, steps: [] });
    expect(taken.stderr).toContain(`port ${port} is in use`);

    child.kill('SIGINT');
    const { code, stderr } = await finished;
    expect(code).toBe(130);
    expect(stderr).not.toMatch(/^error/m);
    expect(remains(session)).toEqual([]);
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  } finally {
    child.kill('SIGKILL');
  }
});

test('shell opens the test image on a terminal, with the services bound and the app importable', async () => {
  const command = `'${LAUNCHER}' shell --source='${EXAMPLE}' --engine=local`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { cwd: ROOT });
  let seen = '';
  child.stdout.on('data', chunk => {
    seen += chunk;
  });
  // The answers are computed, so that the echo of what is typed cannot be taken for them.
  const database =
    'import os, sqlalchemy as s; print(s.create_engine(os.environ["DATABASE_URL"]).connect().scalar(s.text("select 6*7")), "barrels")';
  const lines = [
    `python -c '${database}'`,
    'echo "user $(id -u)"',
    'pytest --version',
    'python -c "import flask_stream as f; print(f.__file__)"',
    'exit',
  ];
  child.stdin.write(`${lines.join('\n')}\n`);
  const [code] = await once(child, 'exit');
  expect(seen).toMatch(/^42 barrels\r?$/m);
  expect(seen).toMatch(/^user 1000\r?$/m);
  expect(seen).toMatch(/pytest \d+\.\d+/);
  expect(seen).toMatch(/^\/app\/flask_stream\/__init__\.py\r?$/m);
  expect(code).toBe(0);
});

test('shell without a terminal says so, before anything is started', async () => {
  const { code, steps, stderr } = await quayside(['shell', `--source=${EXAMPLE}`]);
  expect({ code, steps }).toEqual({ code: 2, steps: [] });
  expect(stderr).toMatch(/^error: shell needs a terminal/m);
});
