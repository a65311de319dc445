/** nginx in front of containers that are made anew and have other addresses then: with templates of Quayside's own, and with an app's. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const PYTHON = 'python:3.11-slim';
let app: EjectedApp;
const compose = (...words: readonly string[]) =>
  docker().run(['compose', '--file=front.yaml', ...words], { cwd: app.path });

/** Says who it is, whatever it is asked. */
const SERVER = `import http.server, socket
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(socket.gethostbyname(socket.gethostname()).encode())
http.server.ThreadingHTTPServer(('', 8000), Handler).serve_forever()
`;

const STATIC = readFileSync('docker/static-files.conf.template', 'utf8').replace('@STATIC_URL@', '/static/');

beforeAll(async () => {
  app = await ejectedExample('fastapi-digest');
  mkdirSync(join(app.path, 'templates'));
  const bases = Object.keys(app.plan.images).filter(name => /nginx|python:|node:/.test(name));
  await docker().provide(PYTHON, ...bases);
  for (const target of ['gateway', 'gateway-trial'])
    await docker().run(['build', `--target=${target}`, `--tag=${target}`, '.'], { cwd: app.path });
});
afterAll(async () => {
  await docker().empty();
  app.remove();
});

const gateway = () => app.plan.processes.find(({ id }) => id === 'gateway')!;
const OWN = { BACKEND: 'web:8000', FRONTEND: 'web:8000' };

describe.each([
  ['the template of an app, with upstreams', 'gateway-trial', OWN, undefined, 'https://127.0.0.1:8443/'],
  ["Quayside's own", 'gateway', { APP: 'web:8000' }, STATIC, 'http://127.0.0.1:8080/'],
] as const)('%s', (_, image, env, template, url) => {
  const get = async () =>
    (await docker().inside('curl', ['-sS', '--insecure', '--max-time', '3', url], { reject: false })).stdout;
  const addressOfWeb = async () => {
    const { stdout } = await compose('ps', '--quiet', 'web');
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    return (await docker().run(['inspect', `--format=${format}`, stdout.trim()])).stdout;
  };

  beforeEach(async () => {
    const needs = Object.fromEntries(
      gateway().needs.flatMap(need =>
        Object.keys(need.env)
          .filter(name => name.startsWith('QUAYSIDE_'))
          .map(name => [name, 'web']),
      ),
    );
    if (template !== undefined) writeFileSync(join(app.path, 'templates/site.conf.template'), template);
    const services = {
      web: { image: PYTHON, init: true, command: ['python', '-u', '-c', SERVER] },
      squatter: { image: PYTHON, init: true, command: ['sleep', '600'], profiles: ['later'] },
      gateway: {
        image,
        user: gateway().security.user,
        read_only: true,
        tmpfs: gateway().security.tmp,
        cap_drop: ['ALL'],
        environment: { ...gateway().env, ...env, ...needs },
        volumes: template === undefined ? [] : ['./templates:/etc/nginx/templates:ro'],
        ports: ['127.0.0.1:8443:8443', '127.0.0.1:8080:8080'],
        depends_on: ['web'],
      },
    };
    writeFileSync(join(app.path, 'front.yaml'), JSON.stringify({ name: 'front', services }));
    await docker().empty();
    await compose('up', '--detach');
  });

  test('finds the app where it is after its container was made anew', async () => {
    const before = await addressOfWeb();
    await expect.poll(get, { timeout: 20_000, interval: 200 }).toBe(before);
    await compose('rm', '--stop', '--force', 'web');
    await compose('up', '--detach', 'squatter');
    await compose('up', '--detach', 'web');
    const after = await addressOfWeb();
    expect(after).not.toBe(before);
    await expect.poll(get, { timeout: 10_000, interval: 200 }).toBe(after);
  });

  test('sends requests to more of them once there are more', async () => {
    await expect.poll(get, { timeout: 20_000, interval: 200 }).toMatch(/^\d/);
    await compose('up', '--detach', '--scale', 'web=3', '--no-recreate', 'web');
    const answers = new Set<string>();
    const seen = async () => answers.add(await get()).size;
    await expect.poll(seen, { timeout: 15_000, interval: 50 }).toBe(3);
    for (const answer of answers) expect(answer).toMatch(/^[\d.]+$/);
  });
});
