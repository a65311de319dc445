/** Private keys as cosign writes them, and as everybody else does. */
import { createPrivateKey, type KeyObject, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** Thrown when a key cannot be read. Its message has nothing of the key. */
export class KeyProblem extends Error {
  readonly reason: 'unreadable' | 'wrong password' | 'password missing';
  constructor(reason: KeyProblem['reason']) {
    super(`the private key cannot be used: ${reason}`);
    this.name = 'KeyProblem';
    this.reason = reason;
  }
}

const COSIGN =
  /-----BEGIN ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY-----([\s\S]+?)-----END ENCRYPTED \1 PRIVATE KEY-----/;

/**
 * Reads a private key: one of `cosign generate-key-pair`, whose password may be empty, or one in PEM.
 * @returns the key; rejects with a KeyProblem
 */
export async function readPrivateKey(text: string, password?: string): Promise<KeyObject> {
  const body = COSIGN.exec(text)?.[2];
  if (body === undefined) return fromPem(text, password);
  const der = await decrypted(Buffer.from(body, 'base64').toString(), password ?? '');
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    throw new KeyProblem('unreadable');
  }
}

function fromPem(text: string, password: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem', ...(password !== undefined && { passphrase: password }) });
  } catch {
    if (!/ENCRYPTED/.test(text)) throw new KeyProblem('unreadable');
    throw new KeyProblem(password === undefined ? 'password missing' : 'wrong password');
  }
}

/** The envelope of an encrypted key, as https://github.com/secure-systems-lab/go-securesystemslib/tree/main/encrypted writes it. */
interface EncryptedKey {
  readonly kdf: {
    readonly name: string;
    readonly params: { readonly N: number; readonly r: number; readonly p: number };
    readonly salt: string;
  };
  readonly cipher: { readonly name: string; readonly nonce: string };
  readonly ciphertext: string;
}

/** More than any tool asks for: a file must not take a machine's memory. */
const MOST_MEMORY = 512 << 20;

async function decrypted(text: string, password: string): Promise<Buffer> {
  const { kdf, cipher, ciphertext } = parsed(text);
  const { N, r, p } = kdf.params;
  if (kdf.name !== 'scrypt' || cipher.name !== 'nacl/secretbox' || 128 * N * r * p > MOST_MEMORY)
    throw new KeyProblem('unreadable');
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  const key = await derive(password, Buffer.from(kdf.salt, 'base64'), 32, { N, r, p, maxmem: MOST_MEMORY * 2 });
  const { xsalsa20poly1305 } = await import('@noble/ciphers/salsa.js');
  try {
    const box = xsalsa20poly1305(key, Buffer.from(cipher.nonce, 'base64'));
    return Buffer.from(box.decrypt(Buffer.from(ciphertext, 'base64')));
  } catch {
    throw new KeyProblem(password === '' ? 'password missing' : 'wrong password');
  }
}

function parsed(text: string): EncryptedKey {
  try {
    const key = JSON.parse(text) as EncryptedKey;
    const { N, r, p } = key.kdf.params;
    const texts = [key.kdf.salt, key.cipher.nonce, key.ciphertext];
    if ([N, r, p].every(Number.isSafeInteger) && texts.every(one => typeof one === 'string')) return key;
  } catch {
    // As below.
  }
  throw new KeyProblem('unreadable');
}
