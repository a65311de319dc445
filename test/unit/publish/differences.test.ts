/** Where two images differ, and the words for it. */

import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { diagnose } from '../../../src/diagnostics/diagnose.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { type ComparedImage, type ImageDifference, imageDifferences } from '../../../src/publish/differences.js';
import { digestOf } from '../../../src/registry/repository.js';

type Member = Partial<Header> & { readonly name: string; readonly content?: string };

const stored = (bytes: Buffer) => ({
  digest: digestOf(bytes),
  size: bytes.length,
  open: async () => new Blob([bytes as Uint8Array<ArrayBuffer>]),
});

async function image(config: object, ...layers: readonly (readonly Member[])[]): Promise<ComparedImage> {
  const blobs = layers.map(async (members, at) => {
    const tar = pack();
    for (const { content, ...header } of members) tar.entry({ mtime: new Date(0), ...header }, content ?? '');
    tar.finalize();
    return { ...stored(gzipSync(await buffer(tar), { level: at })), diffId: '' };
  });
  return { config: stored(Buffer.from(JSON.stringify(config))), layers: await Promise.all(blobs) };
}

const CONFIG = { created: '2026-01-01T00:00:00Z', config: { User: 'app', Env: ['A=1'] }, rootfs: { diff_ids: ['x'] } };
const BASE: readonly Member[] = [{ name: 'bin/', type: 'directory' }];
const APP: readonly Member[] = [
  { name: 'app/a.py', content: 'a' },
  { name: 'app/b.py', content: 'b' },
];

test.each<readonly [string, Parameters<typeof image>, readonly ImageDifference[]]>([
  ['nothing', [CONFIG, BASE, APP], []],
  [
    'the configuration',
    [{ ...CONFIG, config: { User: 'root', Env: ['A=1'] }, rootfs: {} }, BASE, APP],
    [{ place: 'configuration', path: 'config.User', what: ['"app" published, "root" built'] }],
  ],
  [
    'files',
    [CONFIG, BASE, [{ name: 'app/a.py', content: 'z', mode: 0o755 }, { name: 'app/c.py' }]],
    [
      { place: 'layer 2', path: 'app/a.py', what: ['content', 'mode'] },
      { place: 'layer 2', path: 'app/b.py', what: ['only published'] },
      { place: 'layer 2', path: 'app/c.py', what: ['only built'] },
    ],
  ],
  [
    'a time, and what somebody owns',
    [CONFIG, [{ name: 'bin/', type: 'directory', mtime: new Date(5000), uid: 7 }], APP],
    [{ place: 'layer 1', path: 'bin', what: ['owner', 'time'] }],
  ],
  [
    'the order alone',
    [CONFIG, BASE, APP.toReversed()],
    [{ place: 'layer 2', what: ['the same files, written or compressed in another way'] }],
  ],
  [
    'names that would write to a terminal',
    [CONFIG, BASE, [...APP, { name: 'app/\u001b[2Jé' }]],
    [{ place: 'layer 2', path: 'app/�[2Jé', what: ['only built'] }],
  ],
  ['the number of layers', [CONFIG, BASE], [{ place: 'layers', what: ['2 published, 1 built'] }]],
])('%s', async (_, other, expected) => {
  expect(await imageDifferences(await image(CONFIG, BASE, APP), await image(...other), 20)).toEqual(expected);
});

/** A layer as a frame of zstd, in blocks that are not compressed. */
function inZstd(tar: Buffer): Buffer {
  const most = 65_536;
  const blocks = Array.from({ length: Math.ceil(tar.length / most) }, (_, at) => {
    const content = tar.subarray(at * most, (at + 1) * most);
    const head = Buffer.alloc(3);
    head.writeUIntLE((content.length << 3) | Number((at + 1) * most >= tar.length), 0, 3);
    return Buffer.concat([head, content]);
  });
  return Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...blocks]);
}

test.each<readonly [string, (tar: Buffer) => Buffer]>([
  ['zstd', inZstd],
  ['nothing', tar => tar],
])('layers are read that %s has compressed', async (_, written) => {
  const one = await image(CONFIG, APP);
  const tar = gunzipSync(Buffer.from(await (await one.layers[0]!.open()).arrayBuffer()));
  const changed = await image(CONFIG, [{ name: 'app/a.py', content: 'z' }, APP[1]!]);
  expect(await imageDifferences({ ...one, layers: [stored(written(tar))] }, changed, 20)).toEqual([
    { place: 'layer 1', path: 'app/a.py', what: ['content'] },
  ]);
});

test('no more are looked for than are told', async () => {
  const found = await imageDifferences(await image(CONFIG, BASE, APP), await image({}, [], []), 2);
  expect(found).toHaveLength(2);
  expect(found.map(({ place }) => place)).toEqual(['configuration', 'configuration']);
});

test('are told in words', async () => {
  const differences = await imageDifferences(
    await image(CONFIG, BASE, APP),
    await image({ ...CONFIG, created: 'now' }, BASE, [{ name: 'app/a.py', content: 'z' }]),
    20,
  );
  const found = diagnose('QS730', {
    image: 'ghcr.io/acme/shop@sha256:abc',
    platform: 'linux/amd64',
    differences,
    most: 20,
  });
  await expect(formatDiagnostic(found)).toMatchFileSnapshot(
    '../../golden/diagnostics/image-is-not-what-its-source-gives.txt',
  );
});
