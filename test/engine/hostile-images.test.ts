/** Archives of images that were made to do harm: each is taken in for what is right in it, or refused in a sentence. Nothing outside is touched or read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documented } from './support/documented.js';
import { image, type Member, pax, saved, sha, type Twist, tar } from './support/hostile-archive.js';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';

let place: Place;
let session: TestSession;
beforeAll(async () => {
  place = await makePlace();
  session = await openTestSession(place, { ...process.env, QUAYSIDE_STATE_LIMIT: '50MB' });
});
afterAll(async () => {
  await session.close();
  await place.remove();
});

/** What lies outside, and is not to be touched. */
const OUT = mkdtempSync(join(tmpdir(), 'quayside-outside-'));
writeFileSync(join(OUT, 'kept'), 'kept\n');
afterAll(() => rmSync(OUT, { recursive: true }));

const file: Member = { name: 'f', body: 'x' };
const kept = (name: string | Buffer): Member => ({ name, body: 'new' });
const plainLayer = tar([file]);
/** An image, and something more in its archive. */
const beside = (...members: Member[]): Member[] => [...members, ...image()];
const withoutIndex = (): Member[] => image().filter(({ name }) => name !== 'index.json');
const layer = (...members: Member[]): Member[] => image({ layer: tar([file, ...members]) });
const twisted = (twist: Twist): Member[] => image(twist);
/** The first blob that the manifest names, kept by something else. */
const layerAs = (member: Omit<Member, 'name'>): Member[] =>
  image().map(own => (own.name === `blobs/sha256/${sha(plainLayer)}` ? { ...member, name: own.name } : own));
const withLayers = (layers: (plain: object) => object) => (manifest: Record<string, unknown>) => ({
  ...manifest,
  layers: (manifest.layers as object[]).map(layers),
});

/** What has a file `f` in the end. */
const taken: Readonly<Record<string, readonly Member[]>> = {
  'a name that climbs': beside(kept(`../../../../../../..${OUT}/kept`)),
  'an absolute name': beside(kept(`${OUT}/kept`)),
  'a blob whose name climbs': beside(kept(`blobs/sha256/../../../../../../../..${OUT}/kept`)),
  'a link out, and a file through it': beside({ name: 'l', flag: '2', link: OUT }, kept('l/kept')),
  'links that climb step by step, and a file through them': beside(
    { name: 'a', flag: '2', link: '.' },
    { name: 'a/b', flag: '2', link: `../../../../../../..${OUT}` },
    kept('b/kept'),
  ),
  'another name of a file outside, and contents for it': beside(
    { name: 'h', flag: '1', link: `${OUT}/kept` },
    kept('h'),
  ),
  'a link at the top, in place of blobs': beside({ name: 'blobs', flag: '2', link: OUT }),
  'a device': beside({ name: 'd', flag: '3', device: [1, 5] }),
  'a pipe for index.json, and then the file': beside({ name: 'index.json', flag: '6' }),
  'an index.json that is there twice': [{ name: 'index.json', body: 'no JSON' }, ...image()],
  'a name with a line break': beside(kept('a\nb')),
  'a name that is not UTF-8': beside(kept(Buffer.from([0x66, 0xff, 0xfe]))),
  'a name with a NUL': beside(pax({ path: 'a\0b' }), kept('x')),
  'a name of 10,000 characters': beside(pax({ path: 'n/'.repeat(5000) }), kept('x')),
  'a directory of a thousand levels': beside(
    { name: 'x', flag: '5' },
    pax({ path: `${'d/'.repeat(1000)}` }),
    kept('x'),
  ),
  'what docker save writes, its layer behind a link': saved('l/layer.tar', plainLayer, [
    { name: 'l/layer.tar', flag: '2', link: '../real.tar' },
    { name: 'real.tar', body: plainLayer },
  ]),
  'what docker save writes, its layer under a name that climbs': saved('../../x', plainLayer, [
    { name: '../../x', body: plainLayer },
  ]),
  'a layer with a name that climbs': layer(kept(`../../../../../../../..${OUT}/kept`)),
  'a layer with an absolute name': layer(kept(`${OUT}/kept`)),
  'a layer with a device': layer({ name: 'd', flag: '3', device: [1, 5] }),
  'a layer with a pipe': layer({ name: 'p', flag: '6' }),
  'a layer with a file that runs as its owner': layer({ ...kept('s'), mode: 0o6755 }),
  'a layer with a link out': layer({ name: 'l', flag: '2', link: OUT }),
  'a layer with a name that goes through a file': layer(kept('f/../g')),
};

const withDigest = (digest: string) =>
  twisted({ index: descriptor => ({ schemaVersion: 2, manifests: [{ ...descriptor, digest }] }) });
const innerIndex = (inner: object): Member[] => {
  const body = JSON.stringify(inner);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const top = { schemaVersion: 2, manifests: [{ mediaType, digest: `sha256:${sha(body)}`, size: body.length }] };
  return [
    { name: 'index.json', body: JSON.stringify(top) },
    { name: `blobs/sha256/${sha(body)}`, body },
  ];
};
const nested = (depth: number, inner: object = { schemaVersion: 2, manifests: [] }): Member[] => {
  const all = innerIndex(inner);
  return depth === 0 ? all : [...nested(depth - 1, JSON.parse(String(all[0]!.body)) as object), all[1]!];
};
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024), { level: 9 });

/** What is refused, and in which words. */
const refused: Readonly<Record<string, readonly [bytes: readonly Member[] | Buffer, words: RegExp]>> = {
  'nothing at all': [Buffer.alloc(0), /it has no image for linux/],
  noise: [Buffer.alloc(2048, 'noise'), /it is no tar file, or a damaged one/],
  'half of an archive': [tar(image()).subarray(0, 1600), /it ends in the middle of blobs\/sha256\//],
  'half of a compressed archive': [gzipSync(tar(image())).subarray(0, 300), /unexpected end of file/],
  'no index': [withoutIndex(), /it has no image for linux/],
  'an index.json that is a pipe': [[...withoutIndex(), { name: 'index.json', flag: '6' }], /it has no image/],
  'an index.json that is a link out': [
    [...withoutIndex(), { name: 'index.json', flag: '2', link: `${OUT}/kept` }],
    /it has no image/,
  ],
  'an index.json that is a link to itself': [
    [...withoutIndex(), { name: 'index.json', flag: '2', link: 'index.json' }],
    /it has no image/,
  ],
  'an index.json of 5 MB': [
    [...withoutIndex(), { name: 'index.json', body: ' '.repeat(5_000_000) }],
    /its index\.json has 5000000 bytes: no image has that many/,
  ],
  'an index.json of a hundred thousand lists': [
    [...withoutIndex(), { name: 'index.json', body: '['.repeat(100_000) }],
    /its index\.json is not JSON/,
  ],
  'an index.json that is null': [twisted({ index: () => 'null' }), /its index\.json is not as images have it/],
  'a manifest outside': [withDigest(`sha256:../../../../../..${OUT}/kept`), /manifests: 0: digest: is no digest/],
  'a manifest that is not there': [
    withDigest(`sha256:${'0'.repeat(64)}`),
    /its manifest, blobs\/sha256\/0+, is not in it/,
  ],
  'a manifest of another digest': [
    twisted({ manifest: plain => ({ ...plain, layers: [] }) }).map(own => ({
      ...own,
      body: String(own.body).replace('"layers":[]', '"layers": []'),
    })),
    /its manifest, \S+, is not what its digest and size say/,
  ],
  'a manifest of another type': [
    twisted({ index: plain => ({ manifests: [{ ...plain, mediaType: 'text/html' }] }) }),
    /something of the type text\/html, which is no image's/,
  ],
  'a manifest that is a list': [twisted({ manifest: () => '[]' }), /its manifest is not as images have it/],
  'a layer of another digest': [
    layerAs({ body: 'x'.repeat(plainLayer.length) }),
    /its layer 1, \S+, is not what its digest/,
  ],
  'a layer that is a link to a file outside': [
    layerAs({ flag: '2', link: `${OUT}/kept` }),
    /its layer 1, \S+, is not in it/,
  ],
  'a layer that is another name of a file outside': [
    layerAs({ flag: '1', link: `${OUT}/kept` }),
    /its layer 1, \S+, is not in it/,
  ],
  'a layer that is a device': [layerAs({ flag: '3', device: [1, 5] }), /its layer 1, \S+, is not in it/],
  'a layer that lies on a server': [
    twisted({ manifest: withLayers(own => ({ ...own, urls: ['http://169.254.169.254/layer'] })) }),
    /its layer 1 lies elsewhere: http:\/\/169\.254\.169\.254\/layer is not fetched/,
  ],
  'a layer of a size below zero': [
    twisted({ manifest: withLayers(own => ({ ...own, size: -1 })) }),
    /its manifest is not as images have it: layers: 0: size/,
  ],
  'a layer that the configuration does not know': [
    twisted({ config: { rootfs: { diff_ids: [`sha256:${'0'.repeat(64)}`] } } }),
    /its layer 1 is not the one that its configuration tells of/,
  ],
  'more layers than the configuration knows': [
    twisted({ config: { rootfs: { diff_ids: [] } } }),
    /it has 1 layers, and its configuration tells of 0/,
  ],
  'a configuration that is no JSON': [twisted({ config: '{' }), /its configuration is not JSON/],
  'indexes in indexes': [nested(30), /its indexes lead to indexes without end/],
  'a layer that unpacks to 64 MB': [
    twisted({ layer: Buffer.alloc(64 * 1024 * 1024), stored: bomb }),
    /it unpacks to more than/,
  ],
  'an archive that unpacks to 64 MB': [
    gzipSync(tar([{ name: 'x', body: Buffer.alloc(64 * 1024 * 1024) }])),
    /it unpacks to more than/,
  ],
  'a size of eight gigabytes in a header': [
    [{ name: 'x', size: 8 * 1024 ** 3 - 1 }],
    /it unpacks to more than|it ends in the middle of x/,
  ],
  'a size that is no number': [[pax({ size: '-5' }), file], /it has a member of no size: f/],
  'a header of 20 MB': [
    [pax({ path: 'x'.repeat(20_000_000) }), file],
    /it has a header of \d+ bytes: more than names need/,
  ],
  'a header with records that are none': [
    [{ name: 'x', flag: 'x', body: '99999 a=b\n' }, file],
    /it has a header that is damaged/,
  ],
  'a sparse file': [beside({ name: 's', flag: 'S', body: 'x' }), /it has a sparse file, which no image has: s/],
  '30,000 members': [Array.from({ length: 30_000 }, (_, i) => ({ name: `${i}` })), /it has more than 20000 members/],
  'what docker save writes, its layer a file outside': [
    saved(`../../../../..${OUT}/kept`, plainLayer),
    /kept, of which its manifest\.json tells, is not in it/,
  ],
  'a layer that removes what is above it': [layer({ name: '.wh...' }), /cannot import the image archive/],
  'a layer that marks through a link out': [
    layer({ name: 'l', flag: '2', link: OUT }, { name: 'l/.wh.kept' }),
    /cannot import/,
  ],
  'a layer with a link out, and a file through it': [
    layer({ name: 'l', flag: '2', link: OUT }, kept('l/kept')),
    /cannot import/,
  ],
  'a layer with another name of a file outside': [
    layer({ name: 'h', flag: '1', link: `${OUT}/kept` }),
    /cannot import/,
  ],
  'a layer with a name twice': [layer(kept('g'), kept('g')), /cannot import the image archive/],
  'a layer that ends in the middle': [
    twisted({ layer: tar([kept('g'), { name: 'f', body: 'x'.repeat(5000) }]).subarray(0, 2000) }),
    /cannot import the image archive/,
  ],
  'a layer that is no tar file': [twisted({ layer: Buffer.alloc(3000, 'noise') }), /cannot import the image archive/],
};

const listing = async (dir: string): Promise<string> =>
  (await execa('sh', ['-c', 'find . -printf "%p %y %m %U:%G %s %T@ %C@ %n %l\\n" | sort; cat kept'], { cwd: dir }))
    .stdout;

let count = 0;
/** Imports an archive, and looks that nothing outside changed; gives what it holds, or why it does not. */
async function importing(what: readonly Member[] | Buffer): Promise<readonly string[] | Error> {
  count += 1;
  const path = join(place.dir, `archive-${count}.tar`);
  writeFileSync(path, Buffer.isBuffer(what) ? what : tar(what));
  const untouched = await listing(OUT);
  const { client } = session;
  const result = await client
    .container()
    .import_(client.host().file(path))
    .rootfs()
    .entries()
    .catch((error: Error) => error);
  rmSync(path);
  expect(await listing(OUT)).toBe(untouched);
  return result;
}

describe('an archive of an image', () => {
  it.each(Object.entries(taken))('is taken in for what is right in it: %s', async (_, members) => {
    expect(await importing(members)).toEqual(expect.arrayContaining(['f']));
  });

  it.each(Object.entries(refused))('is refused in a sentence: %s', async (_, [what, words]) => {
    const result = await importing(what);
    expect(result).toBeInstanceOf(Error);
    expect((result as Error).message).toMatch(words);
  });
});

it('are as many as is said', () => {
  expect(documented('hostile archives of images')).toBe(Object.keys(taken).length + Object.keys(refused).length);
});
