/** Development of an app with a worker, a Next.js server and a gateway of its own on a real Docker Engine: each waits for those before it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
let app: EjectedApp;

beforeAll(async () => {
  app = await ejectedExample('fastapi-digest');
  await docker().provide(...imagesOf(app.plan));
});
afterAll(async () => {
  await docker().empty();
  app.remove();
});

test('make up brings all of it, and the gateway speaks TLS with a certificate that nobody trusts', async () => {
  await docker().inside('make', ['up'], { cwd: app.path });
  const flags = ['-sS', '--insecure', '--include', '--max-time', '60'];
  const { stdout } = await docker().inside('curl', [...flags, 'https://127.0.0.1:8443/']);
  expect(stdout).toMatch(/^HTTP\/\S+ 200/);
  expect(stdout).toContain('<html');
});
