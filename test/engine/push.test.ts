/** Pushing to real registries: what arrives, and what is said when it does not. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WritableImage } from '../../engine/oci/image.js';
import { RegistryError } from '../../engine/oci/registry-failure.js';
import { push } from '../../engine/oci/transfer.js';
import { bcrypt, freePort, startRegistry, type TestRegistry } from './support/registry.js';
import { CONFIG, PLATFORM, type SampleImage, sampleImage } from './support/sample-image.js';
import { containerTools, type Tools } from './support/tools.js';

let dir: string;
let tools: Tools;
let sample: SampleImage;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-push-'));
  tools = await containerTools(join(dir, 'tools'));
  sample = await sampleImage(dir);
});
afterAll(async () => {
  await tools.close();
  await rm(dir, { recursive: true, force: true });
});

describe('push', () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startRegistry(join(dir, 'registry'));
  });
  afterAll(() => registry.stop());

  const manifest = (reference: string, ...args: string[]) =>
    execa('skopeo', ['inspect', '--tls-verify=false', ...args, `docker://${reference}`]).then(({ stdout }) =>
      JSON.parse(stdout),
    );

  it('returns the digest that the registry serves, and podman runs what it pulls', async () => {
    const reference = `${registry.host}/team/app:1`;
    const { dir: at, digest } = await sample.layout('push', {
      annotations: { 'org.opencontainers.image.source': 'here' },
    });
    expect(await push(at, reference)).toBe(digest);
    expect((await manifest(reference)).Digest).toBe(digest);
    expect((await manifest(reference, '--raw')).annotations).toEqual({ 'org.opencontainers.image.source': 'here' });
    await tools.podman('pull', '-q', '--tls-verify=false', reference);
    expect(await tools.podman('run', '--rm', '--network=none', reference)).toBe('hello there\n1000\n/keep2');
    expect(await push(at, reference)).toBe(digest);
  });

  it('keeps the health check where podman sees it when Docker media types are asked for', async () => {
    const reference = `${registry.host}/team/docker:1`;
    const { dir: at, digest } = await sample.layout('push-docker', {
      mediaTypes: 'docker',
      images: [{ ...sample.image, config: { ...CONFIG, cmd: ['other'] } }],
    });
    expect(await push(at, reference)).toBe(digest);
    expect((await manifest(reference, '--raw')).mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    await tools.podman('pull', '-q', '--tls-verify=false', reference);
    const [inspected] = JSON.parse(await tools.podman('image', 'inspect', reference));
    expect(inspected.Healthcheck).toEqual({
      Test: ['CMD', 'true'],
      Interval: 5e9,
      Timeout: 2e9,
      StartPeriod: 1e9,
      Retries: 4,
    });
  });

  it.each(['oci', 'docker'] as const)('pushes all platforms under one index (%s)', async mediaTypes => {
    const reference = `${registry.host}/team/multi-${mediaTypes}:1`;
    const other: WritableImage = {
      ...sample.image,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      config: { env: ['A=arm'] },
    };
    const { dir: at, digest } = await sample.layout(`multi-${mediaTypes}`, {
      images: [sample.image, other],
      mediaTypes,
    });
    expect(await push(at, reference)).toBe(digest);
    const raw = await manifest(reference, '--raw');
    expect(raw.manifests.map((m: { platform: object }) => m.platform)).toEqual([PLATFORM, other.platform]);
    const { stdout } = await execa('skopeo', [
      '--override-arch=arm',
      '--override-variant=v7',
      'inspect',
      '--tls-verify=false',
      '--config',
      `docker://${reference}`,
    ]);
    const arm = JSON.parse(stdout);
    expect(arm.config.Env).toEqual(['A=arm']);
  });

  it('signs in with the credentials given, and only with them', async () => {
    const guarded = await startRegistry(join(dir, 'guarded'), { name: 'ali', bcrypt: await bcrypt('open sesame') });
    try {
      const { dir: at, digest } = await sample.layout('guarded-layout');
      const reference = `${guarded.host}/app:1`;
      const temporary = await mkdtemp(join(dir, 'tmp-'));
      vi.stubEnv('TMPDIR', temporary);
      const denied = await push(at, reference, { auth: { username: 'ali', password: 'guess-XyZ' } }).catch(
        error => error,
      );
      expect(denied).toBeInstanceOf(RegistryError);
      expect(denied.extensions).toEqual({});
      expect(denied.message).toContain('user name and password');
      expect(denied.message).not.toContain('guess-XyZ');
      expect(await push(at, reference, { auth: { username: 'ali', password: 'open sesame' } })).toBe(digest);
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      await guarded.stop();
    }
  });

  it('says that a retry may help when nobody answers', async () => {
    const { dir: at } = await sample.layout('nobody');
    const error = await push(at, `127.0.0.1:${await freePort()}/app:1`).catch(e => e);
    expect(error.extensions).toEqual({ _type: 'INFRASTRUCTURE' });
    expect(error.message).toMatch(/cannot push 127\.0\.0\.1:\d+\/app:1: .*connection refused.*A retry may help/);
  });

  it.each([
    ['answers with 503', 503],
    ['hangs up', undefined],
  ])('says that a retry may help when the registry %s on an upload', async (_, status) => {
    const failing = createServer((request, response) => {
      if (request.url === '/v2/') response.end('{}');
      else if (status === undefined) request.socket.destroy();
      else response.writeHead(status).end('overloaded');
    });
    await new Promise<void>(resolve => failing.listen(0, '127.0.0.1', resolve));
    const address = failing.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { dir: at } = await sample.layout(`failing-${status}`);
    const error = await push(at, `127.0.0.1:${port}/app:1`).catch(e => e);
    failing.closeAllConnections();
    failing.close();
    expect(error.failure.kind).toBe('transient');
    expect(error.extensions).toEqual({ _type: 'INFRASTRUCTURE' });
  });

  it('refuses a reference with a digest', async () => {
    const { dir: at, digest } = await sample.layout('with-digest');
    await expect(push(at, `${registry.host}/app@${digest}`)).rejects.toThrow('name a tag');
  });
});
