/** docker/smoke.py, which starts the app's processes and asks over HTTP: what it makes of those that do and do not come up. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SMOKE = fileURLToPath(new URL('../../docker/smoke.py', import.meta.url));

/** A server that answers with a status; `once` is done before it listens. */
const server = (status: number, once = 'pass') => `
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(${status})
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *_): pass
${once}
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
`;

/** A server that is well where it is asked for that, and whose first page is an error. */
const BROKEN_PAGE = server(500).replace('(500)', '(200 if self.path == "/health" else 500)');

/** Holds the port and answers nobody, as a server whose workers do not come up. */
const HELD = `
import os, socket, time
held = socket.create_server(("127.0.0.1", int(os.environ["PORT"])))
held.listen()
connections = []
while True: connections.append(held.accept()[0].close())
`;

const sleeping = 'import time; time.sleep(60)';

interface Case {
  readonly name: string;
  readonly web: string;
  readonly beside?: string;
  readonly health?: string;
  readonly seconds?: number;
  readonly wrong?: Readonly<Record<string, unknown>>;
}

const CASES: readonly Case[] = [
  { name: 'an answer', web: server(200) },
  { name: 'an answer that says no such page, where no path is known', web: server(404) },
  { name: 'a redirect from the health path', web: server(301), health: '/health' },
  { name: 'a health path that is asked too often', web: server(429), health: '/health' },
  { name: 'a worker that stays', web: server(200), beside: sleeping },
  { name: 'a task that is done', web: server(200), beside: 'pass' },
  {
    name: 'a server that fails',
    web: server(200, 'raise SystemExit(3)'),
    wrong: { kind: 'ended', process: 'web', code: 3 },
  },
  { name: 'a server that just ends', web: 'pass', wrong: { kind: 'ended', process: 'web', code: 0 } },
  {
    name: 'a server that is killed',
    web: 'import os; os.kill(os.getpid(), 9)',
    wrong: { kind: 'ended', process: 'web', code: 137 },
  },
  {
    name: 'a worker that fails',
    web: server(200),
    beside: 'raise SystemExit("no such queue")',
    wrong: { kind: 'ended', process: 'worker', code: 1 },
  },
  {
    name: 'a worker that fails when it has worked for long',
    web: server(200),
    beside: 'import time\nend = time.time() + 5\nwhile time.time() < end: pass\nraise SystemExit("no such broker")',
    wrong: { kind: 'ended', process: 'worker', code: 1 },
  },
  { name: 'an error', web: server(500), wrong: { kind: 'answered', path: '/', status: 500 } },
  {
    name: 'no such page as the health path',
    web: server(404),
    health: '/health',
    wrong: { kind: 'answered', path: '/health', status: 404 },
  },
  {
    name: 'a first page that fails beside a health check that is well',
    web: BROKEN_PAGE,
    health: '/health',
    wrong: { kind: 'answered', path: '/', status: 500, well: '/health' },
  },
  { name: 'a held port', web: HELD, seconds: 2, wrong: { kind: 'silent', seconds: 2 } },
];

test.concurrent.each(CASES)('$name', async ({ web, beside, health, seconds = 20, wrong }) => {
  const words = (code: string) => ['python3', '-c', code];
  const commands = [...(beside === undefined ? [] : [['worker', words(beside)]]), ['web', words(web)]];
  const env = { ...process.env, PORT: `${await freePort()}`, ...(health && { QUAYSIDE_HEALTH_PATH: health }) };
  const done = spawnSync('python3', [SMOKE, `${seconds}`, JSON.stringify(commands)], { encoding: 'utf8', env });
  const said = /^quayside: (.*)$/m.exec(done.stderr)?.[1];
  expect(said === undefined ? undefined : JSON.parse(said)).toEqual(wrong);
  expect(done.status === 0).toBe(wrong === undefined);
});

test.each([
  ['works', 0, undefined],
  ['does not work', 70, { kind: 'idle', process: 'worker', seconds: 6 }],
  ['ends', 70, { kind: 'ended', process: 'worker', code: 0 }],
])('a worker that says that it %s', async (says, status, wrong) => {
  const dir = mkdtempSync(join(tmpdir(), 'smoke-'));
  // What its framework has to ask it with is this program as well.
  const worker = `#!/bin/sh\nif [ "$1" = --check ]; then [ "$2" = 'works' ]; elif [ "$1" != 'ends' ]; then sleep 60; fi\n`;
  writeFileSync(join(dir, 'arq'), worker, { mode: 0o755 });
  const commands = [
    ['worker', ['arq', says]],
    ['web', ['python3', '-c', server(200)]],
  ];
  const env = { ...process.env, PORT: `${await freePort()}`, PATH: `${dir}:${process.env.PATH}` };
  const done = spawnSync('python3', [SMOKE, '6', JSON.stringify(commands)], { encoding: 'utf8', env });
  rmSync(dir, { recursive: true });
  const said = /^quayside: (.*)$/m.exec(done.stderr)?.[1];
  expect({ status: done.status, wrong: said && JSON.parse(said) }).toEqual({ status, wrong });
});

test('a program that QEMU runs is waited for longer', () => {
  const dir = mkdtempSync(join(tmpdir(), 'smoke-'));
  const emulated = join(dir, 'qemu-sleep');
  copyFileSync('/bin/sleep', emulated);
  const commands = JSON.stringify([['web', [emulated, '60']]]);
  const done = spawnSync('python3', [SMOKE, '0.2', commands], { encoding: 'utf8' });
  rmSync(dir, { recursive: true });
  expect(done.stderr).toContain('{"kind": "silent", "seconds": 1.0}');
});

test('a program that is not there', () => {
  const commands = JSON.stringify([['web', ['no-such-server', 'app:app']]]);
  const done = spawnSync('python3', [SMOKE, '5', commands], { encoding: 'utf8' });
  expect(done.stderr).toContain('no-such-server: No such file or directory');
  expect(done.stderr).toContain('{"kind": "ended", "process": "web", "code": 127}');
});

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

test.each([
  ['one that had little of the processor is waited for', 45, 10, false],
  ['one that works on has started when it has had enough of it', 45, 40, true],
  ['no process is waited for without end', 61, 10, true],
])('%s', (_, seconds, worked, isOver) => {
  // A minute of work is not for a test: the clock and what was worked are given.
  const program = `
import json, os, runpy, sys
from types import SimpleNamespace
own = runpy.run_path(sys.argv[1])
now = [0.0]
own["Starting"].over.__globals__.update(
    time=SimpleNamespace(monotonic=lambda: now[0]),
    work=lambda group: (int(sys.argv[3]) * os.sysconf("SC_CLK_TCK"), True),
)
starting = own["Starting"]([("worker", SimpleNamespace(pid=1)), ("web", SimpleNamespace(pid=2))])
now[0] = float(sys.argv[2])
print(json.dumps(starting.over()))
`;
  const done = spawnSync('python3', ['-c', program, SMOKE, `${seconds}`, `${worked}`], { encoding: 'utf8' });
  expect(done.stderr).toBe('');
  expect(JSON.parse(done.stdout)).toBe(isOver);
});
