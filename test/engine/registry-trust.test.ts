/** Registries that speak TLS with an authority of one's own, with users and with a token server: what is trusted, and what is said when it is not. */
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { repositoryOf } from '../../src/registry/address.js';
import type { Credentials } from '../../src/registry/authorization.js';
import type { RegistryFailure } from '../../src/registry/failure.js';
import { digestOf, openRepository } from '../../src/registry/repository.js';
import { type Authority, makeAuthority } from './support/certificates.js';
import { bcrypt, type Reached, startRegistry, type TestRegistry } from './support/registry.js';
import { startTokenServer, type TokenServer } from './support/token-server.js';

const USER = 'ali';
const PASSWORD = 'open sesame';
const KNOWN: Credentials = { kind: 'password', username: USER, password: PASSWORD };

/** An address of this machine that is not the loopback interface's. */
const own = Object.values(networkInterfaces())
  .flatMap(list => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)!.address;

let dir: string;
let authority: Authority;
const started: TestRegistry[] = [];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-trust-'));
  authority = await makeAuthority(join(dir, 'authority'));
});
afterEach(async () => {
  await Promise.all(started.splice(0).map(registry => registry.stop()));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let count = 0;
async function registryWith(reached: Reached, guarded = false): Promise<TestRegistry> {
  count += 1;
  const user = guarded ? { name: USER, bcrypt: await bcrypt(PASSWORD) } : undefined;
  const registry = await startRegistry(join(dir, `registry-${count}`), user, reached);
  started.push(registry);
  return registry;
}

/** Somebody's home, where the authority of a registry is laid as Docker or Podman look for it. */
async function knowing(host: string, place = '.config/containers/certs.d'): Promise<void> {
  const home = join(dir, `home-${count}`);
  const file = join(home, place, host, 'ca.crt');
  await mkdir(dirname(file), { recursive: true });
  await cp(authority.certificate, file);
  vi.stubEnv('HOME', home);
  vi.stubEnv('XDG_CONFIG_HOME', '');
  vi.stubEnv('DOCKER_CONFIG', '');
}

function open(host: string, credentials?: Credentials, beside: readonly string[] = []) {
  const repository = repositoryOf(`${host}/acme/shop`);
  if ('problem' in repository) throw new Error(repository.problem);
  return openRepository(repository, { credentials, beside });
}

const bytes = new TextEncoder().encode('a layer');
const blob = { digest: digestOf(bytes), size: bytes.length, open: async () => new Blob([bytes]) };

const failureOf = (host: string, credentials?: Credentials): Promise<RegistryFailure> =>
  open(host, credentials)
    .pushBlob(blob)
    .then(
      () => expect.unreachable(),
      error => error,
    );

describe('a registry with an authority of its own', () => {
  it.each(['.config/containers/certs.d', '.config/docker/certs.d', '.docker/certs.d'])(
    'is trusted where its certificate lies in ~/%s',
    async place => {
      const tls = await authority.issue([`IP:${own}`]);
      const { host } = await registryWith({ address: own, tls }, true);
      await knowing(host, place);
      expect(await open(host, KNOWN).pushBlob(blob)).toBe('pushed');
      expect(await open(host, KNOWN).pushBlob(blob)).toBe('there');
    },
  );

  it('is trusted where SSL_CERT_FILE names it, and skopeo finds what was pushed', async () => {
    const tls = await authority.issue([`IP:${own}`]);
    const { host } = await registryWith({ address: own, tls });
    vi.stubEnv('SSL_CERT_FILE', authority.certificate);
    const config = new TextEncoder().encode(
      '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}',
    );
    await open(host).pushBlob({ digest: digestOf(config), size: config.length, open: async () => new Blob([config]) });
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const about = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    };
    const manifest = new TextEncoder().encode(
      JSON.stringify({ schemaVersion: 2, mediaType, config: about, layers: [] }),
    );
    const digest = digestOf(manifest);
    await open(host).pushManifest({ mediaType, digest, size: manifest.length, bytes: manifest }, 'one');
    const { stdout } = await execa('skopeo', ['inspect', '--no-tags', `docker://${host}/acme/shop:one`]);
    expect(JSON.parse(stdout).Digest).toBe(digest);
  });

  it('on this machine is spoken to by TLS when it wants that', async () => {
    const tls = await authority.issue(['DNS:localhost']);
    const registry = await registryWith({ tls }, true);
    const host = registry.host.replace('127.0.0.1', 'localhost');
    await knowing(host);
    expect(await open(host, KNOWN).pushBlob(blob)).toBe('pushed');
  });

  it.each<[string, () => Promise<Reached>, RegExp]>([
    [
      'of an authority that nobody knows',
      async () => ({ tls: await (await makeAuthority(join(dir, 'other'))).issue([`IP:${own}`]) }),
      /of an authority that this machine does not know .*certs\.d\/\S+\/ca\.crt.*SSL_CERT_FILE or NODE_EXTRA_CA_CERTS/s,
    ],
    [
      'that has expired',
      async () => ({ tls: await authority.issue([`IP:${own}`], { expired: true }) }),
      /its certificate has expired .*Renew/s,
    ],
    [
      'for another name',
      async () => ({ tls: await authority.issue(['DNS:elsewhere.invalid']) }),
      /its certificate is for other names .*give it one for \d/s,
    ],
    ['that is none', async () => ({}), /it does not speak TLS .*plain HTTP is spoken to this machine alone/s],
  ])('and a certificate %s is not trusted, and is not asked again', async (_, reached, words) => {
    const { host } = await registryWith({ address: own, ...(await reached()) });
    await knowing(host);
    const failure = await failureOf(host);
    expect(failure.kind).toBe('untrusted');
    expect(failure.message).toMatch(words);
    // What a user has to put right: exit code 2.
    expect(failure.extensions).toEqual({ _type: 'SOURCE' });
  });

  it('that leads to plain HTTP elsewhere is not followed', async () => {
    const { certificate, key } = await authority.issue([`IP:${own}`]);
    const asked: string[] = [];
    const server = createServer(
      { cert: await readFile(certificate), key: await readFile(key) },
      (request, response) => {
        asked.push(request.method ?? '');
        if (request.method === 'HEAD') return response.writeHead(404).end();
        return response.writeHead(202, { Location: 'http://192.0.2.1/upload' }).end();
      },
    );
    await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
    const host = `${own}:${(server.address() as AddressInfo).port}`;
    await knowing(host);
    const failure = await failureOf(host);
    server.closeAllConnections();
    server.close();
    expect(failure.message).toMatch(/leads to http:\/\/192\.0\.2\.1.*Plain HTTP is spoken to this machine alone/s);
    expect(asked).toEqual(['HEAD', 'POST']);
  });
});

describe('a registry with a token server', () => {
  let tokens: TokenServer;
  let host: string;
  const start = async () => {
    const tls = await authority.issue([`IP:${own}`]);
    const signer = await makeAuthority(join(dir, `signer-${count}`));
    tokens = await startTokenServer(own, { tls, signer, user: USER, password: PASSWORD, refused: 'other/shop' });
    ({ host } = await registryWith({ address: own, tls, token: tokens.settings }));
    await knowing(host);
  };
  afterEach(() => tokens.stop());

  it('is asked with a token for what is going to be done, and no more', async () => {
    await start();
    expect(await open(host, KNOWN).pushBlob(blob)).toBe('pushed');
    expect([...new Set(tokens.scopes)]).toEqual(['repository:acme/shop:pull,push']);
  });

  it('lets in who may not read the repository beside, from which nothing is taken over then', async () => {
    await start();
    expect(await open(host, KNOWN, ['other/shop']).pushBlob(blob, 'other/shop')).toBe('pushed');
    expect([...new Set(tokens.scopes)]).toEqual(['repository:acme/shop:pull,push']);
  });

  it.each<[string, Credentials | undefined]>([
    ['nobody', undefined],
    ['somebody with another password', { kind: 'password', username: USER, password: 'x' }],
  ])('does not let in %s', async (_, credentials) => {
    await start();
    const failure = await failureOf(host, credentials);
    expect(failure.kind).toBe('denied');
    expect(failure.message).toMatch(/asking \S+ for a token: 401.*docker login/s);
  });
});
