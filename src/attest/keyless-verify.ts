/** Whether a signature without a key is one of somebody in particular, by a library and the roots that it is told to trust. */
import { createHash } from 'node:crypto';
import type { SerializedBundle } from '@sigstore/bundle';
import type { TrustMaterial } from '@sigstore/verify';
import type { DocumentLayer, ImageDocument } from './attachment.js';
import { CERTIFICATE, CHAIN, LOGGED } from './keyless.js';
import { isOfImage, SIGNATURE, SIMPLE_SIGNING, type SignedImage } from './signing.js';
import { IN_TOTO, type Statement } from './statement.js';

/** Who has to have signed, in cosign's words `--certificate-identity` and `--certificate-oidc-issuer`. */
export interface ExpectedSigner {
  /** Such as https://github.com/acme/shop/.github/workflows/publish.yml@refs/tags/v1.2.3 */
  readonly identity: string;
  /** Such as https://token.actions.githubusercontent.com */
  readonly issuer: string;
}

/** Somebody, and what proves that it is them. */
export interface TrustedSigner {
  readonly material: TrustMaterial;
  readonly signer: ExpectedSigner;
}

/**
 * What signatures are checked by: the authorities and logs of a trusted_root.json.
 * @param text of such a file; default: Sigstore's own, fetched and kept by the rules of TUF
 * Rejects when the text has none, or Sigstore's own cannot be fetched
 */
export async function trustMaterial(text?: string): Promise<TrustMaterial> {
  const { toTrustMaterial } = await import('@sigstore/verify');
  if (text === undefined) {
    const { getTrustedRoot } = await import('@sigstore/tuf');
    return toTrustMaterial(await getTrustedRoot());
  }
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  const material = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(text)));
  if (material.certificateAuthorities.length === 0 || material.tlogs.length === 0)
    throw new Error('there are no authorities and logs to trust');
  return material;
}

/** Whether one of the signatures in an attachment is by this signer, and of this image under this address. */
export async function isSignedKeyless(
  { layers }: ImageDocument,
  image: SignedImage,
  trusted: TrustedSigner,
): Promise<boolean> {
  for (const layer of layers) {
    if (layer.mediaType !== SIMPLE_SIGNING || layer.annotations[CERTIFICATE] === undefined) continue;
    if (isOfImage(layer.bytes, image) && (await verified(layer, trusted))) return true;
  }
  return false;
}

/** The statement in an attestation that this signer has signed; undefined where it has not. */
export async function statementSignedKeyless(
  layer: DocumentLayer,
  trusted: TrustedSigner,
): Promise<Statement | undefined> {
  if (layer.annotations[CERTIFICATE] === undefined || !(await verified(layer, trusted))) return undefined;
  const { payloadType, payload } = JSON.parse(Buffer.from(layer.bytes).toString()) as Readonly<Record<string, string>>;
  return payloadType === IN_TOTO ? (JSON.parse(Buffer.from(payload!, 'base64').toString()) as Statement) : undefined;
}

async function verified(layer: DocumentLayer, { material, signer }: TrustedSigner): Promise<boolean> {
  const { toSignedEntity, Verifier } = await import('@sigstore/verify');
  const { bundleFromJSON } = await import('@sigstore/bundle');
  // The library takes the identity for a pattern.
  const exact = `^${signer.identity.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}$`;
  try {
    const bundle = bundleFromJSON(bundleOf(layer));
    const entity = toSignedEntity(bundle, Buffer.from(layer.bytes));
    new Verifier(material).verify(entity, { subjectAlternativeName: exact, extensions: { issuer: signer.issuer } });
    return true;
  } catch {
    return false;
  }
}

/** What cosign has in annotations, in the one form that the library reads. */
function bundleOf({ bytes, annotations }: DocumentLayer): SerializedBundle {
  const { SignedEntryTimestamp, Payload } = JSON.parse(annotations[LOGGED]!) as {
    readonly SignedEntryTimestamp: string;
    readonly Payload: {
      readonly body: string;
      readonly integratedTime: number;
      readonly logIndex: number;
      readonly logID: string;
    };
  };
  const { kind, apiVersion } = JSON.parse(Buffer.from(Payload.body, 'base64').toString()) as {
    readonly kind: string;
    readonly apiVersion: string;
  };
  const pems = `${annotations[CERTIFICATE]}${annotations[CHAIN] ?? ''}`;
  const certificates = pems.split('-----BEGIN CERTIFICATE-----').slice(1);
  const rawBytes = (text: string) => text.replace('-----END CERTIFICATE-----', '').replaceAll(/\s/g, '');
  const signature = annotations[SIGNATURE];
  const content =
    signature === ''
      ? { dsseEnvelope: JSON.parse(Buffer.from(bytes).toString()) }
      : { messageSignature: { messageDigest: { algorithm: 'SHA2_256', digest: sha256(bytes) }, signature } };
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      x509CertificateChain: { certificates: certificates.map(text => ({ rawBytes: rawBytes(text) })) },
      tlogEntries: [
        {
          logIndex: `${Payload.logIndex}`,
          logId: { keyId: Buffer.from(Payload.logID, 'hex').toString('base64') },
          kindVersion: { kind, version: apiVersion },
          integratedTime: `${Payload.integratedTime}`,
          inclusionPromise: { signedEntryTimestamp: SignedEntryTimestamp },
          canonicalizedBody: Payload.body,
        },
      ],
    },
    ...content,
  } as unknown as SerializedBundle;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
