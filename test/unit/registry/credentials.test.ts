import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signedIn } from '../../../src/registry/credentials.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'quayside-credentials-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function put(path: string, content: object | string): Promise<void> {
  await mkdir(dirname(join(home, path)), { recursive: true });
  await writeFile(join(home, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const ask = (address: string, env: Record<string, string> = {}) => signedIn(address, { HOME: home, ...env });
const auth = (user: string, password: string) => ({ auth: Buffer.from(`${user}:${password}`).toString('base64') });
const password = (username: string, value: string) => ({ kind: 'password', username, password: value });

describe('signed in', () => {
  it('is nobody without any file', async () => {
    expect(await ask('ghcr.io/acme/shop')).toBeUndefined();
  });

  it.each([
    ['ghcr.io', 'ghcr.io/acme/shop'],
    ['https://ghcr.io', 'ghcr.io/acme/shop'],
    ['https://ghcr.io/v2/', 'ghcr.io/acme/shop'],
    ['https://index.docker.io/v1/', 'docker.io/acme/shop'],
    ['docker.io', 'docker.io/acme/shop'],
    ['localhost:5000', 'localhost:5000/shop'],
  ])('under %s counts for %s', async (key, address) => {
    await put('.docker/config.json', { auths: { [key]: auth('ada', 'pa:ss'), 'other.io': auth('x', 'y') } });
    expect(await ask(address)).toEqual(password('ada', 'pa:ss'));
  });

  it('for a part of a registry goes before the registry, and a name that only begins alike does not count', async () => {
    await put('.config/containers/auth.json', {
      auths: { 'quay.io': auth('all', '1'), 'quay.io/acme': auth('acme', '2'), 'quay.io/acme/sh': auth('no', '3') },
    });
    expect(await ask('quay.io/acme/shop')).toEqual(password('acme', '2'));
    expect(await ask('quay.io/other/shop')).toEqual(password('all', '1'));
  });

  it("is looked for in Podman's files first, and in a file that is named alone", async () => {
    await put('run/containers/auth.json', { auths: { 'ghcr.io': auth('podman', '1') } });
    await put('.docker/config.json', { auths: { 'ghcr.io': auth('docker', '2'), 'quay.io': auth('docker', '3') } });
    await put('named.json', { auths: { 'ghcr.io': auth('named', '4') } });
    const env = { XDG_RUNTIME_DIR: join(home, 'run') };
    expect(await ask('ghcr.io/a', env)).toEqual(password('podman', '1'));
    expect(await ask('quay.io/a', env)).toEqual(password('docker', '3'));
    expect(await ask('quay.io/a', { REGISTRY_AUTH_FILE: join(home, 'named.json') })).toBeUndefined();
  });

  it('with an identity token has that', async () => {
    await put('.docker/config.json', { auths: { 'acme.azurecr.io': { auth: 'MDAwOg==', identitytoken: 'tok' } } });
    expect(await ask('acme.azurecr.io/shop')).toEqual({ kind: 'identity token', token: 'tok' });
  });

  it('by way of a helper asks it for the registry, and says what is wrong with one that is not there', async () => {
    await put(
      'docker-credential-test',
      `#!/bin/sh
read server
[ "$server" = ghcr.io ] && { printf '{"Username":"ada","Secret":"kept"}'; exit; }
echo 'credentials not found in native keychain'; exit 1
`,
    );
    await chmod(join(home, 'docker-credential-test'), 0o755);
    vi.stubEnv('PATH', `${home}:${process.env.PATH}`);
    await put('.docker/config.json', { credHelpers: { 'ghcr.io': 'test', 'quay.io': 'absent' }, credsStore: 'test' });
    expect(await ask('ghcr.io/acme/shop')).toEqual(password('ada', 'kept'));
    expect(await ask('other.io/acme/shop')).toBeUndefined();
    await expect(ask('quay.io/acme/shop')).rejects.toThrow(
      'docker-credential-absent, which keeps the credentials of quay.io, gives none: it is not installed',
    );
  });

  it('in a file that is no JSON is an error that names it', async () => {
    await put('.docker/config.json', '{ auths:');
    await expect(ask('ghcr.io/a')).rejects.toThrow(`${join(home, '.docker/config.json')} is not JSON`);
  });

  it.each([
    [
      'of another form',
      { auths: { 'ghcr.io': 'ada:pass' } },
      /config\.json is not JSON, as .* writes it \(auths\.ghcr\.io\)/,
    ],
    ['that is a list', '[1]', /is not JSON, as/],
    ['with a number', { auths: { 'ghcr.io': { auth: 5 } } }, /\(auths\.ghcr\.io\.auth\)/],
    [
      'with a helper that is a path',
      { credsStore: '../../bin/x' },
      /docker-credential-\.\.\/\.\.\/bin\/x is no name of a program/,
    ],
  ])('by a file %s is said in a sentence', async (_, content, words) => {
    await put('.docker/config.json', content);
    await expect(ask('ghcr.io/acme/shop')).rejects.toThrow(words);
    await expect(ask('ghcr.io/acme/shop')).rejects.toMatchObject({ name: 'RegistryFailure' });
  });

  it('is nobody by a file whose keys are those of every object, or whose values are null', async () => {
    await put('.docker/config.json', '{"auths":{"__proto__":{"auth":"YTpi"}},"credHelpers":{},"credsStore":""}');
    expect(await ask('constructor/acme')).toBeUndefined();
    await put('.docker/config.json', '{"auths":null,"credHelpers":null,"credsStore":null}');
    expect(await ask('ghcr.io/acme')).toBeUndefined();
  });

  it('by something that is no file does not wait for it', async () => {
    await mkdir(join(home, '.docker'));
    await execa('mkfifo', [join(home, '.docker/config.json')]);
    await expect(ask('ghcr.io/acme/shop')).rejects.toThrow(/credentials of registries cannot be read: .* is no file/);
  });

  it.each([
    [
      'that breaks off in the middle of a secret',
      `printf '{"Username":"ada","Secret":"hunter2'`,
      /its answer is not JSON with/,
    ],
    ['that gives something else', `printf '{"Username":null,"Secret":"hunter2"}'`, /its answer is not JSON with/],
    ['that prints without an end', 'yes hunter2', /gives none: it takes too long, or prints too much/],
    ['that fails in colours', String.raw`printf '\033[31mno\n'; exit 1`, /gives none: \uFFFD\[31mno/],
  ])('by way of a helper %s is said without the secret', async (_, script, words) => {
    await put('docker-credential-test', `#!/bin/sh\n${script}\n`);
    await chmod(join(home, 'docker-credential-test'), 0o755);
    vi.stubEnv('PATH', `${home}:${process.env.PATH}`);
    await put('.docker/config.json', { credsStore: 'test' });
    const error = await ask('ghcr.io/acme/shop').catch(e => e);
    expect(error.message).toMatch(words);
    expect(error.message).not.toContain('hunter2');
  });
});
