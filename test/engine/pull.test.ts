/** Pulling from a real registry, and what is said when that is not possible. */

import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeOciLayout } from '../../engine/oci/image.js';
import { layerBlob } from '../../engine/oci/layer-tar.js';
import { type PulledImage, type PullResult, pullImage } from '../../engine/oci/pull.js';
import { push } from '../../engine/oci/transfer.js';
import { addLayer, busyboxStack, describeTree, type LayerStack, withMount } from './support/overlay.js';
import { recordsIn } from './support/records.js';
import { freePort, startRegistry, type TestRegistry } from './support/registry.js';
import { containerTools, type Tools } from './support/tools.js';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };

let dir: string;
let tools: Tools;
let registry: TestRegistry;
let stack: LayerStack;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-pull-'));
  tools = await containerTools(join(dir, 'tools'));
  registry = await startRegistry(join(dir, 'registry'));
  stack = await busyboxStack(join(dir, 'store'));
  await addLayer(stack, 'mkdir /d; echo one > /d/a; echo two > /d/b; chown 5:6 /d/b');
  await addLayer(stack, 'rm /d/a; rm -rf /tmp; mkdir /tmp; echo t > /tmp/t');
});
afterAll(async () => {
  await registry.stop();
  await tools.close();
  for (const storage of ['images', 'mirrored', 'fresh'])
    await execa('umount', [join(dir, storage, 'root/overlay')], { reject: false });
  await rm(dir, { recursive: true, force: true });
});

const pull = (reference: string, options: Partial<Parameters<typeof pullImage>[1]> = {}) =>
  pullImage(reference, {
    platform: AMD64,
    storageDir: join(dir, 'images'),
    ...options,
    env: { ...tools.env, ...options.env },
  });

function pulled(result: PullResult): PulledImage {
  if (result.kind !== 'pulled') throw new Error(`${result.kind}: ${result.reason}`);
  return result;
}

describe('pullImage', () => {
  it('gives the layers and the configuration of an image that buildah made', async () => {
    const container = await tools.buildah('from', '--arch', 'amd64', 'scratch');
    await tools.buildah('add', '-q', container, stack.layers[0]!, '/');
    await tools.buildah('run', '--isolation', 'chroot', container, '/bin/sh', '-c', 'mkdir /d; echo one > /d/a');
    const settings = [
      '--env',
      'A=b c',
      '--user',
      '12:34',
      '--workingdir',
      '/d',
      '--port',
      '80',
      '--label',
      'x=y',
      '--cmd',
      '/bin/sh',
    ];
    await tools.buildah('config', ...settings, '--healthcheck', 'CMD true', '--healthcheck-interval', '7s', container);
    const reference = `${registry.host}/buildah/image:1`;
    await tools.buildah('commit', '-q', '--format', 'docker', container, reference);
    await tools.buildah('push', '-q', '--tls-verify=false', reference);

    const image = pulled(await pull(reference));
    expect(image.config).toMatchObject({
      env: ['A=b c'],
      user: '12:34',
      workdir: '/d',
      exposedPorts: ['80'],
      cmd: ['/bin/sh'],
      healthcheck: { test: ['CMD', 'true'], interval: 7_000_000_000 },
    });
    expect(image.config.labels).toMatchObject({ x: 'y' });
    const tree = await withMount({ store: dir, layers: [...image.layerDirs] }, describeTree);
    expect(Object.keys(tree)).toEqual(expect.arrayContaining(['bin/busybox', 'bin/sh', 'd/a']));
    await tools.buildah('rm', container);
  });

  it('gives back what was pushed: tree, configuration, digest', async () => {
    const layers = [];
    for (const [i, layer] of stack.layers.entries())
      layers.push(
        await layerBlob({
          layer,
          records: recordsIn(dir),
          times: 'settled',
          blobsDir: join(dir, 'blobs'),
          key: `l${i}`,
        }),
      );
    const config = { env: ['P=1'], entrypoint: ['/bin/sh'], healthcheck: { test: ['CMD', 'true'], retries: 2 } };
    const written = await writeOciLayout({ dir: join(dir, 'layout'), images: [{ platform: AMD64, config, layers }] });
    const reference = `${registry.host}/ours:1`;
    await push(join(dir, 'layout'), reference);

    const image = pulled(await pull(reference));
    expect(image.digest).toBe(written);
    expect(image.reference).toBe(`${registry.host}/ours@${written}`);
    expect(image.config).toEqual(config);
    expect(image.layerDirs).toHaveLength(3);
    const tree = await withMount({ store: dir, layers: [...image.layerDirs] }, describeTree);
    expect(tree).toEqual(await withMount(stack, describeTree));
    expect(pulled(await pull(image.reference))).toEqual(image);
  });

  it('keeps the platforms of one reference apart', async () => {
    const layer = await layerBlob({
      layer: stack.layers[1]!,
      records: recordsIn(dir),
      times: 'settled',
      blobsDir: join(dir, 'blobs'),
      key: 'l1',
    });
    const images = [AMD64, ARM64].map(platform => ({
      platform,
      config: { env: [`ON=${platform.architecture}`] },
      layers: [layer],
    }));
    const written = await writeOciLayout({ dir: join(dir, 'multi'), images: [images[0]!, images[1]!] });
    const reference = `${registry.host}/multi:1`;
    await push(join(dir, 'multi'), reference);
    const both = await Promise.all([pull(reference), pull(reference, { platform: ARM64 })]);
    expect(both.map(result => pulled(result).config.env)).toEqual([['ON=amd64'], ['ON=arm64']]);
    // As Docker and Dagger pin it: by the index, which names all platforms.
    expect(both.map(result => pulled(result).digest)).toEqual([written, written]);
    expect(pulled(await pull(reference)).config.env).toEqual(['ON=amd64']);
    expect(await pull(reference, { platform: { os: 'linux', architecture: 's390x' } })).toMatchObject({
      kind: 'absent',
    });
  });

  it('uses a mirror from QUAYSIDE_REGISTRIES_CONF', async () => {
    const conf = join(dir, 'registries.conf');
    await writeFile(
      conf,
      `[[registry]]\nprefix = "nowhere.invalid/team"\nlocation = "${registry.host}"\ninsecure = true\n`,
    );
    const storageDir = join(dir, 'mirrored');
    const image = pulled(
      await pull('nowhere.invalid/team/ours:1', { storageDir, env: { QUAYSIDE_REGISTRIES_CONF: conf } }),
    );
    expect(image.config.env).toEqual(['P=1']);
    expect(await pull('nowhere.invalid/team/ours:1', { storageDir })).toMatchObject({ kind: 'unreachable' });
  });

  it('changes nothing outside its storage', async () => {
    const before = await stat('/var/lib/containers').catch(() => undefined);
    const storageDir = join(dir, 'fresh');
    await mkdir(storageDir);
    pulled(await pull(`${registry.host}/ours:1`, { storageDir }));
    const after = await stat('/var/lib/containers').catch(() => undefined);
    expect(after?.mtimeMs).toBe(before?.mtimeMs);
    await stat(join(storageDir, 'root/overlay'));
  });
});

describe('pullImage without an image', () => {
  it('says absent when the registry knows no such repository, tag or digest', async () => {
    for (const reference of ['no/such:1', 'ours:other', `ours@sha256:${'0'.repeat(64)}`]) {
      const result = await pull(`${registry.host}/${reference}`);
      expect(result).toMatchObject({ kind: 'absent', reason: expect.stringContaining('manifest unknown') });
    }
  });

  it('says unreachable, quickly, when nobody listens or the name does not exist', async () => {
    const start = Date.now();
    const refused = await pull(`127.0.0.1:${await freePort()}/x:1`);
    expect(refused).toMatchObject({ kind: 'unreachable', reason: expect.stringContaining('connection refused') });
    expect(Date.now() - start).toBeLessThan(2000);
    expect(await pull('registry.invalid/x:1')).toMatchObject({ kind: 'unreachable' });
  });

  it('says unreachable when the registry takes the connection and stays silent', async () => {
    const silent: Server = createServer(() => {});
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const result = await pull(`127.0.0.1:${port}/x:1`, { answerTimeoutMs: 700 });
    expect(result).toEqual({ kind: 'unreachable', reason: 'no answer within 700 ms' });
    silent.close();
  });

  it('refuses what is no reference before asking anyone', async () => {
    await expect(pull('UPPER CASE??')).rejects.toThrow('invalid image reference');
  });
});
