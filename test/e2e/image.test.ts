/** What `build` writes, tried with podman as its users would. */

import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containerTools, type Tools } from '../engine/support/tools.js';
import { makeScratch } from './support/example.js';
import { type Outcome, quayside } from './support/quayside.js';

const CANARY = 'k3elhaul-7c1f0d5e';
const IMAGE = 'localhost/flask-stream:e2e';
const scratch = makeScratch();
const archive = join(scratch.dir, 'out/app.tar');
let tools: Tools;
let build: Outcome;
/** The image's files. */
let root: string;

beforeAll(async () => {
  const app = scratch.example('app');
  app.write('bin/as-root', '#!/bin/sh\n');
  chmodSync(join(app.path, 'bin/as-root'), 0o6755);
  for (const file of ['.env', '.env.local', '.git/config', 'instance/local.cfg']) app.write(file, `KEY=${CANARY}\n`);
  build = await quayside(['build', `--source=${app.path}`, `--output=${archive}`], {
    env: { DATABASE_URL: `mysql://app:${CANARY}@localhost/app`, SECRET_KEY: CANARY },
  });
  tools = await containerTools(join(scratch.dir, 'podman'));
  const id = await tools.podman('pull', '--quiet', `oci-archive:${archive}`);
  await tools.podman('tag', id, IMAGE);
  root = await tools.podman('image', 'mount', IMAGE);
});
afterAll(async () => {
  await tools.podman('rm', '--all', '--force', '--time', '0');
  await tools.podman('image', 'unmount', '--all');
  await tools.close();
  scratch.remove();
});

/** The image's configuration as it stands in the archive. */
async function storedConfig(): Promise<{ readonly config: Record<string, unknown> }> {
  const { stdout } = await execa('skopeo', ['inspect', '--config', '--raw', `oci-archive:${archive}`]);
  return JSON.parse(stdout);
}

test('it is saved, and said where', () => {
  expect(build).toMatchObject({ code: 0, stdout: '' });
  expect(build.stderr).toContain(`saved to ${archive}`);
});

test('its configuration has user, entry point, port, labels and a health check in exec form', async () => {
  const { config } = await storedConfig();
  expect(config).toMatchObject({
    User: 'app',
    WorkingDir: '/app',
    Entrypoint: ['/usr/local/bin/quayside-entrypoint'],
    Cmd: ['gunicorn', '--config', expect.any(String), 'flask_stream:create_app()'],
    ExposedPorts: { '8000/tcp': {} },
    Labels: { 'org.opencontainers.image.title': 'flask-stream' },
    Healthcheck: { Test: ['CMD', 'python', expect.any(String)] },
  });
});

test('podman shows its health check, and takes it from either kind of archive in it', async () => {
  const healthcheck = (image: string) => tools.podman('image', 'inspect', '--format={{json .HealthCheck}}', image);
  const { config } = await storedConfig();
  expect(JSON.parse(await healthcheck(IMAGE))).toMatchObject({ Test: (config.Healthcheck as { Test: unknown }).Test });
  // As `docker load` of any version reads it.
  const again = await tools.podman('pull', '--quiet', `docker-archive:${archive}`);
  expect(await healthcheck(again)).toBe(await healthcheck(IMAGE));
});

test("it has OCI's media types where they are asked for", async () => {
  const path = join(scratch.dir, 'oci.tar');
  const types = async (file: string): Promise<string> => {
    const { stdout } = await execa('skopeo', ['inspect', '--raw', `oci-archive:${file}`]);
    return JSON.parse(stdout).mediaType;
  };
  await quayside(['build', `--source=${join(scratch.dir, 'app')}`, `--output=${path}`, '--format=oci']);
  expect(await types(path)).toBe('application/vnd.oci.image.manifest.v1+json');
  expect(await types(archive)).toBe('application/vnd.docker.distribution.manifest.v2+json');
});

test('it holds what the app runs on, and nothing of how it was built or tested', () => {
  const there = (path: string): boolean => existsSync(join(root, path));
  for (const path of [
    'app/flask_stream/__init__.py',
    'app/migrations/env.py',
    'app/frontend/dist/index.html',
    'opt/venv/bin/gunicorn',
    'usr/bin/ffmpeg',
  ])
    expect(there(path), path).toBe(true);
  for (const path of [
    'app/tests',
    'app/frontend/src',
    'app/frontend/node_modules',
    'app/poetry.lock',
    'app/quayside.yaml',
    'opt/lock-tool',
    'opt/venv/bin/pytest',
  ])
    expect(there(path), path).toBe(false);
  for (const tool of ['gcc', 'cc', 'g++', 'make', 'node', 'npm', 'poetry', 'git'])
    for (const bin of ['usr/bin', 'usr/local/bin', 'opt/venv/bin']) expect(there(join(bin, tool)), tool).toBe(false);
  const caches = ['var/lib/apt/lists', 'var/cache/apt', 'var/cache/debconf'];
  for (const path of ['root/.cache', 'root/.npm', 'home/app/.cache', ...caches, 'tmp'])
    expect(there(path) ? readdirSync(join(root, path)) : [], path).toEqual([]);
});

test("no program in it lends its owner's rights", async () => {
  const { stdout } = await execa('find', [root, '-xdev', '-perm', '/6000', '!', '-type', 'l']);
  expect(stdout).toBe('');
});

test('its bytecode is compiled, in the form that outlives rewritten times', () => {
  const cache = join(root, 'app/flask_stream/__pycache__');
  const [compiled] = readdirSync(cache).filter(name => name.startsWith('__init__.'));
  // The word after the magic number: bit 0 says that a hash stands in place of the time, bit 1 that it is to be checked.
  expect(readFileSync(join(cache, compiled!)).readUInt32LE(4)).toBe(1);
});

test('nothing secret is in it: no file of the source that holds one, no variable of the builder', async () => {
  const { exitCode } = await execa('grep', ['-rqF', '--exclude-dir=proc', CANARY, root], { reject: false });
  expect(exitCode).toBe(1);
  expect(JSON.stringify(await storedConfig())).not.toContain(CANARY);
  expect(statSync(join(root, 'app')).uid).toBe(0);
});

test('any user of group 0 may write where the app may, and nowhere else', async () => {
  const write = (path: string) =>
    tools
      .podman(
        'run',
        '--rm',
        '--user=31337:0',
        '--cap-drop=all',
        '--network=none',
        '--volume=anyone:/data',
        IMAGE,
        'touch',
        path,
      )
      .then(
        () => true,
        () => false,
      );
  expect(await write('/data/upload')).toBe(true);
  expect(await write('/home/app/.cache-of-a-library')).toBe(true);
  expect(await write('/app/flask_stream/upload')).toBe(false);
});
