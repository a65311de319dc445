/** Layers of images that were pulled are those of the registry in whatever is built on them: under its digests, and never sent to it again. */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { type Container, ImageMediaTypes } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LayerBlob } from '../../engine/oci/kept-blobs.js';
import { push as pushLayout } from '../../engine/oci/transfer.js';
import { push } from '../../src/publish/push.js';
import { settledImage } from '../../src/publish/settle.js';
import { namedTags } from '../../src/publish/tags.js';
import { repositoryOf } from '../../src/registry/address.js';
import { type ArchivedImage, readArchive } from '../../src/registry/layout.js';
import { openRepository } from '../../src/registry/repository.js';
import { startRegistry, type TestRegistry } from './support/registry.js';
import { type SampleImage, sampleImage } from './support/sample-image.js';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';

let place: Place;
let session: TestSession;
let registry: TestRegistry;
let sample: SampleImage;
let base: string;

/** The same tar as others compress it. */
async function compressedElsewhere(layer: LayerBlob): Promise<LayerBlob> {
  const bytes = gzipSync(gunzipSync(await readFile(layer.path)), { level: constants.Z_BEST_SPEED });
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const path = join(place.dir, digest.slice(7));
  await writeFile(path, bytes);
  return { ...layer, digest, size: bytes.length, path };
}

const tag = (name: string) => `${registry.host}/${name}:1`;

beforeAll(async () => {
  place = await makePlace();
  registry = await startRegistry(join(place.dir, 'registry'));
  sample = await sampleImage(join(place.dir, 'sample'));
  const layers = await Promise.all(sample.layers.map(compressedElsewhere));
  expect(layers.map(({ digest }) => digest)).not.toEqual(sample.layers.map(({ digest }) => digest));
  base = tag('team/base');
  for (const mediaTypes of ['oci', 'docker'] as const) {
    // Some images have a blob twice.
    const all = mediaTypes === 'oci' ? layers : [...layers, layers.at(-1)!];
    const { dir } = await sample.layout(mediaTypes, { images: [{ ...sample.image, layers: all }], mediaTypes });
    await pushLayout(dir, mediaTypes === 'oci' ? base : tag('team/docker'));
  }
  session = await openTestSession(place);
});
afterAll(async () => {
  await session.close();
  await registry.stop();
  await place.remove();
});

const app = (from: string) => session.client.container().from(from).withNewFile('/app/main.py', 'print()');

const inspected = async (reference: string, ...how: readonly string[]) => {
  const { stdout } = await execa('skopeo', ['inspect', ...how, '--tls-verify=false', `docker://${reference}`]);
  return JSON.parse(stdout);
};

let count = 0;
async function archived(container: Container): Promise<ArchivedImage> {
  count += 1;
  const archive = join(place.dir, `image-${count}.tar`);
  await container.export(archive, { mediaTypes: ImageMediaTypes.Oci });
  return readArchive(archive, `${archive}.blobs`);
}

describe('what is built on an image of a registry', () => {
  it.each(['team/base', 'team/docker'])('has its layers, %s', async name => {
    const { layers } = await archived(app(tag(name)));
    const published = await inspected(tag(name), '--raw');
    const { rootfs } = await inspected(tag(name), '--config', '--raw');
    const below = layers.slice(0, -1);
    expect(below.map(({ digest }) => digest)).toEqual(published.layers.map((one: { digest: string }) => one.digest));
    expect(below.map(({ diffId }) => diffId)).toEqual(rootfs.diff_ids);
  });

  it('sends none of them to that registry, whichever app it is', async () => {
    const known = await archived(session.client.container().from(base));
    const directory = join(place.dir, 'settled');
    await mkdir(directory);
    const sent = async (name: string, content: string) => {
      const built = await archived(app(base).withNewFile('/app/other.py', content));
      const image = await settledImage(built, {
        directory,
        created: undefined,
        ownTimes: () => undefined,
        base: known,
      });
      const repository = repositoryOf(`${registry.host}/${name}`);
      if ('problem' in repository) throw new Error(repository.problem);
      const [published] = await push(
        [
          {
            component: 'web',
            repository: openRepository(repository, { beside: ['team/base', 'team/other'] }),
            besideOf: ({ isOfBase }) => (isOfBase === true ? 'team/base' : 'team/other'),
            platforms: [image],
            annotations: {},
            attached: async () => [],
          },
        ],
        namedTags(['1']),
      );
      return published!.platforms[0]!;
    };
    const base1 = await sent('team/first', 'first');
    expect(base1.layers).toEqual({ there: 0, mounted: sample.layers.length, pushed: 2 });
    expect((await sent('team/second', 'second')).layers).toEqual(base1.layers);
    expect((await sent('team/second', 'edited')).layers).toEqual({
      there: sample.layers.length + 1,
      mounted: 0,
      pushed: 1,
    });
  });

  it('asks the registry once for them, whatever image they are of', async () => {
    await archived(app(base));
    const other = await startRegistry(join(place.dir, 'other'));
    const reference = `${other.host}/team/other:1`;
    await pushLayout(join(place.dir, 'sample/oci'), reference);
    const image = await session.client.container().from(reference).sync();
    await other.stop();
    expect((await archived(image.withNewFile('/new', ''))).layers).toHaveLength(sample.layers.length + 1);
  });

  it.each([
    ['team/zstd', ['--dest-compress', '--dest-compress-format=zstd']],
    ['team/plain', ['--dest-decompress']],
  ])('has them however they are compressed, %s, but where Docker has to understand them', async (name, how) => {
    const dir = join(place.dir, name.replace('/', '-'));
    await execa('skopeo', ['copy', '--quiet', ...how, `oci:${join(place.dir, 'sample/oci')}`, `dir:${dir}`]);
    const to = ['--dest-tls-verify=false', `docker://${tag(name)}`];
    await execa('skopeo', ['copy', '--quiet', '--preserve-digests', `dir:${dir}`, ...to]);
    const { layers: published } = await inspected(tag(name), '--raw');
    expect(published[0].mediaType).not.toMatch(/gzip/);
    const built = await archived(app(tag(name)));
    const manifest = JSON.parse(Buffer.from(built.manifest.bytes).toString());
    expect(manifest.layers.slice(0, -1)).toEqual(published);
    const { rootfs } = await inspected(tag(name), '--config', '--raw');
    const docker = join(place.dir, `${name.replace('/', '-')}.tar`);
    await app(tag(name)).export(docker, { mediaTypes: ImageMediaTypes.Docker });
    const plain = await readArchive(docker, `${docker}.blobs`);
    expect(plain.layers.slice(0, -1).map(({ diffId }) => diffId)).toEqual(rootfs.diff_ids);
    for (const { mediaType } of JSON.parse(Buffer.from(plain.manifest.bytes).toString()).layers)
      expect(mediaType).toMatch(/gzip$/);
  });
});
