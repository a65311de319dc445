/** Signatures and envelopes by keys of all kinds; what the real cosign says of them is asked in test/engine/cosign.test.ts. */
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { describe, expect, test } from 'vitest';
import { readPrivateKey } from '../../../src/attest/private-key.js';
import {
  isSignedBy,
  preAuthentication,
  publicKeyText,
  signImage,
  signStatements,
  verifiedStatement,
} from '../../../src/attest/signing.js';
import { sbomStatement } from '../../../src/attest/statement.js';

const KEYS: readonly (readonly [string, KeyObject])[] = [
  ['ECDSA P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['Ed25519', generateKeyPairSync('ed25519').privateKey],
];
const [[, key]] = KEYS as readonly [readonly [string, KeyObject]];
const image = { address: 'ghcr.io/acme/shop', digest: `sha256:${'ab'.repeat(32)}` };
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe.each(KEYS)('by a key of %s', (_, own) => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;

  test('an image is signed, by that key alone, and under its own name and digest alone', () => {
    const signed = signImage(image, own);
    const publicKey = createPublicKey(publicKeyText(own));
    expect(isSignedBy(signed, image, publicKey)).toBe(true);
    expect(isSignedBy(signed, image, other)).toBe(false);
    expect(isSignedBy(signed, { ...image, digest: `sha256:${'cd'.repeat(32)}` }, publicKey)).toBe(false);
    expect(isSignedBy(signed, { ...image, address: 'ghcr.io/evil/shop' }, publicKey)).toBe(false);
  });

  test('a statement is signed, and none that was changed', () => {
    const statement = sbomStatement([{ name: 'shop', digest: { sha256: 'ab' } }], 'spdx', '{"a":1}');
    const { bytes } = signStatements([statement], own).layers[0]!;
    const publicKey = createPublicKey(own);
    expect(verifiedStatement(bytes, publicKey)).toEqual(statement);
    expect(verifiedStatement(bytes, other)).toBeUndefined();
    const changed = { ...JSON.parse(textOf(bytes)), payload: Buffer.from('{}').toString('base64') };
    expect(verifiedStatement(Buffer.from(JSON.stringify(changed)), publicKey)).toBeUndefined();
  });
});

test('what is signed has the words that cosign compares', () => {
  const [layer] = signImage(image, key, { by: 'us' }).layers;
  expect(JSON.parse(textOf(layer!.bytes))).toEqual({
    critical: {
      identity: { 'docker-reference': image.address },
      image: { 'docker-manifest-digest': image.digest },
      type: 'cosign container image signature',
    },
    optional: { by: 'us' },
  });
  expect(Object.keys(layer!.annotations)).toEqual(['dev.cosignproject.cosign/signature', 'quayside.signed']);
});

test("an envelope is signed with its type, as in DSSE's own example", () => {
  expect(preAuthentication('http://example.com/HelloWorld', Buffer.from('hello world')).toString()).toBe(
    'DSSEv1 29 http://example.com/HelloWorld 11 hello world',
  );
});

describe('private keys', () => {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  /** As `cosign generate-key-pair` writes it, with less work for the password. */
  const cosignKey = (password: string, change: object = {}, kind = 'SIGSTORE') => {
    const [salt, nonce] = [randomBytes(32), randomBytes(24)];
    const params = { N: 1024, r: 8, p: 1 };
    const box = xsalsa20poly1305(scryptSync(password, salt, 32, params), nonce);
    const text = JSON.stringify({
      kdf: { name: 'scrypt', params, salt: salt.toString('base64') },
      cipher: { name: 'nacl/secretbox', nonce: nonce.toString('base64') },
      ciphertext: Buffer.from(box.encrypt(der)).toString('base64'),
      ...change,
    });
    const body = Buffer.from(text)
      .toString('base64')
      .replaceAll(/(.{64})/g, '$1\n');
    return `-----BEGIN ENCRYPTED ${kind} PRIVATE KEY-----\n${body}\n-----END ENCRYPTED ${kind} PRIVATE KEY-----\n`;
  };
  const pem = (options: object = {}) => key.export({ type: 'pkcs8', format: 'pem', ...options }).toString();
  const locked = pem({ cipher: 'aes-256-cbc', passphrase: 'right' });

  test.each<readonly [string, string, string | undefined]>([
    ['of cosign', cosignKey('right'), 'right'],
    ['of cosign, without a password', cosignKey(''), undefined],
    ['of cosign of old', cosignKey('right', {}, 'COSIGN'), 'right'],
    ['in PEM', pem(), undefined],
    ['in PEM, by SEC 1', key.export({ type: 'sec1', format: 'pem' }).toString(), undefined],
    ['in PEM, with a password', locked, 'right'],
  ])('%s', async (_, text, password) => {
    expect((await readPrivateKey(text, password)).export({ type: 'pkcs8', format: 'der' })).toEqual(der);
  });

  test.each<readonly [string, string, string | undefined, string]>([
    ['of cosign, with another password', cosignKey('right'), 'k3elhaul', 'wrong password'],
    ['of cosign, without its password', cosignKey('right'), undefined, 'password missing'],
    [
      'of cosign, that would take all memory',
      cosignKey('', { kdf: { name: 'scrypt', params: { N: 2 ** 30, r: 8, p: 1 }, salt: '' } }),
      '',
      'unreadable',
    ],
    ['of cosign, with another cipher', cosignKey('', { cipher: { name: 'x', nonce: '' } }), '', 'unreadable'],
    ['of cosign, of no such form', cosignKey('', { kdf: 1 }), '', 'unreadable'],
    ['in PEM, with another password', locked, 'k3elhaul', 'wrong password'],
    ['in PEM, without its password', locked, undefined, 'password missing'],
    ['that are none', 'hello', undefined, 'unreadable'],
    ['that are public', publicKeyText(key), undefined, 'unreadable'],
  ])('%s: %#', async (_, text, password, reason) => {
    const problem = await readPrivateKey(text, password).catch((error: unknown) => error as Error);
    expect(problem).toMatchObject({ name: 'KeyProblem', reason });
    expect(`${(problem as Error).message}`).not.toContain('k3elhaul');
  });
});
