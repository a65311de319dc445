/** An image as a registry has it, with what is attached to it about where it comes from. */
import type { DocumentLayer } from '../attest/attachment.js';
import { IN_TOTO, type Statement } from '../attest/statement.js';
import type { ArchivedImage } from '../registry/layout.js';
import type { Descriptor, Manifest, RepositoryClient, StoredBlob } from '../registry/repository.js';
import { layersOf } from '../registry/signed-layers.js';
import { type IndexEntry, platformName } from './documents.js';
import { isVouched, type Voucher, vouchedStatement } from './vouchers.js';

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
 * @param voucher who has to have signed it; absent: what nobody has signed counts as well, and no signature is looked at
 */
export async function readVouched(
  repository: RepositoryClient,
  digest: string,
  voucher: Voucher | undefined,
): Promise<Vouched> {
  const listed = await repository.referrers(digest);
  const manifests = await Promise.all(listed.map(({ digest: one }) => repository.manifest(one)));
  const described = manifests.flatMap(manifest => (manifest === undefined ? [] : layersOf(manifest)));
  const statements: Statement[] = [];
  let isSigned = false;
  for (const { mediaType, digest: blob, annotations = {} } of described) {
    const layer = { mediaType, bytes: await bytesOf(repository, blob), annotations };
    const statement = await readable(() => statementIn(layer, voucher));
    if (statement !== undefined && isAbout(statement, digest)) statements.push(statement);
    const image = { address: repository.address, digest };
    isSigned ||= voucher !== undefined && (await readable(() => isVouched(layer, image, voucher))) === true;
  }
  return { statements, isSigned };
}

/** What somebody else attached may be anything. */
async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

async function statementIn(layer: DocumentLayer, voucher: Voucher | undefined): Promise<Statement | undefined> {
  const isBare = layer.mediaType === IN_TOTO && voucher === undefined;
  return isBare ? jsonOf<Statement>(layer.bytes) : vouchedStatement(layer, voucher);
}

async function bytesOf(repository: RepositoryClient, digest: string): Promise<Uint8Array> {
  return new Uint8Array(await (await repository.blob(digest)).arrayBuffer());
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
