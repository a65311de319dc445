/** `lock` and `publish`, as they are called, with a registry that speaks TLS by an authority of its own and lets in whoever a token server lets in. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Publication } from '../../src/publish/publication.js';
import { makeScratch } from '../e2e/support/example.js';
import { writeFiles } from '../e2e/support/files.js';
import { quayside } from '../e2e/support/quayside.js';
import { makeAuthority } from '../engine/support/certificates.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { sampleImage } from '../engine/support/sample-image.js';
import { startTokenServer, type TokenServer } from '../engine/support/token-server.js';

const USER = 'ali';
const PASSWORD = 'open-sesame-41c0';
const APP = `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Answer).serve_forever()
`;
const own = Object.values(networkInterfaces())
  .flatMap(list => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)!.address;

const scratch = makeScratch();
const app = join(scratch.dir, 'tiny');
/** Whoever works here knows the authority as Podman is told of it. */
const home = join(scratch.dir, 'home');
let registry: TestRegistry;
let tokens: TokenServer;

beforeAll(async () => {
  const authority = await makeAuthority(join(scratch.dir, 'authority'));
  const signer = await makeAuthority(join(scratch.dir, 'signer'));
  const tls = await authority.issue([`IP:${own}`]);
  tokens = await startTokenServer(own, { tls, signer, user: USER, password: PASSWORD });
  registry = await startRegistry(join(scratch.dir, 'registry'), undefined, {
    address: own,
    tls,
    token: tokens.settings,
  });
  const realm = new URL(tokens.settings.realm!).host;
  for (const host of [registry.host, realm]) {
    const place = join(home, '.config/containers/certs.d', host);
    mkdirSync(place, { recursive: true });
    cpSync(authority.certificate, join(place, 'ca.crt'));
  }
  const config = 'name: tiny\nserver: { command: [python, main.py], port: 8000 }\n';
  writeFiles(app, { 'requirements.txt': '', 'main.py': APP, 'quayside.yaml': config });
});
afterAll(async () => {
  await Promise.all([registry.stop(), tokens.stop()]);
  await execa('rm', ['-rf', '--one-file-system', join(scratch.dir, 'state')]);
  scratch.remove();
});

const who = () => {
  const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
  const file = join(scratch.dir, 'auth.json');
  writeFileSync(file, JSON.stringify({ auths: { [registry.host]: { auth } } }));
  return file;
};

describe('a registry with TLS and a token server', () => {
  test('says what tags mean, to whoever is signed in', async () => {
    const sample = await sampleImage(join(scratch.dir, 'sample'));
    const { dir: layout, digest } = await sample.layout('image');
    writeFileSync(
      join(scratch.dir, 'registries.conf'),
      `[[registry]]\nprefix = "docker.io"\nlocation = "${registry.host}"\n`,
    );
    const env = {
      HOME: home,
      QUAYSIDE_STATE: join(scratch.dir, 'state'),
      QUAYSIDE_REGISTRIES_CONF: join(scratch.dir, 'registries.conf'),
      XDG_CACHE_HOME: join(scratch.dir, 'cache'),
    };
    const { images } = JSON.parse((await quayside(['plan', `--source=${app}`], { env })).stdout);
    const names = Object.keys(images).filter(name => name.startsWith('docker.io/'));
    for (const name of names)
      await execa(
        'skopeo',
        ['copy', '--quiet', `oci:${layout}`, `docker://${name.replace('docker.io', registry.host)}`],
        {
          env: { HOME: home, REGISTRY_AUTH_FILE: who() },
        },
      );
    const anybody = await quayside(['lock', `--source=${app}`], {
      env: { ...env, REGISTRY_AUTH_FILE: join(scratch.dir, 'none.json') },
    });
    expect(anybody).toMatchObject({ code: 2 });
    const locked = await quayside(['lock', `--source=${app}`], { env: { ...env, REGISTRY_AUTH_FILE: who() } });
    expect(locked.code, locked.stderr).toBe(0);
    const lock = JSON.parse(readFileSync(join(app, 'quayside.lock'), 'utf8'));
    expect(lock.images).toEqual(Object.fromEntries(names.map(name => [name, digest])));
    writeFiles(app, { 'quayside.lock': '{ "lockVersion": 1, "images": {} }\n' });
  });

  test('takes what is published, with a token for that and no more, and shows nobody the password', async () => {
    const publish = (password: string) =>
      quayside(
        [
          'publish',
          `--source=${app}`,
          `--address=${registry.host}/acme/tiny`,
          '--component=web',
          '--tags=1.0',
          `--username=${USER}`,
          '--password=env:PASSWORD',
        ],
        {
          env: {
            HOME: home,
            QUAYSIDE_STATE: process.env.QUAYSIDE_STATE ?? join(homedir(), '.cache/quayside'),
            PASSWORD: password,
          },
        },
      );
    const before = tokens.scopes.length;
    const published = await publish(PASSWORD);
    expect(published.code, published.stderr).toBe(0);
    const [image] = (JSON.parse(published.stdout) as Publication).images;
    expect([...new Set(tokens.scopes.slice(before))]).toEqual(['repository:acme/tiny:pull,push']);
    const { stdout } = await execa(
      'skopeo',
      ['inspect', '--no-tags', '--format={{.Digest}}', `docker://${registry.host}/acme/tiny:1.0`],
      { env: { HOME: home, REGISTRY_AUTH_FILE: who() } },
    );
    expect(stdout).toBe(image!.digest);
    expect(published.stdout + published.stderr).not.toContain(PASSWORD);
    const refused = await publish('wrong');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/asking \S+ for a token: 401/);
  });
});
