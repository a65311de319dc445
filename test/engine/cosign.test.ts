/** Signatures and attestations by Quayside, in a real registry, before the eyes of the real cosign. Skips where Go has not compiled it. */
import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sbomDocument } from '../../src/attest/attachment.js';
import { keylessSigner, signImageKeyless } from '../../src/attest/keyless.js';
import { readPrivateKey } from '../../src/attest/private-key.js';
import { provenanceStatement } from '../../src/attest/provenance.js';
import { keyMark, signImage, signStatements } from '../../src/attest/signing.js';
import { sbomStatement } from '../../src/attest/statement.js';
import { repositoryOf } from '../../src/registry/address.js';
import { attach, signedThere } from '../../src/registry/artifact.js';
import { type Descriptor, openRepository, type RepositoryClient } from '../../src/registry/repository.js';
import { goTool } from '../support/go-tools.js';
import { identityToken, startSigstore } from '../support/sigstore.js';
import { startRegistry, type TestRegistry } from './support/registry.js';

const cosign = goTool('cosign');

// Skipped where there is no cosign: `./quayside setup --for-tests` compiles it where Go is.
describe.skipIf(cosign === undefined)('cosign, where Go has compiled it', () => {
  let dir: string;
  let registry: TestRegistry;
  let repository: RepositoryClient;
  let subject: Descriptor;
  const password = 'k3elhaul';

  const run = (...words: readonly string[]) =>
    execa(cosign!, words, {
      cwd: dir,
      reject: false,
      all: true,
      env: { COSIGN_PASSWORD: password, HOME: dir, SIGSTORE_ROOT_FILE: '', TUF_ROOT: join(dir, 'tuf') },
      timeout: 60_000,
    });
  const key = async () => readPrivateKey(await readFile(join(dir, 'cosign.key'), 'utf8'), password);
  const image = () => ({ address: repository.address, digest: subject.digest });
  const reference = () => `${repository.address}@${subject.digest}`;
  const verify = (verb: string, ...more: readonly string[]) =>
    run(verb, '--key=cosign.pub', '--insecure-ignore-tlog=true', '--allow-insecure-registry', ...more, reference());

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'quayside-cosign-'));
    registry = await startRegistry(join(dir, 'registry'));
    const found = repositoryOf(`${registry.host}/acme/shop`);
    if ('problem' in found) throw new Error(found.problem);
    repository = openRepository(found);
    // Any manifest does: what it holds is nobody's business here.
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const nothing = { mediaType, digest: `sha256:${'0'.repeat(64)}`, size: 2 };
    const { digest } = await attach(repository, sbomDocument('{}', 'application/spdx+json'), nothing);
    const manifest = (await repository.manifest(digest))!;
    await repository.pushManifest(manifest, '1.0');
    subject = { mediaType, digest, size: manifest.bytes.length };
    expect(await run('generate-key-pair')).toMatchObject({ failed: false });
  });
  afterAll(async () => {
    await registry.stop();
    await rm(dir, { recursive: true, force: true });
  });

  test('what is not signed is not verified', async () => {
    expect(await verify('verify')).toMatchObject({ failed: true });
  });

  test('reads a signature by its own key, and not one of another image', async () => {
    await attach(repository, signImage(image(), await key(), { by: 'quayside' }), subject);
    const said = await verify('verify', '--output=json');
    expect(said.all).toContain(subject.digest);
    expect(said).toMatchObject({ failed: false });
    expect(await verify('verify', '--annotations=by=quayside')).toMatchObject({ failed: false });
    expect(await verify('verify', '--annotations=by=another')).toMatchObject({ failed: true });
  });

  test('adds a signature to ours, and ours stays', async () => {
    const added = await run(
      'sign',
      '--key=cosign.key',
      '--tlog-upload=false',
      '--yes',
      '--allow-insecure-registry',
      reference(),
    );
    expect(added.all).not.toMatch(/error/i);
    await attach(repository, signImage(image(), await key(), { by: 'somebody' }), subject);
    for (const by of ['quayside', 'somebody'])
      expect(await verify('verify', `--annotations=by=${by}`), by).toMatchObject({ failed: false });
  });

  test('reads where an image comes from, and what it consists of', async () => {
    const subjects = [{ name: repository.address, digest: subject.digest }];
    const provenance = provenanceStatement({
      subjects,
      source: { url: 'https://example.com/shop', revision: 'c'.repeat(40) },
      plan: subject.digest,
      call: { name: 'publish', arguments: {} },
      materials: [],
      builder: {},
    });
    const sbom = sbomStatement(provenance.subject, 'cyclonedx', '{"bomFormat":"CycloneDX"}');
    await attach(repository, signStatements([provenance, sbom], await key()), subject);
    // Once more, it is there; another one takes its place.
    const there = await signedThere(repository, subject, { tagged: 'att', who: keyMark(await key()) });
    expect(await attach(repository, signStatements([provenance, sbom], await key(), there), subject)).toMatchObject({
      fate: 'there',
    });
    const newer = sbomStatement(provenance.subject, 'cyclonedx', '{"bomFormat":"CycloneDX","version":2}');
    await attach(repository, signStatements([newer], await key()), subject);
    expect(await verify('verify-attestation', '--type=slsaprovenance1')).toMatchObject({ failed: false });
    const { stdout, failed } = await verify('verify-attestation', '--type=cyclonedx');
    expect(failed).toBe(false);
    const [said, ...more] = stdout.trim().split('\n');
    expect(more).toEqual([]);
    expect(Buffer.from(JSON.parse(said!).payload, 'base64').toString()).toContain('"version":2');
  });

  test('sees what refers to an image by its fallback tag', async () => {
    await attach(repository, sbomDocument('{"bomFormat":"CycloneDX"}', 'application/vnd.cyclonedx+json'), subject);
    const list = await repository.manifest(subject.digest.replace(':', '-'));
    const types = JSON.parse(Buffer.from(list!.bytes).toString()).manifests.map(
      ({ artifactType }: { artifactType: string }) => artifactType,
    );
    expect(types).toContain('application/vnd.cyclonedx+json');
    expect((await run('tree', '--allow-insecure-registry', reference())).all).toMatch(/Attestations|Signatures/);
  });

  test('reads what is signed without a key, by the roots that it is told to trust', async () => {
    const sigstore = await startSigstore();
    const identity = 'https://github.com/acme/shop/.github/workflows/publish.yml@refs/tags/v1';
    const issuer = 'https://token.actions.githubusercontent.com';
    const { fulcioUrl, rekorUrl } = sigstore;
    const signer = await keylessSigner({ token: identityToken(identity, issuer), fulcioUrl, rekorUrl });
    await attach(repository, await signImageKeyless(image(), signer), subject);
    await sigstore.close();
    await writeFile(join(dir, 'root.json'), sigstore.trustedRoot);
    const check = (who: string) =>
      run(
        'verify',
        '--trusted-root=root.json',
        `--certificate-identity=${who}`,
        `--certificate-oidc-issuer=${issuer}`,
        '--allow-insecure-registry',
        reference(),
      );
    const said = await check(identity);
    expect(said.all).toContain(subject.digest);
    expect(said).toMatchObject({ failed: false });
    expect(await check(`${identity}0`)).toMatchObject({ failed: true });
  });

  test('another key verifies nothing', async () => {
    await writeFile(join(dir, 'other.pub'), createPublicKey(await otherKey()).export({ type: 'spki', format: 'pem' }));
    const said = await run(
      'verify',
      '--key=other.pub',
      '--insecure-ignore-tlog=true',
      '--allow-insecure-registry',
      reference(),
    );
    expect(said).toMatchObject({ failed: true });
  });
});

async function otherKey() {
  const { generateKeyPairSync } = await import('node:crypto');
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}
