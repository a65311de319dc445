/** Images that the engine writes are what buildah makes of the same steps, and what podman and skopeo read. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WritableImage, writeOciLayout } from '../../engine/oci/image.js';
import type { ImageConfig } from '../../engine/oci/image-config.js';
import { type LayerBlob, layerBlob } from '../../engine/oci/layer-tar.js';
import { RegistryError } from '../../engine/oci/registry-failure.js';
import { push, toArchive } from '../../engine/oci/transfer.js';
import { addLayer, busyboxStack, describeTree, type LayerStack, withMount } from './support/overlay.js';
import { freePort, startRegistry, type TestRegistry } from './support/registry.js';
import { containerTools, type Tools } from './support/tools.js';

/** What a container engine puts into any root file system for a run. */
const RUNTIME_DIRS = ['dev', 'proc', 'sys', 'run', 'etc'];

const STEPS: readonly string[] = [
  `mkdir -p /d/sub /keep /wipe/deep /t /wh
   echo one > /d/a; echo two > /d/b; echo s > /d/sub/s; echo w > /wipe/deep/w; echo x > /wh/x
   echo f > /file-to-dir; ln -s d /link-to-dir; mkdir /dir-to-file; echo x > /dir-to-file/x
   echo h > /hard1; ln /hard1 /d/hard2; chmod 4755 /d/a; chown 12:34 /d/b; chmod 1777 /t; mkfifo /pipe
   echo k > /keep/owned; chown 300000:3000000 /keep/owned; echo k > /keep/same1; ln /keep/same1 /d/same2; ln -s x /d/l1; ln /d/l1 /keep/l2; : > /empty; chmod 000 /empty; ln -s /hard1 /abs; ln -s ../nowhere /d/dangling
   echo long > "/d/$(printf '%0150d' 7)"; ln -s "$(printf '%0150d' 8)" /longlink; echo odd > "/with
newline \\ and é"; cp /bin/busybox /big; echo end >> /big`,
  `rm /d/a; rm -rf /wipe; mkdir /wipe; echo new > /wipe/new; rm -rf /wh
   rm /file-to-dir; mkdir /file-to-dir; echo in > /file-to-dir/in
   rm /link-to-dir; mkdir /link-to-dir; echo in > /link-to-dir/in
   rm -rf /dir-to-file; echo now > /dir-to-file; chmod 700 /keep; chown 7:8 /keep`,
  `rm -rf /d/sub; mkdir -p /d/sub/new; mv /file-to-dir /moved; echo 3 >> /hard1; echo more > /wipe/more; rm /pipe`,
];

const CONFIG: ImageConfig = {
  env: ['PATH=/bin', 'GREETING=hello there'],
  entrypoint: ['/bin/sh', '-c'],
  cmd: ['echo $GREETING; id -u; pwd'],
  user: '1000:1000',
  workdir: '/keep2',
  labels: { 'org.opencontainers.image.title': 'test', a: 'b' },
  exposedPorts: ['8000/tcp', '53/udp'],
  stopSignal: 'SIGINT',
  healthcheck: {
    test: ['CMD', 'true'],
    interval: 5_000_000_000,
    timeout: 2_000_000_000,
    startPeriod: 1_000_000_000,
    retries: 4,
  },
};
const PLATFORM = { os: 'linux', architecture: process.arch === 'arm64' ? 'arm64' : 'amd64' };

let dir: string;
let stack: LayerStack;
let tools: Tools;
let layers: LayerBlob[];
let image: WritableImage;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-oci-'));
  tools = await containerTools(join(dir, 'tools'));
  stack = await busyboxStack(join(dir, 'store'));
  for (const step of STEPS) await addLayer(stack, step);
  layers = await blobs(join(dir, 'blobs'));
  image = { platform: PLATFORM, config: CONFIG, layers };
});
afterAll(async () => {
  await tools.close();
  await rm(dir, { recursive: true, force: true });
});

async function blobs(blobsDir: string): Promise<LayerBlob[]> {
  const written = [];
  for (const [i, layer] of stack.layers.entries())
    written.push(await layerBlob({ layer, blobsDir, key: `layer-${i}` }));
  return written;
}

async function layout(name: string, options: Partial<Parameters<typeof writeOciLayout>[0]> = {}) {
  const at = join(dir, name);
  return { dir: at, ...(await writeOciLayout({ dir: at, images: [image], ...options })) };
}

describe('layers', () => {
  it('hold the same tree as buildah makes of the same steps', async () => {
    const from = await tools.buildah('from', 'scratch');
    await tools.buildah('add', '-q', from, stack.layers[0]!, '/');
    let current = from;
    for (const [i, step] of STEPS.entries()) {
      await tools.buildah('run', '--isolation', 'chroot', current, '/bin/sh', '-euc', step);
      // Committed and continued, so that each step is a layer there too.
      await tools.buildah('commit', '-q', current, `localhost/reference:${i}`);
      await tools.buildah('rm', current);
      current = await tools.buildah('from', `localhost/reference:${i}`);
    }
    const reference = await describeTree(await tools.buildah('mount', current), RUNTIME_DIRS);

    const { dir: at } = await layout('tree');
    await toArchive(at, join(dir, 'tree.tar'), 'oci-archive', 'localhost/ours:1');
    await tools.podman('load', '-q', '-i', join(dir, 'tree.tar'));
    const ours = await tools.podman('image', 'mount', 'localhost/ours:1');
    expect(await describeTree(ours, RUNTIME_DIRS)).toEqual(reference);
    const stacked = await withMount(stack, undefined, root => describeTree(root, RUNTIME_DIRS));
    expect(stacked).toEqual(reference);
    expect(Object.keys(reference).length).toBeGreaterThan(280);
    await tools.podman('image', 'unmount', 'localhost/ours:1');
    await tools.buildah('rm', current);
  });

  it('keep file capabilities and binary attributes', async () => {
    const layer = join(dir, 'capable');
    await mkdir(layer);
    await writeFile(join(layer, 'f'), 'x');
    // cap_setuid,cap_net_raw=ep: the bytes are no valid UTF-8.
    await execa('setfattr', [
      '-n',
      'security.capability',
      '-v',
      '0x0100000280200000000000000000000000000000',
      join(layer, 'f'),
    ]);
    await execa('setfattr', ['-n', 'user.note', '-v', '0x00ff0a', join(layer, 'f')]);
    const blob = await layerBlob({ layer, blobsDir: join(dir, 'blobs'), key: 'capable' });
    const out = join(dir, 'capable-out');
    await mkdir(out);
    await execa('tar', ['-xf', blob.path, '-C', out, '--xattrs', '--xattrs-include=*']);
    const { stdout } = await execa('getfattr', ['-d', '-m', '-', '-e', 'hex', 'f'], { cwd: out });
    expect(stdout).toContain('security.capability=0x0100000280200000000000000000000000000000');
    expect(stdout).toContain('user.note=0x00ff0a');
  });

  it('keep names that are not UTF-8', async () => {
    const layer = join(dir, 'bytes');
    await mkdir(layer);
    await writeFile(Buffer.concat([Buffer.from(`${layer}/`), Buffer.from([0x61, 0xff, 0xe9])]), 'x');
    const blob = await layerBlob({ layer, blobsDir: join(dir, 'blobs'), key: 'bytes' });
    const out = join(dir, 'bytes-out');
    await mkdir(out);
    await execa('tar', ['-xf', blob.path, '-C', out]);
    const { stdout } = await execa('ls', ['-1', out], { encoding: 'buffer' });
    expect(Buffer.from(stdout)).toEqual(Buffer.from([0x61, 0xff, 0xe9]));
  });

  it('refuse a name that means a removed file', async () => {
    const layer = join(dir, 'reserved');
    await mkdir(layer);
    await writeFile(join(layer, '.wh.x'), '');
    await expect(layerBlob({ layer, blobsDir: join(dir, 'blobs'), key: 'reserved' })).rejects.toThrow(
      'cannot hold .wh.x',
    );
  });

  it('are written once, and the same when written again elsewhere', async () => {
    const again = await blobs(join(dir, 'blobs-2'));
    expect(again.map(({ path: _, ...rest }) => rest)).toEqual(layers.map(({ path: _, ...rest }) => rest));
    // A key that is known is not read again: the layer need not even exist any more.
    const kept = await layerBlob({ layer: '/nowhere', blobsDir: join(dir, 'blobs'), key: 'layer-0' });
    expect(kept).toEqual(layers[0]);
    await rm(again[0]!.path);
    await expect(layerBlob({ layer: '/nowhere', blobsDir: join(dir, 'blobs-2'), key: 'layer-0' })).rejects.toThrow();
  });

  it('have times no later than SOURCE_DATE_EPOCH', async () => {
    const blob = await layerBlob({
      layer: stack.layers[1]!,
      blobsDir: join(dir, 'blobs'),
      key: 'epoch',
      sourceDateEpoch: 1_000_000_000,
    });
    const { stdout } = await execa('tar', ['-tvf', blob.path, '--full-time', '--utc']);
    const times = new Set(stdout.split('\n').map(line => /(\d{4}-\d\d-\d\d) \d\d:/.exec(line)?.[1]));
    expect(times).toEqual(new Set(['2001-09-09']));
    expect(blob.diffId).not.toBe(layers[1]!.diffId);
  });

  it('may stay uncompressed', async () => {
    const blob = await layerBlob({
      layer: stack.layers[2]!,
      blobsDir: join(dir, 'blobs'),
      key: 'layer-2',
      compression: 'none',
    });
    expect(blob.digest).toBe(blob.diffId);
    expect(blob.diffId).toBe(layers[2]!.diffId);
    const { stdout } = await execa('tar', ['-tf', blob.path]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['d/.wh.a', '.wh.wh', 'wipe/', 'wipe/.wh..wh..opq', 'wipe/new']),
    );
  });
});

describe('images', () => {
  it('have the same digest when written twice', async () => {
    const one = await layout('twice-1');
    const two = await layout('twice-2');
    expect(one.digest).toBe(two.digest);
    expect(await readFile(join(one.dir, 'index.json'), 'utf8')).toBe(
      await readFile(join(two.dir, 'index.json'), 'utf8'),
    );
    expect((await layout('later', { created: 1 })).digest).not.toBe(one.digest);
  });

  it.each([
    ['oci-archive', 'oci'],
    ['docker-archive', 'oci'],
    ['docker-archive', 'docker'],
  ] as const)('load from an %s written with %s media types, and run', async (format, mediaTypes) => {
    const name = `localhost/${format}-${mediaTypes}:1`;
    const { dir: at } = await layout(`${format}-${mediaTypes}`, { mediaTypes });
    const file = join(dir, `${format}-${mediaTypes}.tar`);
    await writeFile(file, 'an older file');
    await toArchive(at, file, format, name);
    await tools.podman('load', '-q', '-i', file);
    const root = ['run', '--rm', '--network=none', name];
    expect(await tools.podman(...root)).toBe('hello there\n1000\n/keep2');
    const [inspected] = JSON.parse(await tools.podman('image', 'inspect', name));
    expect(inspected.Config).toMatchObject({
      User: '1000:1000',
      Env: CONFIG.env,
      Labels: CONFIG.labels,
      StopSignal: 'SIGINT',
    });
    expect(Object.keys(inspected.Config.ExposedPorts).sort()).toEqual(['53/udp', '8000/tcp']);
    expect(inspected.RootFS.Layers).toEqual(layers.map(layer => layer.diffId));
  });

  it('refuse two images for one platform', async () => {
    await expect(layout('same', { images: [image, image] })).rejects.toThrow(
      `two variants for linux/${PLATFORM.architecture}`,
    );
  });
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
    const { dir: at, digest } = await layout('push', { annotations: { 'org.opencontainers.image.source': 'here' } });
    expect(await push(at, reference)).toBe(digest);
    expect((await manifest(reference)).Digest).toBe(digest);
    expect((await manifest(reference, '--raw')).annotations).toEqual({ 'org.opencontainers.image.source': 'here' });
    await tools.podman('pull', '-q', '--tls-verify=false', reference);
    expect(await tools.podman('run', '--rm', '--network=none', reference)).toBe('hello there\n1000\n/keep2');
    expect(await push(at, reference)).toBe(digest);
  });

  it('keeps the health check where podman sees it when Docker media types are asked for', async () => {
    const reference = `${registry.host}/team/docker:1`;
    const { dir: at, digest } = await layout('push-docker', {
      mediaTypes: 'docker',
      images: [{ ...image, config: { ...CONFIG, cmd: ['other'] } }],
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
      ...image,
      platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
      config: { env: ['A=arm'] },
    };
    const { dir: at, digest, manifests } = await layout(`multi-${mediaTypes}`, { images: [image, other], mediaTypes });
    expect(await push(at, reference)).toBe(digest);
    const raw = await manifest(reference, '--raw');
    expect(raw.manifests.map((m: { digest: string }) => m.digest)).toEqual(manifests.map(m => m.digest));
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
    // The password is "open sesame".
    const { stdout } = await execa('python3', [
      '-c',
      'import crypt; print(crypt.crypt("open sesame", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1024)))',
    ]);
    const guarded = await startRegistry(join(dir, 'guarded'), {
      name: 'ali',
      bcrypt: stdout.replace(/^\$2b\$/, '$2y$'),
    });
    try {
      const { dir: at, digest } = await layout('guarded-layout');
      const reference = `${guarded.host}/app:1`;
      const denied = await push(at, reference, { auth: { username: 'ali', password: 'guess-XyZ' } }).catch(
        error => error,
      );
      expect(denied).toBeInstanceOf(RegistryError);
      expect(denied.extensions).toEqual({});
      expect(denied.message).toContain('user name and password');
      expect(denied.message).not.toContain('guess-XyZ');
      expect(await push(at, reference, { auth: { username: 'ali', password: 'open sesame' } })).toBe(digest);
      const left = await execa('find', [tmpdir(), '-maxdepth', '1', '-name', 'quayside-auth-*']);
      expect(left.stdout).toBe('');
    } finally {
      await guarded.stop();
    }
  });

  it('says that a retry may help when nobody answers', async () => {
    const { dir: at } = await layout('nobody');
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
    const { dir: at } = await layout(`failing-${status}`);
    const error = await push(at, `127.0.0.1:${port}/app:1`).catch(e => e);
    failing.closeAllConnections();
    failing.close();
    expect(error.failure.kind).toBe('transient');
    expect(error.extensions).toEqual({ _type: 'INFRASTRUCTURE' });
  });

  it('refuses a reference with a digest', async () => {
    const { dir: at, digest } = await layout('with-digest');
    await expect(push(at, `${registry.host}/app@${digest}`)).rejects.toThrow('name a tag');
  });
});
