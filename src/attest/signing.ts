/**
 * Signatures as cosign makes and reads them, by a key, with what Node brings: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md,
 * attestations in the envelope of https://github.com/secure-systems-lab/dsse
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { DocumentLayer, ImageDocument } from './attachment.js';
import { IN_TOTO, type Statement, statementText } from './statement.js';

export const SIMPLE_SIGNING = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const DSSE = 'application/vnd.dsse.envelope.v1+json';
export const SIGNATURE = 'dev.cosignproject.cosign/signature';
/**
 * Who has signed which bytes, by a name that says nothing of them. Many signatures are another one each time: by this, what may be there already is found.
 * It proves nothing, and nobody who verifies asks for it.
 */
export const SIGNED = 'quayside.signed';

/** An image as a signature names it. */
export interface SignedImage {
  /** Its repository, without tag and digest: `ghcr.io/acme/shop`. */
  readonly address: string;
  /** Of its manifest or index: `sha256:…` */
  readonly digest: string;
}

/**
 * Signs an image, unless the key has. The same key signs another way each time where its kind works with chance (ECDSA).
 * @param there signatures of it that a registry has
 */
export function signImage(
  image: SignedImage,
  key: KeyObject,
  optional: Readonly<Record<string, string>> = {},
  there: readonly DocumentLayer[] = [],
): ImageDocument {
  const bytes = Buffer.from(signedText(image, optional));
  const mark = signedMark(keyMark(key), bytes);
  const layer = signedAlready(there, { bytes, mark, keyOf: () => createPublicKey(key) }) ?? {
    mediaType: SIMPLE_SIGNING,
    bytes,
    annotations: { [SIGNATURE]: signBytes(bytes, key).toString('base64'), [SIGNED]: mark },
  };
  return signatureDocument(layer);
}

/** A signature as something that is attached. */
export function signatureDocument(layer: DocumentLayer): ImageDocument {
  return { tagged: 'sig', artifactType: 'application/vnd.dev.cosign.artifact.sig.v1+json', layers: [layer] };
}

/** Attestations as something that is attached. */
export function attestationsDocument(layers: readonly DocumentLayer[]): ImageDocument {
  return { tagged: 'att', artifactType: DSSE, layers };
}

/** Of what a registry has, that by which somebody has signed the same bytes already, where its signature holds under the key that it is said to be by. */
export function signedAlready(
  there: readonly DocumentLayer[],
  {
    bytes,
    mark,
    keyOf,
  }: { readonly bytes: Buffer; readonly mark: string; readonly keyOf: (layer: DocumentLayer) => KeyObject },
): DocumentLayer | undefined {
  const holds = (layer: DocumentLayer): boolean => {
    if (layer.mediaType === DSSE) return verifiedPayload(layer.bytes, keyOf(layer))?.equals(bytes) === true;
    return (
      bytes.equals(layer.bytes) &&
      verifyBytes(bytes, keyOf(layer), Buffer.from(layer.annotations[SIGNATURE] ?? '', 'base64'))
    );
  };
  return there.find(layer => {
    try {
      return layer.annotations[SIGNED] === mark && holds(layer);
    } catch {
      // Whoever may write to the registry may have put anything there.
      return false;
    }
  });
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

/**
 * Signs statements about an image, but those that the key has signed: attestations, as `cosign verify-attestation` reads them.
 * @param there attestations of it that a registry has
 */
export function signStatements(
  statements: readonly Statement[],
  key: KeyObject,
  there: readonly DocumentLayer[] = [],
): ImageDocument {
  const layers = statements.map(statement => {
    const bytes = Buffer.from(statementText(statement));
    const mark = signedMark(keyMark(key), bytes);
    return (
      signedAlready(there, { bytes, mark, keyOf: () => createPublicKey(key) }) ?? {
        mediaType: DSSE,
        bytes: Buffer.from(JSON.stringify(envelopeOf(bytes, key))),
        annotations: { [SIGNATURE]: '', predicateType: statement.predicateType, [SIGNED]: mark },
      }
    );
  });
  return attestationsDocument(layers);
}

function envelopeOf(payload: Buffer, key: KeyObject) {
  const signature = signBytes(preAuthentication(IN_TOTO, payload), key);
  return {
    payloadType: IN_TOTO,
    payload: payload.toString('base64'),
    signatures: [{ keyid: '', sig: signature.toString('base64') }],
  };
}

/** The statement in an envelope that a key has signed; undefined where it has not. */
export function verifiedStatement(envelope: Uint8Array, publicKey: KeyObject): Statement | undefined {
  const payload = verifiedPayload(envelope, publicKey);
  return payload && (JSON.parse(payload.toString()) as Statement);
}

function verifiedPayload(envelope: Uint8Array, publicKey: KeyObject): Buffer | undefined {
  const { payloadType, payload, signatures } = JSON.parse(Buffer.from(envelope).toString()) as {
    readonly payloadType: string;
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
  const body = Buffer.from(payload, 'base64');
  const signed = preAuthentication(payloadType, body);
  const isSigned = signatures.some(({ sig }) => verifyBytes(signed, publicKey, Buffer.from(sig, 'base64')));
  return isSigned && payloadType === IN_TOTO ? body : undefined;
}

/** What of an envelope is signed: its type with it, so that none passes for one of another. */
export function preAuthentication(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body]);
}

/** The public half of a key, as `cosign verify --key` takes it. */
export function publicKeyText(key: KeyObject): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

/** A name for a key, which says nothing of it. */
export function keyMark(key: KeyObject): string {
  return shortHash(publicKeyText(key));
}

/** A name for something, short enough to be read beside others. */
export function shortHash(text: string): string {
  return hex(text).slice(0, 16);
}

/** Says that whoever has a name has signed these bytes. */
export function signedMark(who: string, bytes: Uint8Array): string {
  return `${who}:${hex(bytes)}`;
}

function hex(text: Uint8Array | string): string {
  return createHash('sha256').update(text).digest('hex');
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
