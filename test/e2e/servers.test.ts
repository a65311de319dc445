/** The servers that no example uses, as the production image runs them: streams, websockets, and how they end. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { type Deployment, deploy, undeploy } from './support/deployment.js';
import { usePodman } from './support/podman.js';

const { scratch, tools } = usePodman();

/** The same app for each protocol, and for frameworks that no example uses; a line of configuration chooses it and the server. */
const SERVERS = [
  { name: 'gunicorn with gevent', server: { kind: 'gunicorn', worker: 'gevent', entry: 'over_wsgi:app' } },
  { name: "gunicorn with uvicorn's worker", server: { kind: 'gunicorn', entry: 'over_asgi:app' } },
  { name: 'waitress', server: { kind: 'waitress', entry: 'over_wsgi:app' } },
  { name: 'hypercorn', server: { kind: 'hypercorn', entry: 'over_asgi:app' } },
  { name: 'granian', server: { kind: 'granian', entry: 'over_asgi:app' } },
  { name: 'Quart', server: { kind: 'hypercorn', entry: 'over_quart:app' } },
  { name: 'Litestar', server: { kind: 'uvicorn', entry: 'over_litestar:app' } },
] as const;

/** Says something by websocket and prints the answer. */
const CONVERSE = `
from websockets.sync.client import connect
with connect("ws://127.0.0.1:8000/echo") as socket:
    socket.send("ahoy")
    print(socket.recv())
`;

/** Short, so that it does not take long to end what never ends by itself. */
const GRACE = '2';

describe.each(SERVERS)('$name', ({ name, server }) => {
  let app: Deployment;
  let origin: string;
  beforeAll(async () => {
    const source = join(scratch.dir, name.replaceAll(' ', '-'));
    cpSync(join(ROOT, 'test/e2e/shapes/servers'), source, { recursive: true });
    const env = { GRACEFUL_TIMEOUT: GRACE, GUNICORN_GRACEFUL_TIMEOUT: GRACE };
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

  test('answers what it has begun before it ends, and ends though a stream is open', async () => {
    await (await read('/events')).next();
    const slow = await read('/slow');
    expect(await slow.next()).toMatchObject({ value: 'begun\n' });
    const rest = slow.next();
    const [ended] = await app.stop();
    expect(await rest).toMatchObject({ value: 'done\n' });
    expect(ended).toMatchObject({ exitCode: 0 });
  });
});
