/**
 * Signatures as cosign makes and reads them, by a key, with what Node brings: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md,
 * attestations in the envelope of https://github.com/secure-systems-lab/dsse
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { ImageDocument } from './attachment.js';
import { IN_TOTO, type Statement, statementText } from './statement.js';

export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const DSSE = 'application/vnd.dsse.envelope.v1+json';
export const SIGNATURE = 'dev.cosignproject.cosign/signature';
/**
 * Which key has signed which bytes. Many signatures are another one each time: by this, what is there already is known, and not pushed again. It proves
 * nothing, and nobody who verifies asks for it.
 */
export const SIGNED = 'quayside.signed';

/** An image as a signature names it. */
export interface SignedImage {
  /** Its repository, without tag and digest: `ghcr.io/acme/shop`. */
  readonly address: string;
  /** Of its manifest or index: `sha256:…` */
  readonly digest: string;
}

/** Signs an image. The same key signs another way each time where its kind works with chance (ECDSA). */
export function signImage(
  image: SignedImage,
  key: KeyObject,
  optional: Readonly<Record<string, string>> = {},
): ImageDocument {
  const bytes = Buffer.from(signedText(image, optional));
  return {
    tagged: 'sig',
    artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json',
    layers: [
      {
        mediaType: SIMPLE_SIGNING,
        bytes,
        annotations: { [SIGNATURE]: signBytes(bytes, key).toString('base64'), [SIGNED]: markOf(bytes, key) },
      },
    ],
  };
}

/** What of an image is signed, under the name that cosign compares. */
export function signedText({ address, digest }: SignedImage, optional: Readonly<Record<string, string>>): string {
  return JSON.stringify({
    critical: {
      identity: { 'docker-reference': address },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: Object.keys(optional).length === 0 ? null : optional,
  });
}

/** Whether one of the signatures in an attachment is by a key, and of this image under this address. */
export function isSignedBy({ layers }: ImageDocument, image: SignedImage, publicKey: KeyObject): boolean {
  return layers.some(({ mediaType, bytes, annotations }) => {
    const signature = annotations[SIGNATURE];
    if (mediaType !== SIMPLE_SIGNING || signature === undefined) return false;
    if (!verifyBytes(bytes, publicKey, Buffer.from(signature, 'base64'))) return false;
    return isOfImage(bytes, image);
  });
}

/** Whether what was signed is this image under this address. */
export function isOfImage(bytes: Uint8Array, { address, digest }: SignedImage): boolean {
  const { image, identity } = JSON.parse(Buffer.from(bytes).toString()).critical;
  return image['docker-manifest-digest'] === digest && identity['docker-reference'] === address;
}

/** Signs statements about an image: attestations, as `cosign verify-attestation` reads them. */
export function signStatements(statements: readonly Statement[], key: KeyObject): ImageDocument {
  return {
    tagged: 'att',
    artifactType: DSSE,
    layers: statements.map(statement => ({
      mediaType: DSSE,
      bytes: Buffer.from(JSON.stringify(envelopeOf(statement, key))),
      annotations: {
        [SIGNATURE]: '',
        predicateType: statement.predicateType,
        [SIGNED]: markOf(Buffer.from(statementText(statement)), key),
      },
    })),
  };
}

function envelopeOf(statement: Statement, key: KeyObject) {
  const payload = Buffer.from(statementText(statement));
  const signature = signBytes(preAuthentication(IN_TOTO, payload), key);
  return {
    payloadType: IN_TOTO,
    payload: payload.toString('base64'),
    signatures: [{ keyid: '', sig: signature.toString('base64') }],
  };
}

/** The statement in an envelope that a key has signed; undefined where it has not. */
export function verifiedStatement(envelope: Uint8Array, publicKey: KeyObject): Statement | undefined {
  const { payloadType, payload, signatures } = JSON.parse(Buffer.from(envelope).toString()) as {
    readonly payloadType: string;
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
  const body = Buffer.from(payload, 'base64');
  const signed = preAuthentication(payloadType, body);
  const isSigned = signatures.some(({ sig }) => verifyBytes(signed, publicKey, Buffer.from(sig, 'base64')));
  return isSigned && payloadType === IN_TOTO ? (JSON.parse(body.toString()) as Statement) : undefined;
}

/** What of an envelope is signed: its type with it, so that none passes for one of another. */
export function preAuthentication(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

/** The public half of a key, as `cosign verify --key` takes it. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

function markOf(bytes: Uint8Array, key: KeyObject): string {
  const hex = (text: Uint8Array | string) => createHash('sha256').update(text).digest('hex');
  return `${hex(publicKeyText(key)).slice(0, 16)}:${hex(bytes)}`;
}

/** Ed25519 has its own hash. */
function algorithmOf(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

function signBytes(bytes: Uint8Array, key: KeyObject): Buffer {
  return sign(algorithmOf(key), bytes, key);
}

function verifyBytes(bytes: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  return verify(algorithmOf(key), bytes, key, signature);
}
