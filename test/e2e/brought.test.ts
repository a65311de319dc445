/** Apps without a server among their dependencies: one is installed beside what they pin, which stays as it is, and serves them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Deployment, deploy, undeploy } from './support/deployment.js';
import { usePodman } from './support/podman.js';

const APPS = [
  {
    name: 'gunicorn over WSGI',
    files: {
      // What gunicorn needs as well, in a version of the app's own.
      'requirements.txt': 'flask==3.1.2\npackaging==23.2\n',
      'app.py':
        'from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.get("/")\ndef index():\n    return "ahoy"\n',
    },
    expected: ['flask==3.1.2', 'packaging==23.2', 'gunicorn=='],
  },
  {
    name: 'uvicorn over ASGI, as the Dockerfile has it',
    files: {
      'requirements.txt': 'starlette==0.46.2\nh11==0.14.0\n',
      Dockerfile: 'FROM python:3.11\nRUN pip install uvicorn==0.30.6\nCMD ["uvicorn", "main:app"]\n',
      'main.py': `from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute


async def index(request):
    return PlainTextResponse("ahoy")


async def echo(socket):
    await socket.accept()
    await socket.send_text("heard " + await socket.receive_text())


app = Starlette(routes=[Route("/", index), WebSocketRoute("/echo", echo)])
`,
    },
    expected: ['starlette==0.46.2', 'h11==0.14.0', 'uvicorn==0.30.6', 'websockets=='],
  },
] as const;

/** Prints what is installed. */
const INSTALLED =
  'from importlib.metadata import distributions as d; print(*(f"{x.name}=={x.version}".lower() for x in d()))';

/** Says something by websocket and prints the answer. */
const CONVERSE = `
from websockets.sync.client import connect
with connect("ws://127.0.0.1:8000/echo") as socket:
    socket.send("ahoy")
    print(socket.recv())
`;

const { scratch, tools } = usePodman();

describe.each(APPS)('$name', ({ name, files, expected }) => {
  let app: Deployment;
  beforeAll(async () => {
    const source = join(scratch.dir, name.replaceAll(/\W+/g, '-'));
    mkdirSync(source, { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(source, file), text);
    app = await deploy(tools(), source, `${source}-images`, false);
    await app.start(app.processes);
  });
  afterAll(() => undeploy(tools()));

  test('answers', async () => {
    expect((await (await app.visitor()).get('/')).text).toBe('ahoy');
  });

  test('keeps the versions that it pins', async () => {
    const installed = await app.exec('web', 'python', '-c', INSTALLED);
    for (const wanted of expected) expect(installed).toContain(wanted);
  });

  // Skipped for the app of Flask: WSGI has no websockets.
  test.runIf('main.py' in files)('speaks by websocket', async () => {
    expect(await app.exec('web', 'python', '-c', CONVERSE)).toBe('heard ahoy');
  });
});
