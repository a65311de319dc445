/** Images that the engine writes are what buildah makes of the same steps, and what podman reads. */
import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LayerBlob } from '../../engine/oci/kept-blobs.js';
import { layerBlob } from '../../engine/oci/layer-tar.js';
import { toArchive } from '../../engine/oci/transfer.js';
import { describeTree, withMount } from './support/overlay.js';
import { recordsIn } from './support/records.js';
import { CONFIG, PLATFORM, RUNTIME_DIRS, type SampleImage, STEPS, sampleImage } from './support/sample-image.js';
import { containerTools, type Tools } from './support/tools.js';

let dir: string;
let tools: Tools;
let sample: SampleImage;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-oci-'));
  tools = await containerTools(join(dir, 'tools'));
  sample = await sampleImage(dir);
});
afterAll(async () => {
  await tools.close();
  await rm(dir, { recursive: true, force: true });
});

/** Writes a layout as an archive and loads it; returns the image's id. */
async function loadArchive(layout: string, name: string): Promise<string> {
  const file = join(dir, `${name}.tar`);
  await toArchive(layout, file);
  const said = await tools.podman('load', '-q', '-i', file);
  return said
    .trim()
    .split(/[\s:]+/)
    .at(-1)!;
}

describe('layers', () => {
  it('hold the same tree as buildah makes of the same steps', async () => {
    const from = await tools.buildah('from', 'scratch');
    await tools.buildah('add', '-q', from, sample.stack.layers[0]!, '/');
    let current = from;
    for (const [i, step] of STEPS.entries()) {
      await tools.buildah('run', '--isolation', 'chroot', current, '/bin/sh', '-euc', step);
      // Committed and continued, so that each step is a layer there too.
      await tools.buildah('commit', '-q', current, `localhost/reference:${i}`);
      await tools.buildah('rm', current);
      current = await tools.buildah('from', `localhost/reference:${i}`);
    }
    const reference = await describeTree(await tools.buildah('mount', current), RUNTIME_DIRS);

    const { dir: at } = await sample.layout('tree');
    const image = await loadArchive(at, 'tree');
    const ours = await tools.podman('image', 'mount', image);
    expect(await describeTree(ours, RUNTIME_DIRS)).toEqual(reference);
    const stacked = await withMount(sample.stack, root => describeTree(root, RUNTIME_DIRS));
    expect(stacked).toEqual(reference);
    expect(Object.keys(reference).length).toBeGreaterThan(280);
    await tools.podman('image', 'unmount', image);
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
    const blob = await layerBlob({
      layer,
      records: recordsIn(dir),
      times: 'settled',
      blobsDir: join(dir, 'blobs'),
      key: 'capable',
    });
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
    const blob = await layerBlob({
      layer,
      records: recordsIn(dir),
      times: 'settled',
      blobsDir: join(dir, 'blobs'),
      key: 'bytes',
    });
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
    await expect(
      layerBlob({ layer, records: recordsIn(dir), times: 'settled', blobsDir: join(dir, 'blobs'), key: 'reserved' }),
    ).rejects.toThrow('cannot hold .wh.x');
  });

  it('are written once, and the same when written again elsewhere', async () => {
    const again = await sample.blobs(join(dir, 'blobs-2'));
    expect(again.map(({ path: _, ...rest }) => rest)).toEqual(sample.layers.map(({ path: _, ...rest }) => rest));
    // A key that is known is not read again: the layer need not even exist any more.
    const kept = await layerBlob({
      layer: '/nowhere',
      records: recordsIn(dir),
      times: 'settled',
      blobsDir: join(dir, 'blobs'),
      key: 'layer-0',
    });
    expect(kept).toEqual(sample.layers[0]);
    await rm(again[0]!.path);
    await expect(
      layerBlob({
        layer: '/nowhere',
        records: recordsIn(dir),
        times: 'settled',
        blobsDir: join(dir, 'blobs-2'),
        key: 'layer-0',
      }),
    ).rejects.toThrow();
  });

  it.each(['', '{"digest":"sha256:', '{"digest":"sha256:../../x","diffId":"","size":1}', '[]'])(
    'are written again when what is known of them is %s',
    async text => {
      const records = recordsIn(dir);
      const options = {
        layer: sample.stack.layers[0]!,
        records,
        times: 'settled' as const,
        blobsDir: join(dir, 'blobs'),
        key: 'layer-0',
      };
      await writeFile(join(dir, 'blobs/layers/layer-0.settled.fflate6.json'), text);
      expect(await layerBlob(options)).toEqual(sample.layers[0]);
      expect(records.notices).toHaveLength(1);
    },
  );

  it('have times that say what is in a file, and nothing of when or where it was written', async () => {
    const write = async (name: string, contents: readonly string[], time: number) => {
      const layer = join(dir, name);
      await mkdir(layer);
      for (const [i, content] of contents.entries()) await writeFile(join(layer, `f${i}`), content);
      await symlink('f0', join(layer, 'link'));
      await link(join(layer, 'f0'), join(layer, 'name'));
      for (const file of ['f0', 'f1', '.']) await utimes(join(layer, file), time, time);
      const options = { layer, records: recordsIn(dir), blobsDir: join(dir, `${name}-blobs`), key: 'k' };
      const blob = await layerBlob({ ...options, times: 'settled' });
      const { stdout } = await execa('tar', ['-tvf', blob.path, '--full-time', '--utc']);
      const times = stdout.split('\n').map(line => /\S+ \S+ (?=\S+( (->|link to) .*)?$)/.exec(line)![0].trim());
      const kept = await layerBlob({ ...options, times: 'kept' });
      return { blob: blob.digest, kept: kept.digest, times };
    };
    const large = 'x'.repeat(300_000);
    const first = await write('first', ['#fff', large], 1_000_000_000);
    const later = await write('later', ['#fff', large], 1_600_000_000);
    const other = await write('other', ['#000', large], 1_600_000_000);
    expect(later.blob).toBe(first.blob);
    expect(later.kept).not.toBe(first.kept);
    const [file, big, symbolic, second] = first.times;
    expect(symbolic).toBe('1980-01-01 00:00:01');
    expect(second).toBe(file);
    expect(other.times[0]).not.toBe(file);
    expect(other.times[1]).toBe(big);
    expect([...first.times, ...other.times].filter(time => time > '1998')).toEqual([]);
  });

  it('name what a layer takes away, and are compressed', async () => {
    const [, , blob] = sample.layers as [LayerBlob, LayerBlob, LayerBlob];
    const unpacked = createHash('sha256').update(gunzipSync(await readFile(blob.path)));
    expect(`sha256:${unpacked.digest('hex')}`).toBe(blob.diffId);
    const { stdout } = await execa('tar', ['-tzf', blob.path]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['d/.wh.a', '.wh.wh', 'wipe/', 'wipe/.wh..wh..opq', 'wipe/new']),
    );
  });
});

it('are archived while other layouts come to link to the same blobs, and go', async () => {
  const { dir: at } = await sample.layout('linked');
  const blob = join(at, 'blobs/sha256', 'shared');
  await writeFile(blob, '');
  await truncate(blob, 60_000_000);
  const written = toArchive(at, join(dir, 'linked.tar')).then(() => 'whole');
  let done = false;
  written.finally(() => {
    done = true;
  });
  while (!done) {
    await link(blob, join(dir, 'another'));
    await rm(join(dir, 'another'));
  }
  expect(await written).toBe('whole');
});

describe('images', () => {
  it('have the same digest when written twice', async () => {
    const one = await sample.layout('twice-1');
    const two = await sample.layout('twice-2');
    expect(one.digest).toBe(two.digest);
    expect(await readFile(join(one.dir, 'index.json'), 'utf8')).toBe(
      await readFile(join(two.dir, 'index.json'), 'utf8'),
    );
    expect((await sample.layout('later', { created: 1 })).digest).not.toBe(one.digest);
  });

  it.each(['oci', 'docker'] as const)('load from an archive written with %s media types, and run', async mediaTypes => {
    const { dir: at } = await sample.layout(`archive-${mediaTypes}`, { mediaTypes });
    await writeFile(join(dir, `${mediaTypes}.tar`), 'an older file');
    const image = await loadArchive(at, mediaTypes);
    expect(await tools.podman('run', '--rm', '--network=none', image)).toBe('hello there\n1000\n/keep2');
    const [inspected] = JSON.parse(await tools.podman('image', 'inspect', image));
    expect(inspected.Config).toMatchObject({
      User: '1000:1000',
      Env: CONFIG.env,
      Labels: CONFIG.labels,
      StopSignal: 'SIGINT',
    });
    expect(Object.keys(inspected.Config.ExposedPorts).sort()).toEqual(['53/udp', '8000/tcp']);
    expect(inspected.RootFS.Layers).toEqual(sample.layers.map(layer => layer.diffId));
  });

  it('refuse two images for one platform', async () => {
    await expect(sample.layout('same', { images: [sample.image, sample.image] })).rejects.toThrow(
      `two variants for linux/${PLATFORM.architecture}`,
    );
  });
});
