/** The servers that no example uses, as the production image runs them: streams, websockets, and how they end. */
import { cpSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { type Deployment, deploy, undeploy } from './support/deployment.js';
import { usePodman } from './support/podman.js';

const { scratch, tools } = usePodman();

/** The same app for each protocol, and for frameworks that no example uses; a line of configuration chooses it and the server. */
const SERVERS = [
  {
    name: 'gunicorn with threads',
    server: { kind: 'gunicorn', worker: 'gthread', entry: 'over_wsgi:app' },
    proxied: true,
  },
  {
    name: 'gunicorn with gevent',
    server: { kind: 'gunicorn', worker: 'gevent', entry: 'over_wsgi:app' },
    proxied: true,
  },
  { name: "gunicorn with uvicorn's worker", server: { kind: 'gunicorn', entry: 'over_asgi:app' }, proxied: true },
  { name: 'uvicorn', server: { kind: 'uvicorn', entry: 'over_asgi:app' }, proxied: true },
  { name: 'waitress', server: { kind: 'waitress', entry: 'over_wsgi:app' }, proxied: true },
  { name: 'uWSGI', server: { kind: 'uwsgi', entry: 'over_wsgi:app' }, proxied: true },
  { name: 'daphne', server: { kind: 'daphne', entry: 'over_asgi:app' }, proxied: false, abrupt: true },
  { name: 'hypercorn', server: { kind: 'hypercorn', entry: 'over_asgi:app' }, proxied: false },
  { name: 'granian', server: { kind: 'granian', entry: 'over_asgi:app' }, proxied: false },
  { name: 'Quart', server: { kind: 'hypercorn', entry: 'over_quart:app' }, proxied: false },
  { name: 'Litestar', server: { kind: 'uvicorn', entry: 'over_litestar:app' }, proxied: false },
] as const;

/** Says something by websocket and prints the answer. */
const CONVERSE = `
from websockets.sync.client import connect
with connect("ws://127.0.0.1:8000/echo") as socket:
    socket.send("ahoy")
    print(socket.recv())
`;

const HALF_HEADERS = 'GET /health HTTP/1.1\r\nHost: app\r\nX-Slow: ';
const HALF_BODY = 'POST /say/x HTTP/1.1\r\nHost: app\r\nContent-Length: 100000\r\n\r\nabc';
const STREAM = 'GET /events HTTP/1.1\r\nHost: app\r\n\r\n';
const repeat = (times: number, text: string): readonly string[] => Array.from({ length: times }, () => text);

/** A connection that has sent this and nothing more. */
function holding(origin: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once('error', reject).once('connect', () =>
      socket
        .off('error', reject)
        .on('error', () => {})
        .write(text, () => resolve(socket)),
    );
  });
}

/** Short, so that it does not take long to end what never ends by itself. */
const GRACE = '2';

describe.each(SERVERS)('$name', ({ name, server, proxied, ...row }) => {
  let app: Deployment;
  let origin: string;
  beforeAll(async () => {
    const source = join(scratch.dir, name.replaceAll(' ', '-'));
    cpSync(join(ROOT, 'test/e2e/shapes/servers'), source, { recursive: true });
    const env = { GRACEFUL_TIMEOUT: GRACE, GUNICORN_GRACEFUL_TIMEOUT: GRACE, FORWARDED_ALLOW_IPS: '*' };
    writeFileSync(join(source, 'quayside.yaml'), JSON.stringify({ server, env }));
    app = await deploy(tools(), source, `${source}-images`, false);
    await app.start(app.processes);
    origin = `http://${await app.address('web', 8000)}`;
  });
  afterAll(() => undeploy(tools()));

  /** The text of an answer as it comes. */
  async function read(path: string): Promise<AsyncIterator<string>> {
    const { body } = await fetch(origin + path);
    return body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  }

  test('sends each event when it happens', async () => {
    const events = await read('/events');
    expect(await events.next()).toMatchObject({ value: 'data: open\n\n' });
    await fetch(`${origin}/say/ahoy`, { method: 'POST' });
    expect(await events.next()).toMatchObject({ value: 'data: ahoy\n\n' });
    await events.return?.();
  });

  // Skipped for gunicorn with gevent and for waitress: WSGI has no websockets.
  test.skipIf(server.entry === 'over_wsgi:app')('speaks by websocket', async () => {
    expect(await app.exec('web', 'python', '-c', CONVERSE)).toBe('heard ahoy');
  });

  // Skipped for those that only the app's own code can tell what stands in front of them.
  test.skipIf(!proxied)('believes the proxy that the deployment names', async () => {
    const answer = await fetch(`${origin}/scheme`, { headers: { 'X-Forwarded-Proto': 'https' } });
    expect(await answer.text()).toBe('https');
  });

  test('answers one question after another, over connections that stay or are said to end', async () => {
    for (let asked = 0; asked < 100; asked++) {
      const answer = await fetch(`${origin}/scheme`);
      await answer.text();
      expect(answer.status).toBeLessThan(500);
    }
  });

  test('answers its health check while others hold 200 requests back and 100 streams open', async () => {
    const check = app.processes.find(({ id }) => id === 'web')!.check!;
    const held = [...repeat(100, HALF_HEADERS), ...repeat(100, HALF_BODY), ...repeat(100, STREAM)];
    const sockets = await Promise.all(held.map(text => holding(origin, text)));
    try {
      for (let time = 0; time < 4; time++) await app.exec('web', ...check);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });

  // Skipped for daphne, which lets go of all connections as soon as it is told to end.
  test.skipIf('abrupt' in row)(
    'answers what it has begun before it ends, and ends though a stream is open',
    async () => {
      await (await read('/events')).next();
      const slow = await read('/slow');
      expect(await slow.next()).toMatchObject({ value: 'begun\n' });
      const rest = slow.next();
      const [ended] = await app.stop();
      expect(await rest).toMatchObject({ value: 'done\n' });
      expect(ended).toMatchObject({ exitCode: 0 });
    },
  );
});
