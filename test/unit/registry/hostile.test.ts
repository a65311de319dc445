/** A registry that may be anybody's: what it answers is read within limits, and what it leads to gets no secret. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { imageDifferences } from '../../../src/publish/differences.js';
import { readImage, readIndex, readVouched } from '../../../src/publish/published.js';
import { originIn } from '../../../src/publish/same-source.js';
import { repositoryOf } from '../../../src/registry/address.js';
import { attach } from '../../../src/registry/artifact.js';
import type { Credentials } from '../../../src/registry/authorization.js';
import type { RegistryFailure } from '../../../src/registry/failure.js';
import { mayGiveTokens, mayLeadTo } from '../../../src/registry/places.js';
import { descriptorOf, digestOf, openRepository, type StoredBlob } from '../../../src/registry/repository.js';
import { tarMembers } from '../../../src/registry/tar-members.js';

const SECRET = 'open-sesame-1';
const KNOWN: Credentials = { kind: 'password', username: 'ali', password: SECRET };
const DIGEST = `sha256:${'a'.repeat(64)}`;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server; returns its host, and what was asked, with the credentials that came along. */
async function serving(answer: RequestListener) {
  const asked: { readonly url: string; readonly authorization: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => {
    const seen = { url: request.url!, authorization: request.headers.authorization, body: '' };
    asked.push(seen);
    request.on('data', chunk => {
      seen.body += chunk;
    });
    answer(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function open(host: string, credentials?: Credentials) {
  const repository = repositoryOf(`${host}/acme/shop`);
  if ('problem' in repository) throw new Error(repository.problem);
  return openRepository(repository, { credentials });
}

const failing = (work: Promise<unknown>): Promise<RegistryFailure> =>
  work.then(
    () => expect.unreachable('it was taken'),
    error => error,
  );

/** Never ends. */
const endless: RequestListener = (_, response) => {
  const more = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, '[')));
  };
  response.on('drain', more);
  more();
};

const says =
  (text: string | Buffer, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(text);

describe('what a registry answers', () => {
  it.each<[string, RequestListener, RegExp]>([
    ['a manifest without an end', endless, /reading 1 of \S+: the answer has more than \d+ bytes/],
    [
      'a manifest that unpacks without an end',
      says(gzipSync(Buffer.alloc(64 * 1024 * 1024)), 200, { 'content-encoding': 'gzip' }),
      /the answer has more than \d+ bytes/,
    ],
    ['an index that is not JSON', says('<html>'), /the answer is not JSON/],
    ['an index of null', says('null'), /it is not as registries have it \(the whole\)/],
    ['entries without a platform', says('{"manifests":[{}]}'), /it is not as registries have it \(manifests\.0/],
    [
      'entries that name a path',
      says(
        JSON.stringify({
          manifests: [{ mediaType: '', size: 1, digest: '../../x', platform: { os: 'linux', architecture: 'amd64' } }],
        }),
      ),
      /it is not as registries have it \(manifests\.0\.digest\)/,
    ],
    ['a failure without an end', (q, r) => endless(q, r.writeHead(400)), /reading 1 of \S+: 400/],
    ['a place that is none', says('', 302, { location: 'http://[' }), /leads to http:\/\/\[, which is no address/],
    ['a file as the place', says('', 307, { location: 'file:///etc/passwd' }), /leads to file:/],
    ['a place that names a user', says('', 307, { location: 'http://a:b@127.0.0.1/' }), /names a user/],
    [
      'a place at another host without TLS',
      says('', 307, { location: 'http://example.com/' }),
      /http:\/\/example\.com/,
    ],
    ['itself as the place', says('', 301, { location: '/v2/acme/shop/manifests/1' }), /reading 1 of \S+: 301/],
    ['another scheme to be asked by', says('', 401, { 'www-authenticate': 'Negotiate' }), /wants to be asked by/],
  ])('is refused in a sentence when it is %s', async (_, answer, words) => {
    const { host } = await serving(answer);
    const failure = await failing(readIndex(open(host, KNOWN), '1'));
    expect(failure).toMatchObject({ name: 'RegistryFailure', extensions: { _type: 'SOURCE' } });
    expect(failure.message).toMatch(words);
    expect(failure.message).not.toContain(SECRET);
  });

  it('is not waited for without an end', async () => {
    vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const ending = new AbortController();
      setTimeout(() => ending.abort(new DOMException('over', 'TimeoutError')), 200);
      return ending.signal;
    });
    const silent = await serving(() => undefined);
    const little = await serving((_, response) => void response.write('['));
    for (const failure of await Promise.all([silent, little].map(({ host }) => failing(open(host).manifest('1')))))
      expect(failure).toMatchObject({
        message: expect.stringContaining('took too long to answer'),
        extensions: { _type: 'INFRASTRUCTURE' },
      });
  });

  it('is something else than was asked for by digest', async () => {
    const { host } = await serving(says('{"config":{}}'));
    const { message } = await failing(readImage(open(host), { digest: DIGEST }));
    expect(message).toMatch(/the registry gives something else, sha256:\w{64} of 13 bytes/);
  });

  it('is a blob that is not the one that was named, has more bytes, or is said to have too many', async () => {
    const { host } = await serving(says('x'));
    const { message } = await failing(open(host).blob({ digest: DIGEST, size: 1 }));
    expect(message).toContain('the registry gives something else');
    const long = await serving(endless);
    expect((await failing(open(long.host).blob({ digest: DIGEST, size: 5 }))).message).toContain('more than 5 bytes');
    expect((await failing(open(long.host).blob({ digest: DIGEST, size: 2 ** 50 }))).message).toContain(
      'is said to have',
    );
    expect(long.asked).toHaveLength(1);
  });

  it('repeats no secret, and moves no cursor', async () => {
    const { host } = await serving(({ headers }, response) => {
      if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(400).end(`\u001b[2Jyou said ${headers.authorization} and ${SECRET} \u202e`);
    });
    const { message } = await failing(open(host, KNOWN).manifest('1'));
    expect(message).toContain('�[2Jyou said Basic *** and *** �');
  });
});

describe('where a registry leads', () => {
  it('no credentials go along to another host', async () => {
    const other = await serving(says('{"manifests":[]}'));
    const { host, asked } = await serving(({ headers }, response) => {
      if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(307, { location: `http://${other.host}/x` }).end();
    });
    await open(host, KNOWN).manifest('1');
    expect(asked.at(-1)!.authorization).toMatch(/^Basic /);
    expect(other.asked).toEqual([expect.objectContaining({ authorization: undefined })]);
  });

  it.each([
    ['ghcr.io/a/b', 'https://objects.example.com/x', true],
    ['ghcr.io/a/b', 'https://10.0.0.8/x', true],
    ['ghcr.io/a/b', 'https://127.0.0.1/x', false],
    ['ghcr.io/a/b', 'https://127.1.2.3:8443/x', false],
    ['ghcr.io/a/b', 'https://2130706433/x', false],
    ['ghcr.io/a/b', 'https://localhost/x', false],
    ['ghcr.io/a/b', 'https://[::1]/x', false],
    ['ghcr.io/a/b', 'https://[::ffff:127.0.0.1]/x', false],
    ['ghcr.io/a/b', 'https://[fe80::1]/x', false],
    ['ghcr.io/a/b', 'https://0.0.0.0/x', false],
    ['ghcr.io/a/b', 'https://169.254.169.254/latest', false],
    ['ghcr.io/a/b', 'https://a:b@objects.example.com/x', false],
    ['ghcr.io/a/b', 'http://objects.example.com/x', false],
    ['ghcr.io/a/b', 'ftp://objects.example.com/x', false],
    ['localhost:5000/a', 'http://127.0.0.1:6000/x', true],
    ['localhost:5000/a', 'http://10.0.0.8/x', false],
    ['localhost:5000/a', 'ws://localhost:5000/x', false],
  ])('from %s to %s: %s', (address, place, expected) => {
    expect(mayLeadTo(known(address), new URL(place))).toBe(expected);
  });

  it.each([
    ['ghcr.io/a/b', 'https://ghcr.io/token', true],
    ['acme/shop', 'https://auth.docker.io/token', true],
    ['registry.gitlab.com/a/b', 'https://gitlab.com/jwt/auth', true],
    ['registry.acme.co.uk/a/b', 'https://gitlab.acme.co.uk/jwt/auth', true],
    ['registry.acme.co.uk/a/b', 'https://evil.co.uk/jwt/auth', false],
    ['acme.co.uk/a/b', 'https://evil.co.uk/jwt/auth', false],
    ['ghcr.io/a/b', 'https://evil.example/token', false],
    ['ghcr.io/a/b', 'https://ghcr.io.evil.example/token', false],
    ['ghcr.io/a/b', 'https://evilghcr.io/token', false],
    ['ghcr.io/a/b', 'http://ghcr.io/token', false],
    ['10.0.0.8:5000/a', 'https://10.0.0.8:6000/token', true],
    ['10.0.0.8:5000/a', 'https://10.0.0.9/token', false],
    ['registry:5000/a', 'https://tokens/token', false],
    ['localhost:5000/a', 'http://127.0.0.1:6000/token', true],
    ['localhost:5000/a', 'https://evil.example/token', false],
    ['rg.fr-par.scw.cloud/a', 'https://tokens.example/token', true],
  ])('for a token from %s to %s: %s', (address, place, expected) => {
    expect(mayGiveTokens(known(address), new URL(place), 'tokens.example')).toBe(expected);
  });

  const known = (address: string) => {
    const repository = repositoryOf(address);
    if ('problem' in repository) throw new Error(repository.problem);
    return repository;
  };
});

describe('a server for tokens', () => {
  const bearer = (realm: string): RequestListener => says('', 401, { 'www-authenticate': `Bearer realm="${realm}"` });

  it('of somebody else gets no credentials, and the message says what names it', async () => {
    const { host } = await serving(bearer('https://evil.example/token'));
    const { message } = await failing(open(host, KNOWN).manifest('1'));
    expect(message).toContain('sends credentials to https://evil.example, which is not trusted');
    expect(message).toContain('publish: { tokenServer: evil.example }');
  });

  it.each<[string, RequestListener, RegExp]>([
    ['without an end', endless, /the answer has more than/],
    ['that is not JSON', says('token'), /the answer is not JSON/],
    ['that is null', says('null'), /there is none in the answer/],
    ['that is a number', says('{"token":5}'), /there is none in the answer/],
    ['with a line break', says('{"token":"a\\r\\nX: y"}'), /there is none in the answer/],
    ['that repeats what it was sent', ({ headers }, r) => r.writeHead(403).end(headers.authorization), /Basic \*\*\*/],
  ])('that gives one %s is refused', async (_, answer, words) => {
    const tokens = await serving(answer);
    const { host } = await serving(bearer(`http://${tokens.host}/token`));
    const failure = await failing(open(host, KNOWN).manifest('1'));
    expect(failure.name).toBe('RegistryFailure');
    expect(failure.message).toMatch(words);
  });

  it('that leads elsewhere has nothing repeated there', async () => {
    const elsewhere = await serving(says('{"token":"t"}'));
    const tokens = await serving(says('', 307, { location: `http://${elsewhere.host}/` }));
    const { host } = await serving(bearer(`http://${tokens.host}/token`));
    for (const credentials of [KNOWN, { kind: 'identity token', token: 'identity-1' } as const])
      expect((await failing(open(host, credentials).manifest('1'))).message).toMatch(/asking \S+ for a token: 307/);
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('what somebody attached', () => {
  const statement = (content: unknown) => Buffer.from(JSON.stringify(content));

  /** A registry with these layers of documents attached to an image. */
  async function attached(documents: readonly Buffer[], listed?: readonly unknown[]) {
    const layers = documents.map(bytes => descriptorOf('application/vnd.in-toto+json', bytes));
    const manifest = Buffer.from(JSON.stringify({ layers }));
    const stored = new Map([manifest, ...documents].map(bytes => [digestOf(bytes), bytes]));
    const { host, asked } = await serving(({ url = '' }, response) => {
      if (url.includes('/referrers/'))
        return void response.end(JSON.stringify({ manifests: listed ?? [descriptorOf('', manifest)] }));
      const found = stored.get(url.split('/').at(-1)!);
      return void response.writeHead(found === undefined ? 404 : 200).end(found);
    });
    return { repository: open(host), asked };
  }

  it('that is no statement, or one of something else, does not count', async () => {
    const odd = [null, [], 1, 'x', {}, { subject: null }, { subject: [null, { digest: null }] }];
    const { repository } = await attached(odd.map(statement));
    expect(await readVouched(repository, DIGEST, undefined)).toEqual({ statements: [], isSigned: false });
  });

  it('and is listed by a name that is no digest is not asked for', async () => {
    const odd = [null, 1, {}, { digest: '../../../v1/secrets', mediaType: '', size: 1 }];
    const { repository, asked } = await attached([], odd);
    expect(await readVouched(repository, DIGEST, undefined)).toEqual({ statements: [], isSigned: false });
    expect(asked).toHaveLength(1);
  });

  it('is not read where there is no end of it', async () => {
    const many = Array.from({ length: 600 }, (_, at) => descriptorOf('', Buffer.from(`${at}`)));
    const { repository } = await attached([], many);
    expect((await failing(readVouched(repository, DIGEST, undefined))).message).toContain('there are 600 documents');
  });

  it('under the tag that stands for the list stays there, whatever it is', async () => {
    const written: string[] = [];
    const { host } = await serving((request, response) => {
      const isTag = request.url!.endsWith(`/manifests/${DIGEST.replace(':', '-')}`);
      if (request.method === 'GET') return void response.writeHead(isTag ? 200 : 404).end('{"manifests":[null,7]}');
      if (request.method === 'HEAD') return void response.end();
      let body = '';
      request.on('data', chunk => {
        body += chunk;
      });
      return void request.on('end', () => {
        if (isTag) written.push(body);
        response.writeHead(201).end();
      });
    });
    const artifact = { artifactType: 'a/b', layers: [{ mediaType: 'a/b', bytes: Buffer.from('x') }] };
    await attach(open(host), artifact, { mediaType: 'a/b', digest: DIGEST, size: 1 });
    expect(JSON.parse(written[0]!).manifests.slice(0, 2)).toEqual([null, 7]);
  });

  it.each([
    ['null', null],
    ['nothing of a build', {}],
    ['a build of null', { buildDefinition: null }],
    ['parameters of another type', { buildDefinition: { buildType: 'urn:quayside:build:v1', externalParameters: 1 } }],
    [
      'a build of somebody else',
      { buildDefinition: { buildType: 'x', externalParameters: {}, internalParameters: {} } },
    ],
  ])('as provenance that is %s names no origin', (_, predicate) => {
    const one = { _type: 'https://in-toto.io/Statement/v1', subject: [], predicate } as const;
    expect(originIn([{ ...one, predicateType: 'https://slsa.dev/provenance/v1' }])).toBeUndefined();
  });
});

describe('a layer', () => {
  const blob = (bytes: Buffer): StoredBlob => ({
    ...descriptorOf('', bytes),
    open: async () => new Blob([new Uint8Array(bytes)]),
  });
  const config = blob(Buffer.from('{}'));
  const compare = async (published: StoredBlob) => {
    const built = { ...blob(gzipSync(Buffer.alloc(1024))), diffId: '' };
    return (await imageDifferences({ config, layers: [published] }, { config, layers: [built] }, 5)).map(
      ({ what }) => what,
    );
  };

  it('that unpacks to much more than what was built is not read to its end', async () => {
    const bomb = gzipSync(Buffer.concat([header('x', '77777777777'), Buffer.alloc(256 * 1024 * 1024)]));
    expect(await compare(blob(bomb))).toEqual([['what is published cannot be read']]);
  });

  it('that is much larger than what was built is not asked for', async () => {
    const large = { digest: DIGEST, size: 2 ** 40, open: () => expect.unreachable() };
    expect(await compare(large)).toEqual([[expect.stringMatching(/^1099511627776 bytes published, \d+ built$/)]]);
  });

  /** A header of a tar file with a size as it is written. */
  function header(name: string, size: string, type = '0'): Buffer {
    const bytes = Buffer.alloc(512);
    bytes.write(name, 0);
    bytes.write(size, 124);
    bytes.write(type, 156);
    return bytes;
  }

  it.each([
    ['a size below nothing', [header('x', '-7')]],
    ['a size that is no number', [header('x', 'size')]],
    ['a header below nothing', [header('x', '-7', 'x')]],
    ['a header that is no number', [header('x', 'size', 'L')]],
    ['headers about nothing', Array.from({ length: 100 }, () => header('x', '0', 'x'))],
  ])('with %s cannot be read', async (_, blocks) => {
    const reading = async () => {
      for await (const _ of tarMembers(Readable.from([Buffer.concat(blocks)])));
    };
    await expect(reading()).rejects.toThrow(/^a layer has /);
  });
});
