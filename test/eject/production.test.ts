/** Production by compose on a real Docker Engine, with three web servers: what holds when they start, go, are killed and come again. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { load } from '../support/load.js';
import { useDocker } from '../support/use-docker.js';

/** Starts in a row: more of them by QUAYSIDE_STARTS. */
const STARTS = Number(process.env.QUAYSIDE_STARTS ?? 5);
const PROD = ['compose', '-f', 'compose.yaml', '-f', 'compose.prod.yaml'];
const SITE = 'https://127.0.0.1';

const docker = useDocker();
const get = async (path: string, ...flags: readonly string[]) =>
  (await docker().inside('curl', ['-sS', '--insecure', ...flags, `${SITE}${path}`], { reject: false })).all;

/** One app's production; `words` are those of docker compose. */
const production =
  (app: () => EjectedApp) =>
  (...words: readonly string[]) =>
    docker().inside('docker', [...PROD, ...words], { cwd: app().path });

/** Ids of containers, of one service or of all. */
async function containers(compose: ReturnType<typeof production>, ...words: readonly string[]) {
  return (await compose('ps', '--quiet', ...words)).stdout.split('\n').filter(id => id !== '');
}

describe('behind gunicorn: flask-stream', () => {
  let app: EjectedApp;
  const compose = production(() => app);
  const up = () => compose('up', '--detach', '--wait', '--scale', 'web=3');

  beforeAll(async () => {
    app = await ejectedExample('flask-stream');
    const file = join(app.path, 'flask_stream/__init__.py');
    const text = readFileSync(file, 'utf8');
    const at = text.lastIndexOf('    return app');
    writeFileSync(file, `${text.slice(0, at)}${FLASK_ROUTES}${text.slice(at)}`);
    await docker().provide(...imagesOf(app.plan));
    await docker().inside('make', ['setup', 'certificates'], { cwd: app.path });
    await docker().inside('docker', [...PROD, 'build'], { cwd: app.path });
  });
  afterAll(async () => {
    await docker().empty();
    app.remove();
  });

  test(`is healthy with three web servers and one migration, ${STARTS} starts in a row`, async () => {
    for (let start = 1; start <= STARTS; start += 1) {
      await up();
      const { stdout } = await compose('ps', '--all', '--format={{.Service}} {{.State}} {{.Health}} {{.ExitCode}}');
      const lines = stdout.split('\n').sort();
      expect(lines.filter(line => line.startsWith('web '))).toEqual(Array(3).fill('web running healthy 0'));
      expect(lines.filter(line => line.startsWith('migrate '))).toEqual(['migrate exited  0']);
      const { all } = await compose('logs', '--no-log-prefix');
      expect(all.match(/quayside: migrating/g)).toHaveLength(1);
      expect(await get('/', '--output', '/dev/null', '--write-out', '%{http_code}')).toBe('200');
      if (start < STARTS) await compose('down');
    }
  });

  test('what the proxy says of how a request came is believed, and from nobody else', async () => {
    for (let time = 0; time < 6; time += 1) expect(await get('/proof/scheme')).toBe('https');
    expect(await get('/proof/scheme', '--header', 'X-Forwarded-Proto: http')).toBe('https');
    const [web] = await containers(compose, 'web');
    const asked = ['python', '-c', SCHEME_FROM_INSIDE];
    const { stdout } = await docker().run(['exec', web!, ...asked]);
    expect(stdout).toBe('http');
  });

  test('TLS 1.2 and 1.3 and no older one; HTTP leads there', async () => {
    const status = ['--output', '/dev/null', '--write-out', '%{http_code}'];
    for (const version of ['1.2', '1.3'])
      expect(await get('/health', `--tlsv${version}`, '--tls-max', version, ...status)).toBe('200');
    // Without what a newer client refuses by itself.
    const old = ['--ciphers', 'DEFAULT@SECLEVEL=0', '--tlsv1.0', '--tls-max', '1.1', ...status];
    expect(await get('/health', ...old)).toMatch(/alert protocol version/);
  });

  test('a stream comes through bit by bit', async () => {
    const times = await get(
      '/proof/stream',
      '--output',
      '/dev/null',
      '--write-out',
      '%{time_starttransfer} %{time_total}',
    );
    const [first, last] = times.split(' ').map(Number);
    expect(last! - first!).toBeGreaterThan(1.5);
  });

  test('no process stays root, and the app and its proxy write nothing beside volumes and temporary files', async () => {
    for (const id of await containers(compose)) {
      // Checks of a service's health begin as root: who stays it is looked for.
      const roots = async () => {
        const { stdout } = await docker().run(['top', id, '-eo', 'uid,pid,args']);
        return stdout.split('\n').filter(line => /^\s*0\s/.test(line));
      };
      await expect.poll(roots, { timeout: 15_000, interval: 300 }).toEqual([]);
    }
    for (const id of await containers(compose, 'web', 'proxy')) {
      // The places of mounts are made where an image has none.
      const { stdout: places } = await docker().run([
        'inspect',
        '--format={{range .Mounts}}{{.Destination}} {{end}}',
        id,
      ]);
      const isPlace = (path: string) => places.split(' ').some(place => `${place}/`.startsWith(`${path}/`));
      const { stdout } = await docker().run(['diff', id]);
      expect(stdout.split('\n').filter(line => line !== '' && !isPlace(line.slice(2)))).toEqual([]);
    }
  });

  test('no secret is in an image, in the settings of a container, in a log or in the list of processes', async () => {
    const secrets = readFileSync(join(app.path, '.env'), 'utf8').match(/(?<==)([0-9a-f]{48}|\w{43}=)$/gm)!;
    expect(secrets.length).toBeGreaterThan(1);
    const images = app.components.map(({ target }) =>
      target === 'production' ? app.plan.name : `${app.plan.name}-${target}`,
    );
    const shown = [
      (await docker().run(['image', 'inspect', ...images])).stdout,
      ...(await Promise.all(images.map(async image => (await docker().run(['history', '--no-trunc', image])).stdout))),
      (await compose('logs')).all,
      // Those that have ended, such as the migration, are shown as well.
      (await docker().run(['inspect', ...(await containers(compose, '--all'))])).stdout,
      ...(await Promise.all((await containers(compose)).map(async id => (await docker().run(['top', id])).stdout))),
    ];
    for (const secret of secrets) for (const text of shown) expect(text).not.toContain(secret);
  });

  test('files of secrets are read by who containers run as, and by no other user of the machine', async () => {
    const file = join(app.path, '.env.secrets/SECRET_KEY');
    const nobody = await docker().inside('setpriv', ['--reuid=4321', '--clear-groups', 'cat', file], { reject: false });
    expect(nobody.stderr).toContain('Permission denied');
    const [web] = await containers(compose, 'web');
    const ask = [
      'sh',
      '-c',
      'id -u; test -r /run/secrets/SECRET_KEY && echo readable; test -w /run/secrets/SECRET_KEY || echo kept',
    ];
    expect((await docker().run(['exec', web!, ...ask])).stdout).toBe('1000\nreadable\nkept');
    // A command beside the running process has them by the entrypoint: 32 bytes in base64, as Fernet's keys are.
    const known = ['quayside-entrypoint', 'python', '-c', 'import os; print(len(os.environ["SECRET_KEY"]))'];
    expect((await docker().run(['exec', web!, ...known])).stdout).toBe('44');
    expect((await docker().inside('make', ['migrate', 'STACK=prod'], { cwd: app.path })).exitCode).toBe(0);
  });

  test('a web server is killed under load: nothing that can be asked twice fails', async () => {
    const under = load(docker(), `${SITE}/proof/slow?seconds=0.2`, 15, 6);
    await sleep(4000);
    const [web] = await containers(compose, 'web');
    await docker().run(['kill', web!]);
    const { answers } = await under;
    expect(Object.keys(answers)).toEqual(['200']);
    await docker().run(['start', web!]);
  });

  test('all web servers start again under load: nothing that can be asked twice fails', async () => {
    await up();
    const under = load(docker(), `${SITE}/proof/slow?seconds=0.2`, 25, 6);
    await sleep(3000);
    await compose('restart', 'web');
    const { answers } = await under;
    expect(Object.keys(answers)).toEqual(['200']);
  });

  test('stop lets requests finish and ends within the time that is given', async () => {
    await up();
    const asked = get('/proof/slow?seconds=4');
    await sleep(1500);
    const start = Date.now();
    await compose('stop', 'web');
    // What compose itself takes is not the app's: who needs longer than its ten seconds is killed.
    expect(Date.now() - start).toBeLessThan(15_000);
    expect(await asked).toBe('slept');
    // Not killed: 137 would be that.
    const { stdout } = await compose('ps', '--all', '--format={{.ExitCode}}', 'web');
    expect([...new Set(stdout.split('\n'))]).toEqual(['0']);
  });
});

describe('behind uvicorn: fastapi-media', () => {
  let app: EjectedApp;
  const compose = production(() => app);

  beforeAll(async () => {
    app = await ejectedExample('fastapi-media');
    appendFileSync(join(app.path, 'backend/main.py'), ASGI_ROUTES);
    await docker().provide(...imagesOf(app.plan));
    await docker().inside('make', ['setup', 'certificates'], { cwd: app.path });
    await docker().inside('make', ['prod'], { cwd: app.path });
  });
  afterAll(async () => {
    await docker().empty();
    app.remove();
  });

  test('what the proxy says of how a request came is believed, and from nobody else', async () => {
    expect(await get('/proof/scheme')).toBe('https');
    const [web] = await containers(compose, 'web');
    const { stdout } = await docker().run(['exec', web!, 'python', '-c', SCHEME_FROM_INSIDE]);
    expect(stdout).toBe('http');
  });

  test('a WebSocket stays open through the proxy, both ways', async () => {
    const { stdout } = await docker().inside(process.execPath, ['-e', WEBSOCKET, `${SITE}/proof/echo`]);
    expect(stdout).toBe('echo: one\necho: two');
  });
});

const FLASK_ROUTES = `    import time

    from flask import request

    @app.get("/proof/scheme")
    def proof_scheme() -> str:
        return request.scheme

    @app.get("/proof/slow")
    def proof_slow() -> str:
        time.sleep(float(request.args["seconds"]))
        return "slept"

    @app.get("/proof/stream")
    def proof_stream() -> Any:
        def ticks() -> Any:
            for tick in range(5):
                yield f"data: {tick}\\n\\n"
                time.sleep(0.5)

        return app.response_class(ticks(), mimetype="text/event-stream")

`;

const ASGI_ROUTES = `

import fastapi


@app.middleware("http")
async def proof_scheme(request: fastapi.Request, call_next):
    if request.url.path == "/proof/scheme":
        return fastapi.Response(request.url.scheme)
    return await call_next(request)


async def proof_echo(websocket: fastapi.WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(f"echo: {text}")


app.router.routes.insert(0, fastapi.routing.APIWebSocketRoute("/proof/echo", proof_echo))
`;

/** Asks for the scheme from inside of a web server's container, as somebody who says that he is the proxy. */
const SCHEME_FROM_INSIDE = `import socket, urllib.request
address = socket.gethostbyname(socket.gethostname())
asked = urllib.request.Request(f"http://{address}:8000/proof/scheme", headers={"X-Forwarded-Proto": "https"})
print(urllib.request.urlopen(asked).read().decode())`;

/** Sends two texts over a WebSocket, the second one after a while, and prints what comes back. */
const WEBSOCKET = `const https = require('node:https');
const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' };
const frame = text => Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
const asked = https.get(process.argv[1], { rejectUnauthorized: false, headers }, answer => { console.log(answer.statusCode); process.exit(1); });
asked.on('upgrade', (answer, socket) => {
  let seen = 0;
  socket.on('data', bytes => {
    console.log(bytes.subarray(2).toString());
    seen += 1;
    if (seen === 2) process.exit(0);
    setTimeout(() => socket.write(frame('two')), 3000);
  });
  socket.write(frame('one'));
});`;
