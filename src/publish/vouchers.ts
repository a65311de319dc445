/** Who has to have signed what is verified: whoever holds a key, or somebody whom an authority has certified. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { File } from '@dagger.io/dagger';
import type { DocumentLayer } from '../attest/attachment.js';
import {
  isSignedKeyless,
  statementSignedKeyless,
  type TrustedSigner,
  trustMaterial,
} from '../attest/keyless-verify.js';
import { DSSE, isSignedBy, type SignedImage, verifiedStatement } from '../attest/signing.js';
import type { Statement } from '../attest/statement.js';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';

/** As functions are told. */
export interface VoucherOptions {
  /** A public key. */
  readonly key: File | undefined;
  readonly certificateIdentity: string | undefined;
  readonly certificateOidcIssuer: string | undefined;
  /** A trusted_root.json. Default: that of Sigstore. */
  readonly trustedRoot: File | undefined;
}

/** Who has to have signed. */
export type Voucher =
  | { readonly kind: 'key'; readonly key: KeyObject }
  | ({ readonly kind: 'keyless' } & TrustedSigner);

/**
 * Opens what signatures are checked by; undefined: nobody has to have signed.
 * Rejects with a DiagnosticError when what was told is half of it, twice, or cannot be read
 */
export async function voucherOf(options: VoucherOptions): Promise<Voucher | undefined> {
  const { key, certificateIdentity: identity, certificateOidcIssuer: issuer, trustedRoot } = options;
  if (key !== undefined && (identity ?? issuer ?? trustedRoot) !== undefined) throw half('key as well');
  if (key !== undefined) return { kind: 'key', key: publicKeyIn(await key.contents()) };
  if (identity !== undefined && issuer !== undefined)
    return { kind: 'keyless', signer: { identity, issuer }, material: await rootsIn(trustedRoot) };
  if (identity !== undefined) throw half('no issuer');
  if (issuer !== undefined) throw half('no identity');
  if (trustedRoot !== undefined) throw half('roots alone');
  return undefined;
}

type Half = Parameters<typeof diagnose<'QS935'>>[1]['reason'];

function half(reason: Half): DiagnosticError {
  return new DiagnosticError([diagnose('QS935', { reason })]);
}

function publicKeyIn(text: string): KeyObject {
  try {
    return createPublicKey(text);
  } catch {
    throw new DiagnosticError([diagnose('QS933', {})]);
  }
}

async function rootsIn(file: File | undefined): Promise<TrustedSigner['material']> {
  const text = await file?.contents();
  try {
    return await trustMaterial(text);
  } catch (error) {
    if (text !== undefined) throw new DiagnosticError([diagnose('QS936', {})]);
    throw Object.assign(error as Error, { extensions: { _type: 'INFRASTRUCTURE' } });
  }
}

/** Whether a signature that is attached to an image is by whoever has to have signed. */
export async function isVouched(layer: DocumentLayer, image: SignedImage, voucher: Voucher): Promise<boolean> {
  const document = { artifactType: '', layers: [layer] };
  return voucher.kind === 'key' ? isSignedBy(document, image, voucher.key) : isSignedKeyless(document, image, voucher);
}

/** The statement in an attestation, as far as it counts: undefined where somebody has to have signed it and has not. */
export async function vouchedStatement(
  layer: DocumentLayer,
  voucher: Voucher | undefined,
): Promise<Statement | undefined> {
  if (layer.mediaType !== DSSE) return undefined;
  if (voucher?.kind === 'key') return verifiedStatement(Buffer.from(layer.bytes), voucher.key);
  if (voucher?.kind === 'keyless') return statementSignedKeyless(layer, voucher);
  const { payload } = JSON.parse(Buffer.from(layer.bytes).toString()) as { readonly payload: string };
  return JSON.parse(Buffer.from(payload, 'base64').toString()) as Statement;
}
