/** Registries that keep to the distribution specification in their own ways, each with what it does otherwise than Docker's. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { readIndex, readVouched } from '../../../src/publish/published.js';
import { push } from '../../../src/publish/push.js';
import { namedTags } from '../../../src/publish/tags.js';
import { repositoryOf } from '../../../src/registry/address.js';
import { digestOf, manifestOf, openRepository, type StoredBlob } from '../../../src/registry/repository.js';

/** What one does in its own way: true: it has answered. */
type Way = (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const answered = (response: ServerResponse, status: number, headers: Record<string, string> = {}, body?: Buffer) => {
  response.writeHead(status, headers).end(body);
  return true;
};

/** A registry that keeps all in memory, whose uploads are named by whole addresses unless it names them in another way. */
async function registry(way: Way, locate = (path: string, host: string) => `http://${host}${path}`) {
  const kept = new Map<string, { readonly type: string; readonly body: Buffer }>();
  const uploads = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    asked.push(`${request.method} ${request.url}`);
    if (way(request, response, body)) return;
    const { pathname, searchParams } = new URL(request.url!, 'http://x');
    const host = request.headers.host!;
    if (request.method === 'POST') {
      const path = `${pathname}${uploads.size}`;
      uploads.set(path, Buffer.alloc(0));
      return answered(response, 202, { location: locate(path, host), 'oci-chunk-min-length': '9000000' });
    }
    if (pathname.includes('/blobs/uploads/')) {
      const whole = Buffer.concat([uploads.get(pathname)!, body]);
      uploads.set(pathname, whole);
      if (request.method === 'PATCH') return answered(response, 202, { location: locate(pathname, host) });
      const digest = searchParams.get('digest')!;
      if (digestOf(whole) !== digest) return answered(response, 400);
      kept.set(pathname.replace(/uploads\/\d+$/, digest), { type: '', body: whole });
      return answered(response, 201);
    }
    if (request.method === 'PUT') {
      const type = request.headers['content-type']!;
      for (const name of [pathname, pathname.replace(/[^/]+$/, digestOf(body))]) kept.set(name, { type, body });
      return answered(response, 201);
    }
    const found = kept.get(pathname);
    return found === undefined
      ? answered(response, 404)
      : answered(response, 200, { 'content-type': found.type }, found.body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const blob = (bytes: Buffer): StoredBlob => ({
  digest: digestOf(bytes),
  size: bytes.length,
  open: async () => new Blob([bytes as Uint8Array<ArrayBuffer>]),
});

/** An image with a layer of 20 MB. */
const config = blob(Buffer.from('{"rootfs":{"diff_ids":[]}}'));
const layer = blob(Buffer.alloc(20e6, 'layer'));
const manifest = manifestOf('application/vnd.oci.image.manifest.v1+json', {
  config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config.digest, size: config.size },
  layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: layer.digest, size: layer.size }],
});
const note = {
  name: 'note',
  artifactType: 'application/x',
  layers: [{ mediaType: 'application/x', bytes: new TextEncoder().encode('note') }],
};

async function published(host: string, name = 'acme/shop', credentials?: { username: string; password: string }) {
  const repository = repositoryOf(`${host}/${name}`);
  if ('problem' in repository) throw new Error(repository.problem);
  const client = openRepository(repository, { credentials: credentials && { kind: 'password', ...credentials } });
  const shipment = {
    component: 'web',
    repository: client,
    besideOf: () => undefined,
    platforms: [
      {
        manifest,
        platform: { os: 'linux', architecture: 'amd64' },
        config,
        layers: [{ ...layer, diffId: layer.digest }],
      },
    ],
    annotations: {},
    attached: async () => [note],
  };
  const [image] = await push([shipment], namedTags(['1.0']));
  const index = await readIndex(client, '1.0');
  expect(index?.digest).toBe(image!.digest);
  expect(await readVouched(client, image!.digest, undefined)).toEqual({ statements: [], isSigned: false });
  return image!;
}

const none: Way = () => false;
const basic = `Basic ${Buffer.from('ali:open-sesame').toString('base64')}`;
let isAsked = false;

describe('an image is published to a registry that', () => {
  it.each<[string, Way, ((path: string, host: string) => string)?]>([
    ['names uploads by whole addresses', none],
    ['names uploads by paths', none, path => path],
    ['names uploads by what comes after its question', none, path => path.slice(path.lastIndexOf('/') + 1)],
    ['names uploads with a query of its own', none, (path, host) => `http://${host}${path}?_state=a%2Bb`],
    ['knows no list of referrers, and says 400', (q, r) => /referrers/.test(q.url!) && answered(r, 400)],
    ['knows no list of referrers, and says 405', (q, r) => /referrers/.test(q.url!) && answered(r, 405)],
    [
      'has a page for people where others have the list of referrers',
      (q, r) => /referrers/.test(q.url!) && answered(r, 200, { 'content-type': 'text/html' }),
    ],
    ['takes no more than 10 MB at once', (_, r, body) => body.length > 10e6 && answered(r, 413)],
    [
      'asks for a user and a password at each question',
      ({ headers }, r) =>
        headers.authorization !== basic && answered(r, 401, { 'www-authenticate': 'Basic realm="x"' }),
    ],
    [
      'wants patience until some time of a day',
      ({ method }, r) => {
        const isFirst = method === 'PUT' && !isAsked;
        isAsked ||= isFirst;
        return isFirst && answered(r, 429, { 'retry-after': new Date(Date.now() + 1500).toUTCString() });
      },
    ],
  ])('%s', async (_, way, locate) => {
    const { host } = await registry(way, locate);
    const credentials = { username: 'ali', password: 'open-sesame' };
    const { platforms, tags } = await published(host, 'prefix/of/it/shop', credentials);
    expect(platforms[0]!.layers.pushed).toBe(1);
    expect(tags.map(({ fate }) => fate)).toEqual(['written']);
    expect((await published(host, 'prefix/of/it/shop', credentials)).platforms[0]!.sent).toBe(0);
  });

  const refusing =
    (pattern: RegExp): Way =>
    ({ method }, response, body) =>
      method === 'PUT' &&
      pattern.test(body.toString('latin1', 0, 2000)) &&
      answered(
        response,
        400,
        {},
        Buffer.from('{"errors":[{"code":"MANIFEST_INVALID","message":"no such media type"}]}'),
      );

  it.each([
    ['takes no index', /"manifests"/, /^writing sha256:\S+ of \S+: 400.*no such media type/],
    ['takes nothing beside images', /"artifactType"/, /has the image and does not take what is attached.*--sbom=false/],
  ])('%s, with no tag and in a sentence: not', async (_, pattern, words) => {
    const { host, asked } = await registry(refusing(pattern));
    await expect(published(host)).rejects.toMatchObject({ kind: 'refused', message: expect.stringMatching(words) });
    expect(asked.filter(what => what === 'PUT /v2/acme/shop/manifests/1.0')).toEqual([]);
  });
});
