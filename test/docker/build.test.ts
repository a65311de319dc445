/** Builds on the Docker Engine of the tests: BuildKit, base images by their names, and package registries, with nothing of this machine in the image. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHostTrust } from '../../engine/podman/host-trust.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const DOCKERFILE = `FROM python:3.11-slim AS builder
RUN --mount=type=cache,target=/root/.cache/pip python -m venv /venv && /venv/bin/pip install six==1.17.0
FROM python:3.11-slim AS production
RUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked \\
  apt-get update && apt-get install -y --no-install-recommends attr
COPY --from=builder /venv /venv
COPY app.py /app.py
USER 1000:1000
CMD ["/venv/bin/python", "/app.py"]
`;

beforeAll(() => {
  mkdirSync(join(dir, 'app'));
  writeFileSync(join(dir, 'app/Dockerfile'), DOCKERFILE);
  writeFileSync(
    join(dir, 'app/app.py'),
    'import os, six\nprint(six.__version__, os.getuid(), os.path.exists("/usr/bin/setfattr"))\n',
  );
});

test('stages, cache mounts, and packages of Debian and PyPI', async () => {
  await docker().provide('python:3.11-slim');
  await docker().run(['build', '--tag=built', join(dir, 'app')]);
  expect((await docker().run(['run', '--rm', 'built'])).stdout).toBe('1.17.0 1000 True');
});

test('the base is the stand-in to the byte, and no image or container shows what this machine lends', async () => {
  const id = async (image: string) =>
    (await docker().run(['image', 'inspect', '--format={{json .RootFS.Layers}}', image])).stdout;
  const [base, built] = await Promise.all(['python:3.11-slim', 'built'].map(id));
  expect(JSON.parse(built!).slice(0, JSON.parse(base!).length)).toEqual(JSON.parse(base!));
  const { stdout: inspected } = await docker().run(['image', 'inspect', 'built']);
  await docker().run(['create', '--name=shown', 'built']);
  const { stdout: container } = await docker().run(['inspect', 'shown']);
  const { stdout: files } = await docker().run(['diff', 'shown']);
  await docker().run(['rm', 'shown']);
  for (const [name, path] of readHostTrust(process.env).env)
    for (const shown of [inspected, container, files]) {
      expect(shown).not.toContain(name);
      expect(shown).not.toContain(path);
    }
});

test('a command is lent what this machine trusts, whether a container runs it first or later', async () => {
  const { env } = readHostTrust(process.env);
  const asks = ['sh', '-c', env.map(([name]) => `test -s "$${name}"`).join(' && ') || 'true'];
  await docker().run(['run', '--detach', '--rm', '--name=lent', 'built', 'sleep', '60']);
  await docker().run(['exec', 'lent', ...asks]);
  await docker().run(['rm', '--force', 'lent']);
  await docker().run(['run', '--rm', 'built', ...asks]);
  // What the user says holds.
  const { stdout } = await docker().run([
    'run',
    '--rm',
    '--env=SSL_CERT_FILE=/mine',
    'built',
    'sh',
    '-c',
    'echo "$SSL_CERT_FILE"',
  ]);
  expect(stdout).toBe('/mine');
});
