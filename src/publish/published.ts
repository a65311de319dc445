/** An image as a registry has it, with what is attached to it about where it comes from. */
import type { KeyObject } from 'node:crypto';
import { isSignedBy, verifiedStatement } from '../attest/signing.js';
import { IN_TOTO, type Statement } from '../attest/statement.js';
import type { ArchivedImage } from '../registry/layout.js';
import type { Descriptor, Manifest, RepositoryClient, StoredBlob } from '../registry/repository.js';
import { layersOf, type SignedLayer } from '../registry/signed-layers.js';
import { type IndexEntry, platformName } from './documents.js';

/** What an index says of an image. */
export interface PublishedIndex {
  readonly digest: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly entries: readonly IndexEntry[];
}

/** Reads the index of a tag or digest; undefined: there is none, or it is no index, which is what `publish` writes. */
export async function readIndex(repository: RepositoryClient, reference: string): Promise<PublishedIndex | undefined> {
  const manifest = await repository.manifest(reference);
  if (manifest === undefined) return undefined;
  const { manifests, annotations = {} } = jsonOf<{
    manifests?: readonly IndexEntry[];
    annotations?: Readonly<Record<string, string>>;
  }>(manifest.bytes);
  return manifests === undefined ? undefined : { digest: manifest.digest, annotations, entries: manifests };
}

/** The image of a platform, whose blobs are read when somebody asks. Throws when its manifest is not there. */
export async function readImage(
  repository: RepositoryClient,
  entry: IndexEntry,
): Promise<Pick<ArchivedImage, 'manifest' | 'config' | 'layers'>> {
  const manifest = await manifestOf(repository, entry.digest);
  const { config, layers } = jsonOf<{ config: Descriptor; layers: readonly Descriptor[] }>(manifest.bytes);
  const stored = ({ digest, size }: Descriptor): StoredBlob => ({ digest, size, open: () => repository.blob(digest) });
  const { rootfs } = JSON.parse(await (await repository.blob(config.digest)).text()) as {
    readonly rootfs: { readonly diff_ids: readonly string[] };
  };
  return {
    manifest,
    config: stored(config),
    layers: layers.map((layer, at) => ({ ...stored(layer), diffId: rootfs.diff_ids[at]! })),
  };
}

/** The names of the platforms of an index. */
export function platformsOf({ entries }: Pick<PublishedIndex, 'entries'>): readonly string[] {
  return entries.map(({ platform }) => platformName(platform));
}

/** What vouches for an image: statements about it, as far as they count, and whether it is signed itself. */
export interface Vouched {
  readonly statements: readonly Statement[];
  readonly isSigned: boolean;
}

/**
 * Reads what is attached to an image.
 * @param key the public key that has to have signed it; absent: what nobody has signed counts as well, and no signature is looked at
 */
export async function readVouched(
  repository: RepositoryClient,
  digest: string,
  key: KeyObject | undefined,
): Promise<Vouched> {
  const listed = await repository.referrers(digest);
  const manifests = await Promise.all(listed.map(({ digest: one }) => repository.manifest(one)));
  const layers = manifests.flatMap(manifest => (manifest === undefined ? [] : layersOf(manifest)));
  const statements: Statement[] = [];
  let isSigned = false;
  for (const layer of layers) {
    const bytes = new Uint8Array(await (await repository.blob(layer.digest)).arrayBuffer());
    const statement = readable(() => statementIn(layer, bytes, key));
    if (statement !== undefined && isAbout(statement, digest)) statements.push(statement);
    const document = { artifactType: '', layers: [{ ...layer, bytes, annotations: layer.annotations ?? {} }] };
    const image = { address: repository.address, digest };
    isSigned ||= key !== undefined && readable(() => isSignedBy(document, image, key)) === true;
  }
  return { statements, isSigned };
}

/** What somebody else attached may be anything. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function statementIn({ mediaType }: SignedLayer, bytes: Uint8Array, key: KeyObject | undefined): Statement | undefined {
  if (mediaType === 'application/vnd.dsse.envelope.v1+json') {
    if (key !== undefined) return verifiedStatement(bytes, key);
    return jsonOf<Statement>(Buffer.from(jsonOf<{ payload: string }>(bytes).payload, 'base64'));
  }
  return mediaType === IN_TOTO && key === undefined ? jsonOf<Statement>(bytes) : undefined;
}

function isAbout({ subject }: Statement, digest: string): boolean {
  return Array.isArray(subject) && subject.some(one => `sha256:${one?.digest?.sha256}` === digest);
}

async function manifestOf(repository: RepositoryClient, digest: string): Promise<Manifest> {
  const manifest = await repository.manifest(digest);
  if (manifest?.digest !== digest) throw new Error(`${repository.address} has no manifest ${digest}`);
  return manifest;
}

function jsonOf<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
