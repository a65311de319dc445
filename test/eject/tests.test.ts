/** Tests by compose on a real Docker Engine: suites, tools and browsers, each with the exit code of what was run. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
let app: EjectedApp;
const compose = (...words: readonly string[]) =>
  docker().inside('docker', ['compose', '-f', 'compose.test.yaml', ...words], { cwd: app.path, reject: false });
const run = (...words: readonly string[]) => compose('run', '--rm', '--quiet-pull', ...words);

beforeAll(async () => {
  app = await ejectedExample('django-board');
  await docker().provide(...imagesOf(app.plan, { browsers: true }));
  expect(await compose('build', 'test', 'web', 'browser')).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  await docker().empty();
  app.remove();
});

test('`docker compose run test pytest` executes the test suite successfully', async () => {
  const ended = await run('test', 'pytest');
  expect(ended.all).toMatch(/\d+ passed/);
  expect(ended.exitCode).toBe(0);
});

test('a test that fails is 1 for who asked', async () => {
  const script = 'echo "def test_wrong(): assert 0" > /tmp/test_wrong.py && pytest -p no:django /tmp/test_wrong.py';
  expect(await run('test', 'bash', '-c', script)).toMatchObject({
    exitCode: 1,
    all: expect.stringContaining('1 failed'),
  });
});

test('`docker compose run test bash` is a shell with the tools of all suites', async () => {
  const { stdout, exitCode } = await run('test', 'bash', '-c', 'command -v python pytest ruff && exit 3');
  expect(stdout.trim().split('\n')).toHaveLength(3);
  expect(exitCode).toBe(3);
});

test('tests in browsers run inside the network, against the image of production', async () => {
  const ended = await run('browser');
  expect(ended.all).toMatch(/\d+ passed/);
  expect(ended.exitCode).toBe(0);
});
