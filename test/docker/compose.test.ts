/** Compose on the Docker Engine of the tests: health gates, named volumes, and ports that are published. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
const compose = (...args: string[]) => docker().run(['compose', ...args], { cwd: dir });

/** Answers with what Redis holds, and stops at once when Redis is not there: only an order that waits for it gets along. */
const APP = `import http.server, socket
def ask(words):
    with socket.create_connection(('cache', 6379)) as at:
        at.sendall(words.encode() + b'\\r\\n')
        return at.recv(1000)
ask('PING')
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(ask('INCR visits'))
http.server.HTTPServer(('', 8000), Handler).serve_forever()
`;

const COMPOSE = `name: two
services:
  cache:
    image: redis:7
    command: [sh, -c, "sleep 2; exec redis-server --appendonly yes --protected-mode no"]
    healthcheck: { test: [CMD, redis-cli, ping], interval: 500ms, retries: 60 }
    volumes: [kept:/data]
  web:
    image: python:3.11-slim
    init: true
    command: [python, -u, -c, "\${APP}"]
    depends_on: { cache: { condition: service_healthy } }
    healthcheck: { test: [CMD, python, -c, "import socket; socket.create_connection(('127.0.0.1', 8000))"], interval: 500ms, retries: 60 }
    ports: ["127.0.0.1:8000:8000"]
volumes: { kept: {} }
`;

beforeAll(() => {
  writeFileSync(join(dir, 'compose.yaml'), COMPOSE);
  writeFileSync(join(dir, '.env'), `APP='${APP.replaceAll("'", '"')}'\n`);
});
afterAll(async () => {
  await docker().empty();
  rmSync(dir, { recursive: true, force: true });
});

test('up waits for health, in its order; the port answers inside and through a forward', async () => {
  await docker().provide('python:3.11-slim', 'redis:7');
  await compose('up', '--wait');
  const { stdout } = await docker().inside('curl', ['-sS', 'http://127.0.0.1:8000/']);
  expect(stdout.trim()).toBe(':1');
  const { port, close } = await docker().forward(8000);
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe(':2\r\n');
  close();
});

test('a named volume keeps what it holds from down to up, until it is removed', async () => {
  const visits = async () => (await docker().inside('curl', ['-sS', 'http://127.0.0.1:8000/'])).stdout.trim();
  await compose('down');
  await compose('up', '--wait');
  expect(await visits()).toBe(':3');
  await compose('down', '--volumes');
  await compose('up', '--wait');
  expect(await visits()).toBe(':1');
});

test('what a container of run ends with is what run ends with', async () => {
  const ended = await docker().run(['compose', 'run', '--rm', '--no-deps', 'web', 'sh', '-c', 'exit 7'], {
    cwd: dir,
    reject: false,
  });
  expect(ended.exitCode).toBe(7);
});

test('build makes images with BuildKit, where there is buildx', async ({ skip }) => {
  if (!docker().composeBuilds) skip('there is no buildx: ./quayside setup --for-tests compiles it where Go is');
  const dockerfile =
    'FROM python:3.11-slim\\nRUN --mount=type=cache,target=/kept date > /kept/at && cp /kept/at /built\\n';
  const services = `built: { image: built-by-compose, build: { context: ., dockerfile_inline: "${dockerfile}" } }`;
  writeFileSync(join(dir, 'build.yaml'), `name: building\nservices: { ${services} }\n`);
  await compose('--file=build.yaml', 'build');
  const { stdout } = await compose('--file=build.yaml', 'run', '--rm', 'built', 'ls', '/built', '/kept');
  expect(stdout).toContain('/built');
});

test('watch brings a changed file into a running container, and ends when it is told to', async () => {
  const develop = `develop: { watch: [{ action: sync, path: ./watched, target: /watched }] }`;
  const built = `build: { context: ., dockerfile_inline: "FROM python:3.11-slim" }, image: "python:3.11-slim"`;
  await docker().provide('python:3.11-slim');
  mkdirSync(join(dir, 'watched'));
  writeFileSync(
    join(dir, 'watch.yaml'),
    `name: watching\nservices: { web: { ${built}, init: true, command: sleep 600, ${develop} } }\n`,
  );
  await compose('--file=watch.yaml', 'up', '--detach');
  const stop = new AbortController();
  const options = { cwd: dir, reject: false, cancelSignal: stop.signal };
  const watching = docker().run(['compose', '--file=watch.yaml', 'watch', '--no-up'], options);
  // It sees only what changes once it watches.
  let times = 0;
  const seen = async () => {
    times += 1;
    writeFileSync(join(dir, 'watched/file'), `${times}`);
    return (
      await docker().run(['compose', '--file=watch.yaml', 'exec', 'web', 'cat', '/watched/file'], {
        cwd: dir,
        reject: false,
      })
    ).stdout;
  };
  try {
    await expect.poll(seen, { timeout: 60_000, interval: 1000 }).toMatch(/^\d+$/);
  } catch (cause) {
    stop.abort();
    throw new Error(`watch brought nothing: ${(await watching).all}`, { cause });
  }
  stop.abort();
  expect((await watching).all).toContain('Watch enabled');
});
