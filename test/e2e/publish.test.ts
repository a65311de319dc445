/** `publish`, as somebody uses it who works in a checkout: to a real registry with users, again, after an edit, under a version that is taken. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publicKeyText, verifiedStatement } from '../../src/attest/signing.js';
import type { Publication } from '../../src/publish/publication.js';
import { bcrypt, freePort, startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { type Checkout, makeScratch } from './support/example.js';
import { type Outcome, quayside } from './support/quayside.js';

const PASSWORD = 'k3elhaul-9d41c3aa';
const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const KEY_TEXT = KEY.export({ type: 'pkcs8', format: 'pem' }).toString();
const scratch = makeScratch();
let registry: TestRegistry;
let app: Checkout;

beforeAll(async () => {
  registry = await startRegistry(join(scratch.dir, 'registry'), { name: 'ada', bcrypt: await bcrypt(PASSWORD) });
  app = scratch.example('app');
});
afterAll(async () => {
  await registry.stop();
  scratch.remove();
});

const git = (...words: string[]) =>
  execa('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { cwd: app.path });
const commit = async (message: string) => {
  await git('add', '--all');
  await git('commit', '--quiet', '--message', message);
};

const address = () => `${registry.host}/acme/stream`;
const publish = (...args: string[]): Promise<Outcome> =>
  quayside(
    [
      'publish',
      `--source=${app.path}`,
      ...(args.some(arg => arg.startsWith('--address=')) ? [] : [`--address=${address()}`]),
      '--username=ada',
      '--password=env:REGISTRY_PASSWORD',
      '--sign-key=env:SIGNING_KEY',
      ...args,
    ],
    // What the machines of GitHub say of their own checkout is not about this one.
    {
      env: {
        REGISTRY_PASSWORD: PASSWORD,
        SIGNING_KEY: KEY_TEXT,
        GITHUB_REF: 'refs/heads/other',
        GITHUB_SHA: 'none',
        GITHUB_OUTPUT: join(scratch.dir, 'outputs'),
      },
    },
  );
const published = ({ stdout }: Outcome): Publication => JSON.parse(stdout);
const inspect = async (reference: string, ...args: string[]) => {
  const creds = ['--tls-verify=false', '--creds', `ada:${PASSWORD}`];
  return JSON.parse((await execa('skopeo', ['inspect', ...creds, ...args, `docker://${reference}`])).stdout);
};

const ask = async (what: string) => {
  const authorization = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString('base64')}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const answer = await fetch(`http://${registry.host}/v2/acme/stream/${what}`, { headers: { authorization, accept } });
  return JSON.parse(await answer.text());
};

describe('publish', () => {
  let first: Publication;

  test('says before anything is built what it needs to know', async () => {
    const nowhere = await quayside(['publish', `--source=${app.path}`]);
    expect(nowhere).toMatchObject({ code: 2, stdout: '' });
    expect(nowhere.stderr).toContain('QS901');
    const tagged = await publish('--address=localhost:5000/acme/stream:1.0', '--tags=1.0');
    expect(tagged).toMatchObject({ code: 2 });
    expect(tagged.stderr).toContain('it names the tag 1.0');
    const untagged = await publish();
    expect(untagged).toMatchObject({ code: 2 });
    expect(untagged.stderr).toContain('the source is no checkout of git');
    expect([nowhere, tagged, untagged].flatMap(({ steps }) => steps)).toEqual([]);
  });

  test('pushes the images of a version under its tags, with what git says of them', async () => {
    await git('init', '--quiet', '--initial-branch=main');
    await git('remote', 'add', 'origin', 'git@example.com:acme/stream.git');
    await commit('Begin');
    await git('tag', 'v1.2.0');
    const outcome = await publish();
    expect(outcome).toMatchObject({ code: 0 });
    first = published(outcome);
    const { stdout: revision } = await git('rev-parse', 'HEAD');
    const [web, proxy] = first.images;
    expect(first.images.map(image => image.address)).toEqual([address(), `${address()}-proxy`]);
    expect(web!.tags.map(({ name }) => name)).toEqual([`sha-${revision.slice(0, 7)}`, '1.2.0', '1.2', '1', 'latest']);
    for (const { address: at, digest } of [web!, proxy!]) {
      const { stdout } = await execa('skopeo', [
        ...[
          'inspect',
          '--tls-verify=false',
          '--creds',
          `ada:${PASSWORD}`,
          '--format',
          '{{.Digest}}',
          `docker://${at}:1.2`,
        ],
      ]);
      expect(stdout).toBe(digest);
    }
    expect(await inspect(`${address()}:1.2.0`, '--raw')).toMatchObject({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [{ digest: web!.platforms[0]!.digest, platform: { os: 'linux' } }],
      annotations: {
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.source': 'https://example.com/acme/stream',
        'org.opencontainers.image.version': '1.2.0',
      },
    });
    const { config, created } = await inspect(`${address()}:1.2.0`, '--config', '--raw');
    const { stdout: seconds } = await git('log', '-1', '--format=%ct');
    expect(Date.parse(created)).toBe(Number(seconds) * 1000);
    expect(config).toMatchObject({
      User: 'app',
      Labels: {
        'org.opencontainers.image.title': 'flask-stream',
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.version': '1.2.0',
      },
      Healthcheck: { Test: ['CMD', 'python', expect.any(String)] },
    });
  });

  test('attaches what the images consist of and where they come from, signed', async () => {
    const names = ({ images }: Publication) => images.map(({ attached }) => attached.map(({ name }) => name));
    const each = ['SBOM', 'attestations', 'signature', 'attestations', 'signature'];
    expect(names(first)).toEqual([each, each]);
    const [{ digest, attached, platforms }] = first.images as [Publication['images'][number]];
    const blobOf = async (name: string, subject: string) => {
      const { digest: manifest } = attached.find(one => one.name === name && one.subject === subject)!;
      const { layers } = await ask(`manifests/${manifest}`);
      return ask(`blobs/${layers[0].digest}`);
    };
    const list = await blobOf('SBOM', platforms[0]!.digest);
    expect(list.components.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['Flask', 'libc6', 'react']),
    );
    expect(list.metadata.component.purl).toContain(encodeURIComponent(platforms[0]!.digest));
    const envelope = Buffer.from(JSON.stringify(await blobOf('attestations', digest)));
    const statement = verifiedStatement(envelope, createPublicKey(KEY));
    expect(statement?.subject.map(subject => `sha256:${subject.digest.sha256}`)).toEqual([
      digest,
      platforms[0]!.digest,
    ]);
    const { buildDefinition } = statement!.predicate as {
      buildDefinition: {
        internalParameters: { plan: { sha256: string } };
        resolvedDependencies: { name: string }[];
      };
    };
    expect(buildDefinition.internalParameters.plan.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(buildDefinition.resolvedDependencies.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'source',
        'poetry.lock',
        'frontend/package-lock.json',
        expect.stringContaining('python:'),
      ]),
    );
    expect(JSON.stringify([list, statement])).not.toContain('k3elhaul');
    const wrong = await publish('--sign-key=env:REGISTRY_PASSWORD');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('QS921');
    expect(wrong.stderr).not.toContain(PASSWORD);
  });

  test('again pushes nothing, and says so', async () => {
    const outcome = await publish();
    expect(outcome).toMatchObject({ code: 0 });
    expect(published(outcome)).toMatchObject({
      images: first.images.map(({ digest, tags }) => ({ digest, tags: tags.map(tag => ({ ...tag, fate: 'there' })) })),
      sent: 0,
    });
    const fates = published(outcome).images.flatMap(({ attached }) => attached.map(({ fate }) => fate));
    expect(new Set(fates)).toEqual(new Set(['there']));
    expect(outcome.stderr).toContain('is there with all its tags, nothing was pushed');
    const outputs = readFileSync(join(scratch.dir, 'outputs'), 'utf8');
    expect(outputs).toContain(`address<<QUAYSIDE_END\n${address()}\nQUAYSIDE_END\n`);
    expect(outputs).toContain(`digest<<QUAYSIDE_END\n${first.images[0]!.digest}\nQUAYSIDE_END\n`);
  });

  test('after an edit sends what the edit changed, and moves what moves', async () => {
    app.append('flask_stream/__init__.py', '\n# One more line.\n');
    const dirty = await publish();
    expect(dirty).toMatchObject({ code: 2 });
    expect(dirty.stderr).toContain('the source has changes that are not committed');
    const taken = await publish('--tags=1.2.0,latest');
    expect(taken).toMatchObject({ code: 2, stdout: '' });
    expect(taken.stderr).toMatch(/QS906: \S+acme\/stream:1\.2\.0 exists with other content/);
    await commit('Go on');
    await git('tag', 'v1.2.1');
    const file = join(scratch.dir, 'published.json');
    expect(await publish(`--output=${file}`)).toMatchObject({ code: 0, stdout: '' });
    const { images, sent }: Publication = JSON.parse(readFileSync(file, 'utf8'));
    // The source, and nothing of the packages.
    expect(sent).toBeLessThan(100_000);
    expect(images[0]!.tags.map(({ name, fate }) => `${name} ${fate}`)).toEqual(
      expect.arrayContaining(['1.2.1 written', '1.2 written', 'latest written']),
    );
    const old = await inspect(`${address()}:1.2.0`, '--raw');
    expect(old.manifests[0].digest).toBe(first.images[0]!.platforms[0]!.digest);
    expect((await inspect(`${address()}:latest`, '--raw')).manifests[0].digest).toBe(images[0]!.platforms[0]!.digest);
  });

  test('can be verified: the same commit gives the same image, and what somebody else put in is named', async () => {
    const cosign = join(scratch.dir, 'cosign.pub');
    writeFileSync(cosign, publicKeyText(KEY));
    const verify = (tag: string, ...args: string[]) =>
      quayside(
        ['verify', `${address()}:${tag}`, `--source=${app.path}`, '--username=ada', '--password=env:P', ...args],
        { env: { P: PASSWORD } },
      );
    const same = await verify('1.2.1', `--key=${cosign}`);
    expect(same).toMatchObject({ code: 0 });
    expect(same.stdout).toMatch(/signed by the key[\s\S]+built again from [0-9a-f]{40}, it is the same \(linux\/\w+\)/);
    const older = await verify('1.2.0');
    expect(older).toMatchObject({ code: 2, stdout: '' });
    expect(older.stderr).toMatch(/QS934: .+: the commit was [0-9a-f]{40}, and is [0-9a-f]{40} here/);
    const { stdout: revision } = await git('rev-parse', 'HEAD');
    const before = app.read('flask_stream/errors.py');
    app.append('flask_stream/errors.py', 'BACKDOOR = True\n');
    expect(await publish('--tags=1.2.2', `--revision=${revision}`)).toMatchObject({ code: 0 });
    app.write('flask_stream/errors.py', before);
    const other = await verify('1.2.2');
    expect(other).toMatchObject({ code: 1, stdout: '' });
    expect(other.stderr).toMatch(/QS730: .+\n +layer \d+, app\/flask_stream\/errors\.py: content/);
    writeFileSync(cosign, publicKeyText(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey));
    const unsigned = await verify('1.2.1', `--key=${cosign}`);
    expect(unsigned).toMatchObject({ code: 1, stdout: '' });
    expect(unsigned.stderr).toContain('QS731');
  });

  test('with nobody signed in, somebody else or no registry ends as what it is, and no password is shown', async () => {
    const common = ['publish', `--source=${app.path}`, `--address=${address()}`, '--tags=latest'];
    const anybody = await quayside(common, { env: { REGISTRY_AUTH_FILE: join(scratch.dir, 'none.json') } });
    expect(anybody).toMatchObject({ code: 2, stdout: '' });
    expect(anybody.stderr).toContain('the registry wants a user and a password, and none is known');
    const other = await quayside([...common, '--username=ada', '--password=env:REGISTRY_PASSWORD'], {
      env: { REGISTRY_PASSWORD: `${PASSWORD}-wrong` },
    });
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.stderr).toContain('401');
    const none = await publish(`--address=127.0.0.1:${await freePort()}/acme/stream`, '--tags=latest');
    expect(none).toMatchObject({ code: 75, stdout: '' });
    expect(none.stderr).toContain('ECONNREFUSED');
    for (const { stderr } of [anybody, other, none]) expect(stderr).not.toContain(PASSWORD);
  });
});
