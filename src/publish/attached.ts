/** What is attached to the images of an app before a tag leads to them: what they consist of, where they come from, who vouches for that. */
import type { KeyObject } from 'node:crypto';
import type { Secret } from '@dagger.io/dagger';
import { type ImageDocument, sbomDocument, unsignedStatement } from '../attest/attachment.js';
import {
  ambientToken,
  KeylessProblem,
  type KeylessSigner,
  keylessSigner,
  signImageKeyless,
  signStatementsKeyless,
} from '../attest/keyless.js';
import { KeyProblem, readPrivateKey } from '../attest/private-key.js';
import { provenanceStatement } from '../attest/provenance.js';
import { keyMark, signImage, signStatements } from '../attest/signing.js';
import { digestSet, type Statement, sbomStatement } from '../attest/statement.js';
import type { App } from '../dagger/app.js';
import type { BuiltImage } from '../dagger/archives.js';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { planDigest } from '../plan/json.js';
import type { AppImage } from '../plan/look-up.js';
import { signedThere } from '../registry/artifact.js';
import type { RepositoryClient } from '../registry/repository.js';
import { materialsOf, partsOf, sbomText } from '../sbom.js';
import type { Attachment, Shipment, Subject } from './push.js';
import { releaseOf, type SourceState } from './tags.js';

/** What is wanted beside the images. */
export interface AttachOptions {
  readonly sbom: boolean;
  readonly provenance: boolean;
  readonly signKey: Secret | undefined;
  readonly signPassword: Secret | undefined;
  /** Whether whoever a token names signs, without a key. */
  readonly keyless: boolean;
  /** That token; none: the one that the machine of a workflow has. */
  readonly identityToken: Secret | undefined;
  readonly fulcioUrl: string | undefined;
  readonly rekorUrl: string | undefined;
  /** URI of who builds. */
  readonly builder: string | undefined;
}

/** An image that things are attached to, built for each platform. */
export interface AttachedImage {
  readonly app: App;
  readonly image: AppImage;
  readonly built: readonly BuiltImage[];
  /** Where it goes. */
  readonly repository: RepositoryClient;
}

/** How it is published. */
export interface Attaching {
  readonly attach: AttachOptions;
  readonly state: SourceState;
  readonly signer: ImageSigner | undefined;
  readonly tags: readonly string[];
  readonly platforms: readonly string[];
  readonly component: string | undefined;
}

/** What signs: a key, or whoever a token names. */
export type ImageSigner = { readonly kind: 'key'; readonly key: KeyObject } | KeylessSigner;

/** What signs, before anything is built; undefined: nothing is signed. Rejects with a DiagnosticError when it cannot be used. */
export async function signerOf(options: AttachOptions): Promise<ImageSigner | undefined> {
  const { signKey, signPassword, keyless, identityToken } = options;
  const isKeyless = keyless || identityToken !== undefined;
  if (isKeyless && signKey !== undefined) throw new DiagnosticError([diagnose('QS926', { reason: 'key as well' })]);
  if (isKeyless) return explained(openKeyless(options));
  if (signKey === undefined) return undefined;
  try {
    return { kind: 'key', key: await readPrivateKey(await signKey.plaintext(), await signPassword?.plaintext()) };
  } catch (error) {
    if (error instanceof KeyProblem) throw new DiagnosticError([diagnose('QS921', { reason: error.reason })]);
    throw error;
  }
}

async function openKeyless({ identityToken, fulcioUrl, rekorUrl }: AttachOptions): Promise<KeylessSigner> {
  const given = await identityToken?.plaintext();
  const token = given ?? (await ambientToken());
  if (token === undefined) throw new KeylessProblem('no token', 'there is no token');
  const renew = given === undefined ? ambientToken : undefined;
  return keylessSigner({ token: token.trim(), renew, fulcioUrl, rekorUrl });
}

/** What becomes of a problem: somebody's to put right, or the machine's. */
async function explained<T>(signing: Promise<T>): Promise<T> {
  try {
    return await signing;
  } catch (error) {
    if (!(error instanceof KeylessProblem)) throw error;
    const { reason, message } = error;
    if (reason === 'no token') throw new DiagnosticError([diagnose('QS926', { reason })]);
    if (reason === 'refused') throw new DiagnosticError([diagnose('QS926', { reason, said: message })]);
    throw Object.assign(error, { extensions: { _type: 'INFRASTRUCTURE' } });
  }
}

/**
 * Says what is attached to an image: to that of each platform what it consists of, to the index where all of it comes from, and to each a signature
 * where something signs.
 */
export function attachedTo(image: AttachedImage, how: Attaching): Shipment['attached'] {
  const seen: string[] = [];
  return async subject => {
    seen.push(subject.digest);
    const named = { name: image.repository.address, digest: digestSet(subject.digest) };
    const isIndex = subject.platform === undefined;
    const list = isIndex || !how.attach.sbom ? undefined : await listOf(image, how, subject);
    const origin = isIndex && how.attach.provenance ? await originOf(image, how, seen.toReversed()) : undefined;
    const statements = [
      ...(origin === undefined ? [] : [origin]),
      ...(list === undefined ? [] : [sbomStatement([named], 'cyclonedx', list)]),
    ];
    return [
      ...(list === undefined ? [] : [called('SBOM', sbomDocument(list, 'application/vnd.cyclonedx+json'))]),
      ...(how.signer === undefined
        ? statements.filter(one => one === origin).map(one => called('provenance', unsignedStatement(one)))
        : await signed(image.repository, subject, { statements, signer: how.signer })),
    ];
  };
}

async function signed(
  repository: RepositoryClient,
  subject: Subject,
  { statements, signer }: { readonly statements: readonly Statement[]; readonly signer: ImageSigner },
): Promise<readonly Attachment[]> {
  const image = { address: repository.address, digest: subject.digest };
  const who = signer.kind === 'key' ? keyMark(signer.key) : signer.mark;
  const said = await signedThere(repository, subject, { tagged: 'att', who });
  const before = await signedThere(repository, subject, { tagged: 'sig', who });
  const [attested, signature] =
    signer.kind === 'key'
      ? [signStatements(statements, signer.key, said), signImage(image, signer.key, {}, before)]
      : [
          await explained(signStatementsKeyless(statements, signer, said)),
          await explained(signImageKeyless(image, signer, before)),
        ];
  const attestations = statements.length === 0 ? [] : [called('attestations', attested)];
  return [...attestations, called('signature', signature)];
}

const called = (name: string, document: ImageDocument): Attachment => ({ name, ...document });

async function listOf(
  { image, built, repository: { address } }: AttachedImage,
  { state }: Attaching,
  { platform, digest }: Subject,
): Promise<string> {
  const one = built.find(candidate => candidate.platform === platform);
  if (one === undefined) throw new Error(`no image was built for ${platform}`);
  const parts = await partsOf(one.app, image.stage, one.container);
  const { created } = state;
  return sbomText(parts, 'cyclonedx', {
    name: image.name,
    platform: one.platform,
    digest,
    address,
    version: releaseOf(state),
    created,
  });
}

/** Where an image comes from: its index and the images of all platforms. */
async function originOf(
  { app, image, repository: { address } }: AttachedImage,
  { state, attach, tags, platforms, component }: Attaching,
  digests: readonly string[],
): Promise<Statement> {
  return provenanceStatement({
    subjects: digests.map(digest => ({ name: address, digest })),
    source: { url: state.url, revision: state.revision, ref: state.ref },
    plan: `sha256:${planDigest(app.plan)}`,
    call: { name: 'publish', arguments: { address, tags, platforms, component } },
    materials: await materialsOf(app, image.stage),
    builder: { id: attach.builder },
  });
}
