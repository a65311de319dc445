/** Publishing against a real registry: what is pushed, in which order, and what is done when the registry fails. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toArchive } from '../../engine/oci/transfer.js';
import { push, type Subject } from '../../src/publish/push.js';
import { namedTags } from '../../src/publish/tags.js';
import { repositoryOf } from '../../src/registry/address.js';
import type { Credentials } from '../../src/registry/authorization.js';
import type { RegistryFailure } from '../../src/registry/failure.js';
import { type ArchivedImage, readArchive } from '../../src/registry/layout.js';
import { openRepository, type RepositoryClient } from '../../src/registry/repository.js';
import { type FaultyProxy, faultyProxy } from './support/faulty-proxy.js';
import { bcrypt, freePort, startRegistry, type TestRegistry } from './support/registry.js';
import { CONFIG, type SampleImage, sampleImage } from './support/sample-image.js';

let dir: string;
let sample: SampleImage;
let registry: TestRegistry;
let proxy: FaultyProxy;
let count = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-publish-'));
  sample = await sampleImage(dir);
  registry = await startRegistry(join(dir, 'registry'));
});
afterAll(async () => {
  await registry.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async () => {
  count += 1;
  proxy = await faultyProxy(registry.host);
});
afterEach(() => proxy.stop());

/** An image that differs by a variable, taken apart. */
async function image(value: string, architecture = 'amd64'): Promise<ArchivedImage> {
  const name = `${value}-${architecture}`;
  const { dir: layout } = await sample.layout(`${count}-${name}`, {
    images: [
      { ...sample.image, platform: { os: 'linux', architecture }, config: { ...CONFIG, env: [`VALUE=${value}`] } },
    ],
  });
  const archive = join(dir, `${count}-${name}.tar`);
  await toArchive(layout, archive);
  return readArchive(archive, join(dir, `${count}-${name}.blobs`));
}

function open(
  name: string,
  options: { host?: string; credentials?: Credentials; beside?: readonly string[] } = {},
): RepositoryClient {
  const repository = repositoryOf(`${options.host ?? proxy.host}/${name}`);
  if ('problem' in repository) throw new Error(repository.problem);
  return openRepository(repository, options);
}

const shipment = (repository: RepositoryClient, ...platforms: readonly ArchivedImage[]) => ({
  component: 'web',
  repository,
  besideOf: () => undefined,
  platforms,
  annotations: { 'org.opencontainers.image.revision': 'abc' },
  attached: async () => [],
});

const served = async (name: string, tag: string) => {
  const { stdout } = await execa('skopeo', [
    'inspect',
    '--raw',
    '--tls-verify=false',
    `docker://${registry.host}/${name}:${tag}`,
  ]);
  return JSON.parse(stdout);
};

describe('publishing', () => {
  it('pushes an index of all platforms under all tags, and what is there already not again', async () => {
    const name = 'team/index';
    const images = [await image('a'), await image('a', 'arm64')];
    const [first] = await push([shipment(open(name), ...images)], namedTags(['1.0.0', 'latest']));
    expect(first).toMatchObject({
      tags: [
        { name: '1.0.0', fate: 'written' },
        { name: 'latest', fate: 'written' },
      ],
      platforms: [{ platform: 'linux/amd64' }, { platform: 'linux/arm64' }],
    });
    expect(first!.platforms[0]!.sent).toBe(first!.platforms[0]!.size);
    expect(await served(name, '1.0.0')).toMatchObject({
      manifests: [{ platform: { architecture: 'amd64' } }, { platform: { architecture: 'arm64' } }],
      annotations: { 'org.opencontainers.image.revision': 'abc' },
    });
    const before = proxy.seen.length;
    const [again] = await push([shipment(open(name), ...images)], namedTags(['1.0.0', 'latest']));
    expect(again!.tags.map(({ fate }) => fate)).toEqual(['there', 'there']);
    expect(again!.platforms.map(({ sent }) => sent)).toEqual([0, 0]);
    expect(proxy.seen.slice(before).filter(what => !/^(?:GET|HEAD) /.test(what))).toEqual([]);
  });

  it('writes what stays before what moves, and both after all that they lead to', async () => {
    await push([shipment(open('team/order'), await image('o'))], namedTags(['latest', '2.0.0', 'edge']));
    const written = proxy.seen.filter(what => /^PUT \S*\/manifests\//.test(what)).map(what => what.split('/').at(-1)!);
    expect(written.map(name => (name.startsWith('sha256:') ? 'digest' : name))).toEqual([
      'digest',
      'digest',
      '2.0.0',
      'latest',
      'edge',
    ]);
    const lastBlob = proxy.seen.findLastIndex(what => /^PUT \S*\/blobs\//.test(what));
    expect(lastBlob).toBeLessThan(proxy.seen.findIndex(what => /^PUT \S*\/manifests\//.test(what)));
  });

  it('refuses a tag that stays and has other content, before anything is pushed', async () => {
    const name = 'team/taken';
    await push([shipment(open(name), await image('one'))], namedTags(['1.0.0', 'latest']));
    const before = proxy.seen.length;
    const other = await image('two');
    await expect(push([shipment(open(name), other)], namedTags(['1.0.0', 'latest']))).rejects.toThrow(
      /QS906: \S+team\/taken:1\.0\.0 exists with other content: sha256:\w{64}, and what was built is sha256:\w{64}/,
    );
    expect(proxy.seen.slice(before).every(what => what.startsWith('GET '))).toBe(true);
    const [moved] = await push([shipment(open(name), other)], namedTags(['1.1.0', 'latest']));
    expect(moved!.tags.map(({ fate }) => fate)).toEqual(['written', 'written']);
  });

  it('takes layers over from another repository of the registry', async () => {
    const own = await image('mounted');
    await push([shipment(open('team/base'), own)], namedTags(['1']));
    const [taken] = await push(
      [{ ...shipment(open('team/beside', { beside: ['team/base'] }), own), besideOf: () => 'team/base' }],
      namedTags(['1']),
    );
    expect(taken!.platforms[0]).toMatchObject({ layers: { pushed: 0, there: 0, mounted: own.layers.length }, sent: 0 });
    expect(await served('team/beside', '1')).toMatchObject({ manifests: [{ digest: own.manifest.digest }] });
  });

  it('attaches documents before any tag, and lists them where the registry does not', async () => {
    const document = (subject: Subject) => ({
      name: 'note',
      artifactType: 'text/plain',
      layers: [{ mediaType: 'text/plain', bytes: new TextEncoder().encode(`about ${subject.platform ?? 'all'}`) }],
    });
    const own = await image('attached');
    const shipped = {
      ...shipment(open('team/attached'), own),
      attached: async (subject: Subject) => [document(subject), { ...document(subject), artifactType: 'text/x-other' }],
    };
    const [first] = await push([shipped], namedTags(['1']));
    expect(first!.attached.map(({ name, subject, fate }) => [name, subject, fate])).toEqual([
      ['note', own.manifest.digest, 'written'],
      ['note', own.manifest.digest, 'written'],
      ['note', first!.digest, 'written'],
      ['note', first!.digest, 'written'],
    ]);
    const { manifests } = await served('team/attached', own.manifest.digest.replace(':', '-'));
    expect(manifests).toMatchObject([{ artifactType: 'text/plain' }, { artifactType: 'text/x-other' }]);
    const manifest = await open('team/attached').manifest(manifests[0].digest);
    expect(JSON.parse(new TextDecoder().decode(manifest!.bytes))).toMatchObject({
      artifactType: 'text/plain',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 },
      subject: { digest: own.manifest.digest },
    });
    const writes = proxy.seen.filter(what => /^PUT \S*\/manifests\//.test(what));
    expect(writes.at(-1)).toMatch(/\/1$/);
    const [again] = await push([shipped], namedTags(['1']));
    expect(again!.attached.map(({ fate }) => fate)).toEqual(['there', 'there', 'there', 'there']);
  });

  it('writes nothing when only tried', async () => {
    const repository = repositoryOf(`${proxy.host}/team/dry`);
    if ('problem' in repository) throw new Error(repository.problem);
    const [tried] = await push(
      [shipment(openRepository(repository, { dryRun: true }), await image('dry'))],
      namedTags(['1.0.0']),
    );
    expect(tried!.platforms[0]!.sent).toBeGreaterThan(0);
    expect(proxy.seen.filter(what => !/^(?:GET|HEAD) /.test(what))).toEqual([]);
  });
});

describe('a registry that fails', () => {
  it.each([
    ['503 while it is asked for a blob', /^HEAD .*blobs/, { status: 503 }],
    ['502 while an upload begins', /^POST .*uploads/, { status: 502 }],
    ['a reset while a blob is sent', /^PUT .*uploads/, 'reset'],
    ['500 at the end of a blob', /^PUT .*uploads/, { status: 500 }],
    ['429 with Retry-After', /^PUT .*manifests/, { status: 429, headers: { 'retry-after': '1' } }],
    ['a reset while a tag is written', /^PUT .*manifests\/1\.0\.0/, 'reset'],
  ] as const)('for a moment is asked again: %s', async (_, pattern, fault) => {
    const own = await image('again');
    proxy.fail(pattern, fault, fault);
    const [published] = await push([shipment(open(`team/again-${count}`), own)], namedTags(['1.0.0']));
    expect(published!.tags).toMatchObject([{ fate: 'written' }]);
    expect(await served(`team/again-${count}`, '1.0.0')).toMatchObject({
      manifests: [{ digest: own.manifest.digest }],
    });
  });

  it('waits as long as it is asked to', async () => {
    proxy.fail(/^GET .*manifests/, { status: 429, headers: { 'retry-after': '2' } });
    const begun = Date.now();
    await open('team/wait').manifest('1');
    expect(Date.now() - begun).toBeGreaterThanOrEqual(2000);
  });

  const failure = (kind: RegistryFailure['kind'], type: string, message: RegExp) =>
    expect.objectContaining({ kind, extensions: { _type: type }, message: expect.stringMatching(message) });

  it.each([
    [403, 'denied', 'SOURCE', /403 TEST: on purpose\. Give --username and --password/],
    [400, 'refused', 'SOURCE', /400 TEST: on purpose/],
    [404, 'refused', 'SOURCE', /404 TEST: on purpose/],
  ] as const)('with %s is not asked again', async (status, kind, type, message) => {
    proxy.fail(/^POST .*uploads/, { status });
    const before = proxy.seen.length;
    await expect(push([shipment(open('team/no'), await image('no'))], namedTags(['1']))).rejects.toEqual(
      failure(kind, type, message),
    );
    expect(proxy.seen.slice(before).some(what => what.startsWith('PUT') && what.includes('manifests'))).toBe(false);
  });

  it('that wants more patience than a minute is for whoever called', async () => {
    proxy.fail(/^GET .*manifests/, { status: 429, headers: { 'retry-after': '3600' } });
    await expect(open('team/long').manifest('1')).rejects.toEqual(failure('transient', 'INFRASTRUCTURE', /429/));
  });

  it('that is not there is unreachable within a quarter of a minute', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    await expect(open('team/none', { host }).manifest('1')).rejects.toEqual(
      failure('unreachable', 'INFRASTRUCTURE', /ECONNREFUSED.*Check the address and the network/),
    );
  });
});

describe('a registry with users', () => {
  const USER = 'ada';
  const PASSWORD = 'open sesame';
  let closed: TestRegistry;
  beforeAll(async () => {
    closed = await startRegistry(join(dir, 'closed'), { name: USER, bcrypt: await bcrypt(PASSWORD) });
  });
  afterAll(() => closed.stop());

  it('takes them, and says what is missing to anybody else', async () => {
    const own = await image('users');
    const { host } = closed;
    const credentials = { kind: 'password', username: USER, password: PASSWORD } as const;
    const [published] = await push([shipment(open('team/users', { host, credentials }), own)], namedTags(['1']));
    expect(published!.tags).toMatchObject([{ fate: 'written' }]);
    await expect(open('team/users', { host }).manifest('1')).rejects.toThrow(
      'the registry wants a user and a password, and none is known. Give --username and --password',
    );
    const wrong = { ...credentials, password: 'wrong-password-1' };
    await expect(open('team/users', { host, credentials: wrong }).manifest('1')).rejects.toThrow(/401 UNAUTHORIZED/);
    await expect(open('team/users', { host, credentials: wrong }).manifest('1')).rejects.not.toThrow(
      /wrong-password-1/,
    );
  });
});
