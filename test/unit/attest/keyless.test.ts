/** Signatures without a key, by an authority and a log on this machine: what is signed is read again, and nothing else is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentLayer } from '../../../src/attest/attachment.js';
import {
  CERTIFICATE,
  KeylessProblem,
  type KeylessSigner,
  keylessSigner,
  LOGGED,
  signImageKeyless,
  signStatementsKeyless,
} from '../../../src/attest/keyless.js';
import { isSignedKeyless, statementSignedKeyless, trustMaterial } from '../../../src/attest/keyless-verify.js';
import { SIGNED } from '../../../src/attest/signing.js';
import { sbomStatement } from '../../../src/attest/statement.js';
import { identityToken, startSigstore, type TestSigstore } from '../../support/sigstore.js';

const IDENTITY = 'https://github.com/acme/shop/.github/workflows/publish.yml@refs/tags/v1.2.3';
const ISSUER = 'https://token.actions.githubusercontent.com';
const IMAGE = { address: 'ghcr.io/acme/shop', digest: `sha256:${'a'.repeat(64)}` };
let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

const signer = (token = identityToken(IDENTITY, ISSUER)) =>
  keylessSigner({ token, fulcioUrl: sigstore.fulcioUrl, rekorUrl: sigstore.rekorUrl });
const trusted = async (identity = IDENTITY, issuer = ISSUER, root = sigstore.trustedRoot) => ({
  material: await trustMaterial(root),
  signer: { identity, issuer },
});

describe('a signature without a key', () => {
  it('is one of whoever the token names, of that image alone', async () => {
    const signature = await signImageKeyless(IMAGE, await signer());
    expect(await isSignedKeyless(signature, IMAGE, await trusted())).toBe(true);
    for (const other of [
      { ...IMAGE, digest: `sha256:${'b'.repeat(64)}` },
      { ...IMAGE, address: 'ghcr.io/acme/other' },
    ])
      expect(await isSignedKeyless(signature, other, await trusted())).toBe(false);
  });

  it.each([
    ['of another', `${IDENTITY}0`, ISSUER],
    ['of whoever a pattern would match', IDENTITY.replace('.yml', '-yml').replace('-yml', '.*'), ISSUER],
    ['of part of a name', IDENTITY.slice(0, -1), ISSUER],
    ['by another issuer', IDENTITY, 'https://example.com'],
  ])('is none %s', async (_, identity, issuer) => {
    const signature = await signImageKeyless(IMAGE, await signer());
    expect(await isSignedKeyless(signature, IMAGE, await trusted(identity, issuer))).toBe(false);
  });

  it('is none by an authority that nobody trusts, or when its bytes were changed', async () => {
    const other = await startSigstore();
    const signature = await signImageKeyless(IMAGE, await signer());
    expect(await isSignedKeyless(signature, IMAGE, await trusted(IDENTITY, ISSUER, other.trustedRoot))).toBe(false);
    await other.close();
    const [layer] = signature.layers;
    const bytes = Buffer.from(Buffer.from(layer!.bytes).toString().replace('"optional":null', '"optional":{}'));
    expect(await isSignedKeyless({ ...signature, layers: [{ ...layer!, bytes }] }, IMAGE, await trusted())).toBe(false);
  });

  it('of a statement holds what was said', async () => {
    const subject = [{ name: IMAGE.address, digest: { sha256: 'a'.repeat(64) } }];
    const statement = sbomStatement(subject, 'cyclonedx', '{"bomFormat":"CycloneDX"}');
    const { layers } = await signStatementsKeyless([statement], await signer());
    expect(await statementSignedKeyless(layers[0]!, await trusted())).toEqual(statement);
    expect(await statementSignedKeyless(layers[0]!, await trusted('somebody else'))).toBeUndefined();
  });

  it('is made with a token that is given then, for one from before the build may have ended', async () => {
    const { fulcioUrl, rekorUrl } = sigstore;
    const renew = async () => identityToken(`${IDENTITY}-renewed`, ISSUER);
    const own = await keylessSigner({ token: identityToken(IDENTITY, ISSUER), renew, fulcioUrl, rekorUrl });
    const signature = await signImageKeyless(IMAGE, own);
    expect(await isSignedKeyless(signature, IMAGE, await trusted(`${IDENTITY}-renewed`))).toBe(true);
  });

  it('says who signed by a mark that is the same each time, and has nothing of the token', async () => {
    const token = identityToken(IDENTITY, ISSUER);
    const [first, second] = [await signer(token), await signer()];
    expect(first.mark).toBe(second.mark);
    expect((await signer(identityToken('other', ISSUER))).mark).not.toBe(first.mark);
    expect(JSON.stringify(await signImageKeyless(IMAGE, first))).not.toContain(token);
  });
});

describe('what is signed already', () => {
  const subject = [{ name: IMAGE.address, digest: { sha256: 'a'.repeat(64) } }];
  const statement = sbomStatement(subject, 'cyclonedx', '{"bomFormat":"CycloneDX"}');
  const kinds = {
    signature: (who: KeylessSigner, there?: readonly DocumentLayer[]) => signImageKeyless(IMAGE, who, there),
    attestation: (who: KeylessSigner, there?: readonly DocumentLayer[]) =>
      signStatementsKeyless([statement], who, there),
  };

  it.each(Object.entries(kinds))(
    'by a %s of the same somebody is taken as it is, and nobody is asked',
    async (_, sign) => {
      const { layers } = await sign(await signer());
      const before = sigstore.asked();
      expect((await sign(await signer(), layers)).layers).toEqual(layers);
      expect(sigstore.asked()).toBe(before);
    },
  );

  const other = `data:${'b'.repeat(64)}`;
  it.each<[string, (layer: DocumentLayer) => DocumentLayer]>([
    ['the signature of other bytes', one => ({ ...one, bytes: Buffer.from(other) })],
    ['no certificate', ({ annotations: { [CERTIFICATE]: _, ...annotations }, ...one }) => ({ ...one, annotations })],
    ['a certificate that is none', one => ({ ...one, annotations: { ...one.annotations, [CERTIFICATE]: 'x' } })],
    ['no line of a log', ({ annotations: { [LOGGED]: _, ...annotations }, ...one }) => ({ ...one, annotations })],
    ['the mark of somebody else', one => ({ ...one, annotations: { ...one.annotations, [SIGNED]: 'x:y' } })],
  ])('is signed again with %s', async (_, changed) => {
    for (const sign of Object.values(kinds)) {
      const { layers } = await sign(await signer());
      const before = sigstore.asked();
      expect((await sign(await signer(), layers.map(changed))).layers).not.toEqual(layers.map(changed));
      expect(sigstore.asked()).toBeGreaterThan(before);
    }
  });

  it('by another workflow of the same repository is signed by this one as well', async () => {
    const claims = (workflow: string) => ({
      iss: ISSUER,
      sub: 'repo:acme/shop:ref:refs/heads/main',
      job_workflow_ref: workflow,
    });
    const token = (workflow: string) => `x.${Buffer.from(JSON.stringify(claims(workflow))).toString('base64url')}.y`;
    expect((await signer(token('one.yml'))).mark).not.toBe((await signer(token('two.yml'))).mark);
  });
});

it.each([['nothing'], [''], ['a.b.c'], [`x.${Buffer.from('{}').toString('base64url')}.y`]])(
  'the token %j is none, which is said before anything is asked',
  async token => {
    const before = sigstore.asked();
    await expect(signer(token)).rejects.toMatchObject({ name: 'KeylessProblem', reason: 'no token' });
    expect(sigstore.asked()).toBe(before);
  },
);

it('an authority that does not answer is told apart from one that refuses', async () => {
  const token = identityToken(IDENTITY, ISSUER);
  const refused = await keylessSigner({
    token,
    fulcioUrl: `${sigstore.fulcioUrl}/nowhere`,
    rekorUrl: sigstore.rekorUrl,
  });
  const problem = await signImageKeyless(IMAGE, refused).catch(error => error as KeylessProblem);
  expect(problem).toBeInstanceOf(KeylessProblem);
  expect(problem).toMatchObject({ reason: 'refused' });
});
