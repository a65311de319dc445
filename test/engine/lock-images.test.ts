/** quayside.lock against a registry: what is locked, what stays, what is looked up again, and who insists on it. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { push } from '../../engine/oci/transfer.js';
import { ROOT, runQuayside } from './cli/quayside-process.js';
import { startRegistry, type TestRegistry } from './support/registry.js';
import { CONFIG, type SampleImage, sampleImage } from './support/sample-image.js';

let dir: string;
let app: string;
let sample: SampleImage;
let registry: TestRegistry;
let images: readonly string[];

const run = (...args: string[]) =>
  runQuayside(['--engine=local', ...args, `--source=${app}`], {
    env: { QUAYSIDE_STATE: join(dir, 'state'), QUAYSIDE_REGISTRIES_CONF: join(dir, 'registries.conf') },
  });
const lock = () => JSON.parse(readFileSync(join(app, 'quayside.lock'), 'utf8')) as { images: Record<string, string> };

/** Puts an image that differs by a variable under a reference of the registry's mirror; returns its digest. */
async function put(reference: string, value: string): Promise<string> {
  const { dir: layout, digest } = await sample.layout(`${reference.replaceAll(/\W/g, '-')}-${value}`, {
    images: [{ ...sample.image, config: { ...CONFIG, env: ['PATH=/bin', `VALUE=${value}`] } }],
  });
  await push(layout, reference.replace('docker.io', registry.host));
  return digest;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-lock-'));
  app = join(dir, 'app');
  cpSync(join(ROOT, 'examples/flask-stream'), app, { recursive: true });
  sample = await sampleImage(dir);
  registry = await startRegistry(join(dir, 'registry'));
  const mirror = (prefix: string) =>
    `[[registry]]\nprefix = "${prefix}"\nlocation = "${registry.host}"\ninsecure = true\n`;
  writeFileSync(join(dir, 'registries.conf'), mirror('docker.io'));
  const { images: planned } = JSON.parse((await run('plan')).stdout) as { images: Record<string, object> };
  images = Object.keys(planned).filter(image => image.startsWith('docker.io/'));
});
afterAll(async () => {
  await registry.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('lock', () => {
  it('holds what tags mean, and the plan takes it from there', async () => {
    const digests = await Promise.all(images.map(image => put(image, 'first')));
    const locked = await run('lock');
    expect(locked).toMatchObject({ code: 0 });
    expect(locked.stdout).toContain(`+    "${images[0]}": "${digests[0]}"`);
    expect(lock().images).toMatchObject(Object.fromEntries(images.map((image, at) => [image, digests[at]])));
    const plan = JSON.parse((await run('plan')).stdout) as { images: Record<string, object> };
    expect(plan.images).toMatchObject(Object.fromEntries(images.map((image, at) => [image, { digest: digests[at] }])));
  });

  it('keeps what is locked, and looks up again what it is told to', async () => {
    const before = readFileSync(join(app, 'quayside.lock'), 'utf8');
    const moved = await put(images[0]!, 'second');
    expect(await run('lock')).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(join(app, 'quayside.lock'), 'utf8')).toBe(before);
    expect(await run('lock', '--check')).toMatchObject({ code: 0 });
    rmSync(join(dir, 'state/images'), { recursive: true, force: true });
    const upgraded = await run('lock', '--upgrade');
    expect(upgraded).toMatchObject({ code: 0 });
    expect(upgraded.stdout).toContain(`+    "${images[0]}": "${moved}"`);
    expect(upgraded.stdout.match(/^\+ {4}/gm)).toHaveLength(1);
  });

  it('is insisted on by --frozen, and by --check', async () => {
    const { images: all } = lock();
    const { [images[0]!]: _, ...others } = all;
    writeFileSync(join(app, 'quayside.lock'), JSON.stringify({ lockVersion: 1, images: others }));
    const frozen = await run('unit', '--frozen');
    expect(frozen).toMatchObject({ code: 2, stdout: '' });
    expect(frozen.stderr).toContain(`QS107: quayside.lock does not say which ${images[0]} is meant`);
    const stale = await run('lock', '--check');
    expect(stale).toMatchObject({ code: 1 });
    expect(stale.stderr).toContain('quayside.lock');
  });
});
