/** Development with a debugger on a real Docker Engine: one variable brings it, on a port of this machine alone, and without it there is none. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

const PORT = '5679';

/** Says hello as an editor does, in the protocol of debug adapters, and prints what the first answer to it is. */
const HELLO = `
import json, socket
with socket.create_connection(("127.0.0.1", ${PORT}), 10) as adapter:
    hello = {"seq": 1, "type": "request", "command": "initialize", "arguments": {"adapterID": "debugpy", "clientID": "test"}}
    body = json.dumps(hello).encode()
    adapter.sendall(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    stream = adapter.makefile("rb")
    while True:
        length = 0
        while (line := stream.readline().strip()):
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        message = json.loads(stream.read(length))
        if message["type"] == "response":
            print(message["command"], message["success"], message["body"]["supportsConfigurationDoneRequest"])
            break
`;

const docker = useDocker();

// The reloader of Flask, which starts itself again, and that of uvicorn, which starts Python anew.
describe.each(['flask-gallery', 'fastapi-media'])('%s', name => {
  let app: EjectedApp;
  const hello = () => docker().inside('python3', ['-c', HELLO], { reject: false });
  const compose = (...words: readonly string[]) =>
    docker().inside('docker', ['compose', '-f', 'compose.yaml', '-f', 'compose.dev.yaml', ...words], { cwd: app.path });

  beforeAll(async () => {
    app = await ejectedExample(name);
    await docker().provide(...imagesOf(app.plan));
  });
  afterAll(async () => {
    await docker().empty();
    app.remove();
  });

  test('an editor attaches where the variable is set, while the app answers', async () => {
    await docker().inside('make', ['up', `DEBUGGER_PORT=${PORT}`], { cwd: app.path });
    expect((await hello()).stdout).toBe('initialize True True');
    const { port } = app.plan.processes.find(({ id }) => id === app.plan.front)!;
    const { stdout } = await docker().inside('curl', [
      '-sSLk',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      `http://127.0.0.1:${port}/`,
    ]);
    expect(Number(stdout)).toBeLessThan(500);
  });

  test('without it there is neither an answer nor a debugger', async () => {
    await docker().inside('make', ['up'], { cwd: app.path });
    expect((await hello()).stderr).toContain('Connection refused');
    const asked = compose(
      'exec',
      '-T',
      'web',
      'python',
      '-c',
      'import importlib.util as u; print(u.find_spec("debugpy"))',
    );
    expect((await asked).stdout).toBe('None');
  });
});
