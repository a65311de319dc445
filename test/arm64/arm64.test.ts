/**
 * Images for linux/arm64 on a machine with another processor: built, started by QEMU, published beside this machine's own, and read byte by
 * byte. The first run makes the base images, which takes half an hour.
 */
import { closeSync, cpSync, lstatSync, openSync, readdirSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostPlatform } from '../../engine/objects/platform.js';
import { whyNotRun } from '../../engine/podman/emulation.js';
import { makeScratch } from '../e2e/support/example.js';
import { cached, type Outcome, quayside, ran } from '../e2e/support/quayside.js';
import { ROOT } from '../engine/cli/quayside-process.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { containerTools } from '../engine/support/tools.js';

const PLATFORM = 'linux/arm64';
const without = hostPlatform === PLATFORM ? 'it is the machine’s own' : whyNotRun(PLATFORM);
if (without !== undefined) console.warn(`images for ${PLATFORM} are not tried: ${without}`);

const AARCH64 = 183;
const scratch = makeScratch();
afterAll(() => scratch.remove());

interface Descriptor {
  readonly digest: string;
  readonly platform?: { readonly architecture: string };
}

/** What is to know of an image for arm64 that lies in an OCI layout or archive, unpacked below a directory. */
async function lookInto(from: string, name: string) {
  const layout = join(scratch.dir, `${name}-layout`);
  const choose = ['--override-os=linux', '--override-arch=arm64'];
  await execa('skopeo', [...choose, 'copy', '--quiet', '--src-tls-verify=false', from, `oci:${layout}:image`]);
  const { stdout } = await execa('skopeo', ['inspect', '--config', '--raw', `oci:${layout}:image`]);
  const raw = await execa('skopeo', ['inspect', '--raw', `oci:${layout}:image`]);
  const { layers } = JSON.parse(raw.stdout) as { readonly layers: readonly Descriptor[] };
  const machines = new Map<number, string[]>();
  for (const [at, { digest }] of layers.entries()) {
    const directory = join(scratch.dir, `${name}-${at}`);
    await execa('mkdir', ['-p', directory]);
    const blob = join(layout, 'blobs', digest.replace(':', '/'));
    await execa('tar', ['--extract', '--file', blob, '--directory', directory, '--no-same-owner', '--exclude=.wh.*']);
    for (const [file, machine] of programsBelow(directory))
      machines.set(machine, [...(machines.get(machine) ?? []), file]);
    rmSync(directory, { recursive: true, force: true });
  }
  return { config: JSON.parse(stdout) as Record<string, unknown>, machines, layout };
}

/** The programs and libraries below a directory, with the processor that each is for. */
function* programsBelow(directory: string): Generator<readonly [string, number]> {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) yield* programsBelow(path);
    if (!stats.isFile() || stats.size < 20) continue;
    const start = Buffer.alloc(20);
    const file = openSync(path, 'r');
    readSync(file, start);
    closeSync(file);
    if (start.toString('latin1', 0, 4) === '\x7fELF') yield [path, start.readUInt16LE(18)];
  }
}

// Skipped where this machine cannot run programs for arm64: `./quayside setup --platform=linux/arm64` brings QEMU.
describe.skipIf(without !== undefined)('flask-stream, a Flask app with a frontend', () => {
  let registry: TestRegistry;
  let published: Outcome;
  const app = scratch.example('app');
  beforeAll(async () => {
    registry = await startRegistry(join(scratch.dir, 'registry'));
    const platforms = `--platforms=${hostPlatform},${PLATFORM}`;
    const address = `--address=${registry.host}/acme/stream`;
    published = await quayside(['publish', `--source=${app.path}`, address, '--tags=1.0.0', platforms]);
  });
  afterAll(() => registry.stop());

  test('is built, started and published for both', async () => {
    expect(published).toMatchObject({ code: 0 });
    const address = `docker://${registry.host}/acme/stream:1.0.0`;
    const { stdout } = await execa('skopeo', ['inspect', '--raw', '--tls-verify=false', address]);
    const { manifests } = JSON.parse(stdout) as { readonly manifests: readonly Descriptor[] };
    expect(manifests.map(({ platform }) => platform?.architecture).toSorted()).toEqual(['amd64', 'arm64']);
  });

  test('is built once where it is the same for both', () => {
    const names = published.steps.map(({ name }) => name);
    for (const step of [/build the frontend/, /read the lock file/])
      expect(names.filter(name => step.test(name))).toHaveLength(1);
  });

  test('holds nothing for another processor, says so, and runs', async () => {
    const image = await lookInto(`docker://${registry.host}/acme/stream:1.0.0`, 'stream');
    expect(image.config).toMatchObject({ os: 'linux', architecture: 'arm64', variant: 'v8' });
    expect([...image.machines.keys()]).toEqual([AARCH64]);
    expect(image.machines.get(AARCH64)?.some(file => file.includes('/opt/venv/'))).toBe(true);
    const tools = await containerTools(join(scratch.dir, 'podman'));
    const archive = join(scratch.dir, 'stream.tar');
    await execa('skopeo', ['copy', '--quiet', `oci:${image.layout}:image`, `oci-archive:${archive}`]);
    try {
      const id = await tools.podman('pull', '--quiet', '--platform', PLATFORM, `oci-archive:${archive}`);
      const code = 'import platform, markupsafe._speedups; print(platform.machine())';
      const say = ['run', '--rm', '--network=none', '--entrypoint=python', id, '-c', code];
      expect(await tools.podman(...say)).toBe('aarch64');
      const packages = ['run', '--rm', '--network=none', '--user=0', '--entrypoint=dpkg', id, '--audit'];
      expect(await tools.podman(...packages)).toBe('');
    } finally {
      await tools.close();
    }
  });

  test('again, it is answered from the cache', async () => {
    const output = `--output=${join(scratch.dir, 'again.tar')}`;
    const again = await quayside(['build', `--source=${app.path}`, `--platform=${PLATFORM}`, output]);
    expect(again).toMatchObject({ code: 0 });
    expect(ran(again)).toEqual([]);
    expect(cached(again)).toContainEqual(expect.stringMatching(/install Python dependencies/));
  });
});

// Skipped where this machine cannot run programs for arm64: `./quayside setup --platform=linux/arm64` brings QEMU.
describe.skipIf(without !== undefined)('flask-shop, a Flask app with another kind of lock', () => {
  test('is written to a file', async () => {
    const path = join(scratch.dir, 'shop');
    cpSync(join(ROOT, 'examples/flask-shop'), path, { recursive: true });
    // The base image that the other app has as well.
    const config = join(scratch.dir, 'shop.yaml');
    await execa('sh', [
      '-c',
      'cat "$1" > "$2" && echo \'python: { version: "3.11" }\' >> "$2"',
      'sh',
      join(path, 'quayside.yaml'),
      config,
    ]);
    const archive = join(scratch.dir, 'shop.tar');
    const args = [`--source=${path}`, `--config=${config}`, `--platform=${PLATFORM}`, `--output=${archive}`];
    expect(await quayside(['build', ...args])).toMatchObject({ code: 0 });
    const image = await lookInto(`oci-archive:${archive}`, 'shop');
    expect(image.config).toMatchObject({ os: 'linux', architecture: 'arm64', variant: 'v8' });
    expect([...image.machines.keys()]).toEqual([AARCH64]);
  });
});
