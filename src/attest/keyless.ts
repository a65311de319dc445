/**
 * Signatures without a key of one's own: a key that lives as long as it signs, whose certificate says who had a token, and a line in a public log. As
 * cosign makes and reads them: https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
 */
import { X509Certificate } from 'node:crypto';
import type { SerializedBundle } from '@sigstore/bundle';
import type { DocumentLayer, ImageDocument } from './attachment.js';
import {
  attestationsDocument,
  DSSE,
  SIGNATURE,
  SIGNED,
  SIMPLE_SIGNING,
  type SignedImage,
  shortHash,
  signatureDocument,
  signedAlready,
  signedMark,
  signedText,
} from './signing.js';
import { IN_TOTO, type Statement, statementText } from './statement.js';

export const CERTIFICATE = 'dev.sigstore.cosign/certificate';
export const CHAIN = 'dev.sigstore.cosign/chain';
export const LOGGED = 'dev.sigstore.cosign/bundle';

/** Who signs, and by whom that is certified and written down. */
export interface KeylessOptions {
  /** A token of OpenID Connect for the audience `sigstore`. */
  readonly token: string;
  /** Gives another one of the same for each signature; absent: that one is for all. Those of a workflow of GitHub end after minutes, which building may take. */
  readonly renew?: (() => Promise<string | undefined>) | undefined;
  /** The authority for certificates. Default: that of Sigstore. */
  readonly fulcioUrl?: string | undefined;
  /** The log. Default: that of Sigstore. */
  readonly rekorUrl?: string | undefined;
}

/** Signs as whoever a token says. */
export interface KeylessSigner {
  readonly kind: 'keyless';
  /** A name for whoever signs, which says nothing of them. */
  readonly mark: string;
  signBytes(bytes: Buffer): Promise<SerializedBundle>;
  signEnvelope(bytes: Buffer): Promise<SerializedBundle>;
}

/** Thrown when a token is none, or nobody certifies it or writes it down. Its message has nothing of the token. */
export class KeylessProblem extends Error {
  readonly reason: 'no token' | 'refused' | 'unreachable';
  constructor(reason: KeylessProblem['reason'], message: string) {
    super(message);
    this.name = 'KeylessProblem';
    this.reason = reason;
  }
}

/** The token that a workflow of GitHub is given on request, or that stands in SIGSTORE_ID_TOKEN (`id_tokens` of GitLab); undefined: there is none. */
export async function ambientToken(): Promise<string | undefined> {
  const { CIContextProvider } = await import('@sigstore/sign');
  return new CIContextProvider('sigstore').getToken().catch(() => undefined);
}

/** Opens a signer; nothing is asked of anybody before it signs. Rejects with a KeylessProblem when the token is none. */
export async function keylessSigner({
  token: first,
  renew,
  fulcioUrl,
  rekorUrl,
}: KeylessOptions): Promise<KeylessSigner> {
  const mark = markOf(first);
  let token = first;
  const { DSSEBundleBuilder, FulcioSigner, MessageSignatureBundleBuilder, RekorWitness } = await import(
    '@sigstore/sign'
  );
  const { bundleToJSON } = await import('@sigstore/bundle');
  const parts = () => ({
    signer: new FulcioSigner({
      identityProvider: {
        getToken: async () => {
          token = (await renew?.()) ?? token;
          return token;
        },
      },
      ...(fulcioUrl !== undefined && { fulcioBaseURL: fulcioUrl }),
    }),
    witnesses: [new RekorWitness(rekorUrl === undefined ? {} : { rekorBaseURL: rekorUrl })],
  });
  const told = async (signing: Promise<Parameters<typeof bundleToJSON>[0]>): Promise<SerializedBundle> => {
    try {
      return bundleToJSON(await signing);
    } catch (error) {
      throw problemOf(error, token);
    }
  };
  return {
    kind: 'keyless',
    mark,
    signBytes: bytes => told(new MessageSignatureBundleBuilder(parts()).create({ data: bytes })),
    signEnvelope: bytes =>
      told(new DSSEBundleBuilder({ ...parts(), certificateChain: true }).create({ data: bytes, type: IN_TOTO })),
  };
}

/** An answer that says no is told apart from none. */
function problemOf(error: unknown, token: string): KeylessProblem {
  const causes: Error[] = [];
  for (let link = error; link instanceof Error && !causes.includes(link); link = link.cause) causes.push(link);
  const status = causes.map(link => (link as { statusCode?: number }).statusCode).find(code => code !== undefined);
  const isRefused = status !== undefined && status >= 400 && status < 500 && status !== 429;
  const said = causes.map(({ message }) => message).join(': ');
  return new KeylessProblem(isRefused ? 'refused' : 'unreachable', said.replaceAll(token, '***'));
}

/**
 * What a certificate may name its holder by beside `iss` and `sub`, which several workflows of one repository share:
 * https://github.com/sigstore/fulcio/blob/main/config/identity/config.yaml
 */
const NAMED_BY = ['email', 'job_workflow_ref', 'ci_config_ref_uri'];

/** By who a token is of, not by its bytes: it is another one each time. */
function markOf(token: string): string {
  try {
    const claims: Readonly<Record<string, unknown>> = JSON.parse(
      Buffer.from(token.split('.')[1]!, 'base64url').toString(),
    );
    const { iss, sub } = claims;
    const names = NAMED_BY.map(name => claims[name]).filter(name => typeof name === 'string');
    if (typeof iss === 'string' && typeof sub === 'string') return shortHash([iss, sub, ...names].join(' '));
  } catch {
    // As below.
  }
  throw new KeylessProblem('no token', 'what was given is no token of OpenID Connect');
}

/**
 * Signs an image, under the name that cosign compares, unless the same somebody has: each signature stays in a log.
 * @param there signatures of it that a registry has
 */
export async function signImageKeyless(
  image: SignedImage,
  signer: KeylessSigner,
  there: readonly DocumentLayer[] = [],
): Promise<ImageDocument> {
  const bytes = Buffer.from(signedText(image, {}));
  const mark = signedMark(signer.mark, bytes);
  const before = signedAlready(there, { bytes, mark, keyOf: certifiedKey });
  if (before !== undefined) return signatureDocument(before);
  const bundle = await signer.signBytes(bytes);
  const annotations = {
    [SIGNATURE]: bundle.messageSignature!.signature,
    [SIGNED]: mark,
    ...annotationsOf(bundle),
  };
  return signatureDocument({ mediaType: SIMPLE_SIGNING, bytes, annotations });
}

/**
 * Signs statements about an image, but those that the same somebody has signed: attestations.
 * @param there attestations of it that a registry has
 */
export async function signStatementsKeyless(
  statements: readonly Statement[],
  signer: KeylessSigner,
  there: readonly DocumentLayer[] = [],
): Promise<ImageDocument> {
  const layers: DocumentLayer[] = [];
  for (const statement of statements) layers.push(await attestation(statement, signer, there));
  return attestationsDocument(layers);
}

async function attestation(
  statement: Statement,
  signer: KeylessSigner,
  there: readonly DocumentLayer[],
): Promise<DocumentLayer> {
  const bytes = Buffer.from(statementText(statement));
  const mark = signedMark(signer.mark, bytes);
  const before = signedAlready(there, { bytes, mark, keyOf: certifiedKey });
  if (before !== undefined) return before;
  const bundle = await signer.signEnvelope(bytes);
  const annotations = {
    [SIGNATURE]: '',
    predicateType: statement.predicateType,
    [SIGNED]: mark,
    ...annotationsOf(bundle),
  };
  return { mediaType: DSSE, bytes: Buffer.from(JSON.stringify(bundle.dsseEnvelope)), annotations };
}

/** The key that a certificate beside a signature is for. Who certified it is asked by whoever verifies. Throws where the log's line is missing. */
function certifiedKey({ annotations }: DocumentLayer) {
  if (annotations[LOGGED] === undefined) throw new Error('the log has no line of it');
  return new X509Certificate(annotations[CERTIFICATE]!).publicKey;
}

/** The certificate and the line of the log, as cosign has them beside a signature. */
function annotationsOf({ verificationMaterial }: SerializedBundle): Readonly<Record<string, string>> {
  const { certificate, x509CertificateChain, tlogEntries } = verificationMaterial as unknown as {
    readonly certificate?: { readonly rawBytes: string };
    readonly x509CertificateChain?: { readonly certificates: readonly { readonly rawBytes: string }[] };
    readonly tlogEntries: readonly LogEntry[];
  };
  const [leaf, ...chain] = certificate === undefined ? x509CertificateChain!.certificates : [certificate];
  const entry = tlogEntries[0]!;
  const logged = {
    SignedEntryTimestamp: entry.inclusionPromise?.signedEntryTimestamp,
    Payload: {
      body: entry.canonicalizedBody,
      integratedTime: Number(entry.integratedTime),
      logIndex: Number(entry.logIndex),
      logID: Buffer.from(entry.logId.keyId, 'base64').toString('hex'),
    },
  };
  return {
    [CERTIFICATE]: pem(leaf!.rawBytes),
    ...(chain.length > 0 && { [CHAIN]: chain.map(({ rawBytes }) => pem(rawBytes)).join('') }),
    [LOGGED]: JSON.stringify(logged),
  };
}

interface LogEntry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly integratedTime: string;
  readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
  readonly canonicalizedBody: string;
}

function pem(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`;
}
