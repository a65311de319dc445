import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../../../engine/fs/layers/layer-tree.js';
import { imageDocuments, indexDocument, type PlatformImage, sourceDateEpoch } from '../../../engine/oci/image.js';
import { fromConfigJson, type ImageConfig, toConfigJson } from '../../../engine/oci/image-config.js';
import { layerMembers, layerTar } from '../../../engine/oci/layer-tar.js';
import { TAR_END, type TarMember, tarHeader } from '../../../engine/oci/tar-header.js';

const member = (over: Partial<TarMember>): TarMember => ({
  type: 'file',
  name: 'f',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  ...over,
});
const bytes = (text: string) => Buffer.from(text).toString('latin1');

/** Reads a header with an independent reader. */
async function readBack(over: Partial<TarMember>) {
  const parser = extract();
  parser.end(Buffer.concat([tarHeader(member(over)), TAR_END]));
  for await (const entry of parser) {
    entry.resume();
    return entry.header;
  }
  throw new Error('no entry');
}

describe('tarHeader', () => {
  it.each<{ what: string; over: Partial<TarMember>; read: object }>([
    {
      what: 'a plain file',
      over: { mode: 0o4755, uid: 12, gid: 34, mtime: 1.9 },
      read: { name: 'f', type: 'file', mode: 0o4755, uid: 12, gid: 34, mtime: new Date(1000) },
    },
    { what: 'no permissions', over: { mode: 0 }, read: { mode: 0 } },
    { what: 'a time before 1970', over: { mtime: -5 }, read: { mtime: new Date(0) } },
    { what: 'a time after 2038', over: { mtime: 2 ** 31 + 5 }, read: { mtime: new Date((2 ** 31 + 5) * 1000) } },
    { what: 'a name of 100 bytes', over: { name: 'n'.repeat(100) }, read: { name: 'n'.repeat(100) } },
    { what: 'a longer name', over: { name: 'n'.repeat(101) }, read: { name: 'n'.repeat(101) } },
    { what: 'a name beyond ASCII', over: { name: bytes('é\n') }, read: { name: 'é\n' } },
    {
      what: 'a long link',
      over: { type: 'symlink', linkname: 'l'.repeat(300) },
      read: { type: 'symlink', linkname: 'l'.repeat(300) },
    },
    { what: 'a hard link', over: { type: 'link', linkname: 'other' }, read: { type: 'link', linkname: 'other' } },
    { what: 'a directory', over: { type: 'directory', name: 'd/' }, read: { type: 'directory', name: 'd/' } },
    {
      what: 'a device',
      over: { type: 'char', major: 1, minor: 3 },
      read: { type: 'character-device', devmajor: 1, devminor: 3 },
    },
    { what: 'a pipe', over: { type: 'fifo' }, read: { type: 'fifo' } },
    { what: 'the biggest plain user id', over: { uid: 0o7777777 }, read: { uid: 0o7777777, pax: null } },
    {
      what: 'a bigger user id',
      over: { uid: 0o10000000, gid: 4294967294 },
      read: { pax: { uid: '2097152', gid: '4294967294' } },
    },
    {
      what: 'an attribute',
      over: {
        xattrs: [
          { name: 'user.b', value: Buffer.from('2') },
          { name: 'user.a', value: Buffer.from('1') },
        ],
      },
      read: { pax: { 'SCHILY.xattr.user.a': '1', 'SCHILY.xattr.user.b': '2' } },
    },
  ])('says $what', async ({ over, read }) => {
    expect(await readBack(over)).toMatchObject(read);
  });

  it('counts a pax record whose length gains a digit by being written', async () => {
    for (let length = 80; length < 120; length++) {
      const value = Buffer.from('v'.repeat(length));
      const header = await readBack({ xattrs: [{ name: 'user.x', value }] });
      expect((header.pax as Record<string, string>)['SCHILY.xattr.user.x']).toHaveLength(length);
    }
  });

  it('keeps a binary value byte by byte', () => {
    const value = Buffer.from([0x01, 0x00, 0x80, 0xff, 0x0a]);
    expect(tarHeader(member({ xattrs: [{ name: 'security.capability', value }] })).includes(value)).toBe(true);
  });
});

const base = { mode: 0o755, uid: 1, gid: 2, mtime: 100, xattrs: [] };

describe('layerMembers', () => {
  const names = (entry: LayerEntry, links = new Map<string, string>()) =>
    layerMembers(entry, links, 7).map(m => `${m.type} ${m.name}`);

  it.each<{ entry: LayerEntry; expected: string[] }>([
    { entry: { ...base, path: '', kind: 'directory', opaque: false }, expected: [] },
    { entry: { ...base, path: '', kind: 'directory', opaque: true }, expected: ['file .wh..wh..opq'] },
    {
      entry: { ...base, path: 'a/d', kind: 'directory', opaque: true },
      expected: ['directory a/d/', 'file a/d/.wh..wh..opq'],
    },
    { entry: { ...base, path: 'a/gone', kind: 'whiteout' }, expected: ['file a/.wh.gone'] },
    { entry: { ...base, path: 'gone', kind: 'whiteout' }, expected: ['file .wh.gone'] },
    { entry: { ...base, path: 'p', kind: 'fifo' }, expected: ['fifo p'] },
    { entry: { ...base, path: 'b', kind: 'device', type: 'block', major: 8, minor: 0 }, expected: ['block b'] },
  ])('$expected', ({ entry, expected }) => {
    expect(names(entry)).toEqual(expected);
  });

  it('writes the second name of a file as a link to the first', () => {
    const links = new Map<string, string>();
    const file = (path: string): LayerEntry => ({ ...base, path, kind: 'file', size: 3, inode: '1:2' });
    expect(names(file('a'), links)).toEqual(['file a']);
    expect(layerMembers(file('b'), links, 7)).toMatchObject([{ type: 'link', name: 'b', linkname: 'a', size: 0 }]);
    expect(names({ ...base, path: 'c', kind: 'file', size: 3 }, links)).toEqual(['file c']);
  });

  it('gives whiteouts no time or owner of their own', () => {
    expect(layerMembers({ ...base, path: 'x', kind: 'whiteout' }, new Map(), 7)).toMatchObject([
      { uid: 0, gid: 0, mtime: 0 },
    ]);
  });

  it('refuses reserved names', () => {
    expect(() => layerMembers({ ...base, path: 'd/.wh.a', kind: 'fifo' }, new Map(), 7)).toThrow('d/.wh.a');
  });

  it('makes an empty archive of an empty layer', async () => {
    expect(
      await buffer(layerTar([{ ...base, path: '', kind: 'directory', opaque: false }], '/', { times: 'kept' })),
    ).toEqual(Buffer.alloc(1024));
  });
});

const CONFIG: ImageConfig = {
  env: ['B=2', 'A=1'],
  entrypoint: ['/e'],
  cmd: [],
  user: 'app',
  workdir: '/w',
  labels: { z: '1', a: '2' },
  exposedPorts: ['80/tcp', '53/udp'],
  volumes: ['/data'],
  stopSignal: 'SIGINT',
  shell: ['/bin/bash', '-c'],
  healthcheck: { test: ['CMD', 'x'], interval: 1, timeout: 2, startPeriod: 3, startInterval: 4, retries: 5 },
};
const IMAGE: PlatformImage = {
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
  config: CONFIG,
  layers: [
    { compression: 'gzip', digest: 'sha256:aa', diffId: 'sha256:bb', size: 10 },
    { compression: 'gzip', digest: 'sha256:cc', diffId: 'sha256:dd', size: 20 },
  ],
};
const parse = (document: { bytes: Buffer }) => JSON.parse(document.bytes.toString());

describe('image configuration', () => {
  it('comes back as it was, ports sorted', () => {
    expect(fromConfigJson(JSON.parse(JSON.stringify(toConfigJson(CONFIG))))).toEqual({
      ...CONFIG,
      exposedPorts: ['53/udp', '80/tcp'],
    });
  });

  it('leaves out what is empty, and reads null as absent', () => {
    expect(toConfigJson({ env: [] })).toEqual({ Env: [] });
    expect(
      fromConfigJson({
        Env: null,
        Cmd: null,
        Entrypoint: null,
        Labels: null,
        ExposedPorts: null,
        Healthcheck: null,
        User: '',
      }),
    ).toEqual({ env: [] });
  });

  it('gives the same bytes whatever the order of maps', () => {
    const other = { ...IMAGE, config: { ...CONFIG, labels: { a: '2', z: '1' }, exposedPorts: ['53/udp', '80/tcp'] } };
    expect(imageDocuments(other).config.digest).toBe(imageDocuments(IMAGE).config.digest);
    const reordered = { ...IMAGE, config: { ...CONFIG, env: ['A=1', 'B=2'] } };
    expect(imageDocuments(reordered).config.digest).not.toBe(imageDocuments(IMAGE).config.digest);
  });
});

describe('image documents', () => {
  it.each([
    ['arm64', 'v8'],
    ['amd64', undefined],
  ])("of %s name the variant as Docker's own images do: %s", (architecture, variant) => {
    const { config } = imageDocuments({ ...IMAGE, platform: { os: 'linux', architecture } });
    expect(parse(config).variant).toBe(variant);
  });

  it('say what OCI asks for', () => {
    const { config, manifest } = imageDocuments(IMAGE, { created: 1_000_000_000, annotations: { b: '2', a: '1' } });
    expect(parse(config)).toMatchObject({
      created: '2001-09-09T01:46:40Z',
      os: 'linux',
      architecture: 'arm64',
      variant: 'v8',
      rootfs: { type: 'layers', diff_ids: ['sha256:bb', 'sha256:dd'] },
      history: [{ created_by: 'quayside' }, { created_by: 'quayside' }],
    });
    expect(parse(manifest)).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: config.digest,
        size: config.bytes.length,
      },
      layers: [
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: 'sha256:aa', size: 10 },
        { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: 'sha256:cc', size: 20 },
      ],
      annotations: { a: '1', b: '2' },
    });
    expect(manifest.digest).toBe(`sha256:${createHash('sha256').update(manifest.bytes).digest('hex')}`);
  });

  it("carry Docker's media types, and no annotations, when asked", () => {
    const { config, manifest } = imageDocuments(IMAGE, { mediaTypes: 'docker', annotations: { a: '1' } });
    expect(config.mediaType).toBe('application/vnd.docker.container.image.v1+json');
    expect(parse(manifest).annotations).toBeUndefined();
    expect(parse(manifest).layers[0].mediaType).toBe('application/vnd.docker.image.rootfs.diff.tar.gzip');
    expect(parse(config).config.Healthcheck).toEqual({
      Test: ['CMD', 'x'],
      Interval: 1,
      Timeout: 2,
      StartPeriod: 3,
      StartInterval: 4,
      Retries: 5,
    });
  });

  it('list platforms in an index, in the order given', () => {
    const { manifest } = imageDocuments(IMAGE);
    const index = indexDocument(
      [
        { ...manifest, platform: IMAGE.platform },
        { ...manifest, platform: { os: 'linux', architecture: 'amd64' } },
      ],
      { annotations: { a: '1' } },
    );
    expect(parse(index)).toMatchObject({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        { platform: { architecture: 'arm64', variant: 'v8' } },
        { platform: { architecture: 'amd64', os: 'linux' } },
      ],
      annotations: { a: '1' },
    });
  });
});

describe('sourceDateEpoch', () => {
  it.each([
    [{}, undefined],
    [{ SOURCE_DATE_EPOCH: '' }, undefined],
    [{ SOURCE_DATE_EPOCH: '0' }, 0],
    [{ SOURCE_DATE_EPOCH: '1700000000' }, 1_700_000_000],
  ])('%j', (env, expected) => {
    expect(sourceDateEpoch(env)).toBe(expected);
  });

  it('refuses anything else', () => {
    expect(() => sourceDateEpoch({ SOURCE_DATE_EPOCH: 'today' })).toThrow('SOURCE_DATE_EPOCH');
  });
});
