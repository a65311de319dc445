/** Who has to have signed, as it is told. */
import { generateKeyPairSync } from 'node:crypto';
import type { File } from '@dagger.io/dagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type VoucherOptions, voucherOf } from '../../../src/publish/vouchers.js';
import { startSigstore, type TestSigstore } from '../../support/sigstore.js';

/** All that is asked of a file is what is in it. */
const file = (text: string) => ({ contents: async () => text }) as File;

const NONE: VoucherOptions = {
  key: undefined,
  certificateIdentity: undefined,
  certificateOidcIssuer: undefined,
  trustedRoot: undefined,
};
const somebody = { certificateIdentity: 'ali@example.com', certificateOidcIssuer: 'https://example.com' };
const { publicKey } = generateKeyPairSync('ed25519');
const key = file(publicKey.export({ type: 'spki', format: 'pem' }).toString());
let sigstore: TestSigstore;
beforeAll(async () => {
  sigstore = await startSigstore();
});
afterAll(() => sigstore.close());

describe('who has to have signed', () => {
  it('is nobody, whoever holds a key, or somebody whom an authority has certified', async () => {
    expect(await voucherOf(NONE)).toBeUndefined();
    expect(await voucherOf({ ...NONE, key })).toMatchObject({ kind: 'key' });
    expect(await voucherOf({ ...NONE, ...somebody, trustedRoot: file(sigstore.trustedRoot) })).toMatchObject({
      kind: 'keyless',
      signer: { identity: 'ali@example.com', issuer: 'https://example.com' },
    });
  });

  it.each<[Partial<VoucherOptions>, string, object]>([
    [{ key: file('none') }, 'QS933', {}],
    [{ certificateIdentity: 'ali' }, 'QS935', { reason: 'no issuer' }],
    [{ certificateOidcIssuer: 'https://example.com' }, 'QS935', { reason: 'no identity' }],
    [{ trustedRoot: file('{}') }, 'QS935', { reason: 'roots alone' }],
    [{ key, ...somebody }, 'QS935', { reason: 'key as well' }],
    [{ key, certificateIdentity: 'ali' }, 'QS935', { reason: 'key as well' }],
    [{ key, trustedRoot: file('{}') }, 'QS935', { reason: 'key as well' }],
    [{ ...somebody, trustedRoot: file('{}') }, 'QS936', {}],
    [{ ...somebody, trustedRoot: file('[]') }, 'QS936', {}],
    [{ ...somebody, trustedRoot: file('-----BEGIN CERTIFICATE-----') }, 'QS936', {}],
  ])('told by %j is refused as %s', async (told, code, data) => {
    await expect(voucherOf({ ...NONE, ...told })).rejects.toMatchObject({ diagnostics: [{ code, data }] });
  });
});
