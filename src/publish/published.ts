/** An image as a registry has it, with what is attached to it about where it comes from. */
import pMap from 'p-map';
import type { DocumentLayer } from '../attest/attachment.js';
import { DSSE, SIMPLE_SIGNING } from '../attest/signing.js';
import { IN_TOTO, type Statement } from '../attest/statement.js';
import { documentIn } from '../registry/documents.js';
import { RegistryFailure } from '../registry/failure.js';
import type { Descriptor, RepositoryClient, StoredBlob } from '../registry/repository.js';
import { layersOf } from '../registry/signed-layers.js';
import type { ComparedImage } from './differences.js';
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
  const what = `reading ${reference} of ${repository.address}`;
  const { manifests, annotations = {} } = documentIn('index', manifest.bytes, what);
  return manifests === undefined ? undefined : { digest: manifest.digest, annotations, entries: manifests };
}

/** The image of a platform, whose blobs are read when somebody asks. Throws when its manifest is not there. */
export async function readImage(
  repository: RepositoryClient,
  { digest: wanted }: Pick<IndexEntry, 'digest'>,
): Promise<ComparedImage> {
  const what = `reading ${wanted.slice(0, 19)} of ${repository.address}`;
  const manifest = await repository.manifest(wanted);
  if (manifest === undefined) throw new RegistryFailure('refused', `${what}: it is not there`);
  const { config, layers } = documentIn('image', manifest.bytes, what);
  const stored = ({ digest, size }: Descriptor): StoredBlob => ({
    digest,
    size,
    open: () => repository.blob({ digest, size }, LONGEST_LAYER),
  });
  return { config: stored(config), layers: layers.map(stored) };
}

/** The longest layer that is read to be compared. */
const LONGEST_LAYER = 2 ** 31;

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
  const what = `reading what is attached to ${repository.address}@${digest.slice(0, 19)}`;
  if (listed.length > MOST_ATTACHED)
    throw new RegistryFailure('refused', `${what}: there are ${listed.length} documents`);
  const manifests = await pMap(listed, ({ digest: one }) => repository.manifest(one), { concurrency: 6 });
  const layers = manifests.flatMap(manifest => (manifest === undefined ? [] : layersOf(manifest)));
  const read = layers.filter(({ mediaType }) => VOUCHING.includes(mediaType));
  if (read.length > MOST_ATTACHED) throw new RegistryFailure('refused', `${what}: there are ${read.length} documents`);
  const statements: Statement[] = [];
  let isSigned = false;
  for (const named of read) {
    const { mediaType, annotations = {} } = named;
    const layer = {
      mediaType,
      annotations,
      bytes: new Uint8Array(await (await repository.blob(named)).arrayBuffer()),
    };
    const statement = await readable(() => statementIn(layer, voucher));
    if (statement !== undefined && (await readable(async () => isAbout(statement, digest))) === true)
      statements.push(statement);
    const image = { address: repository.address, digest };
    isSigned ||= voucher !== undefined && (await readable(() => isVouched(layer, image, voucher))) === true;
  }
  return { statements, isSigned };
}

/** More than so many documents are in nobody's way but whoever reads them. */
const MOST_ATTACHED = 500;

/** What is read of what is attached. */
const VOUCHING: readonly string[] = [DSSE, IN_TOTO, SIMPLE_SIGNING];

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

function isAbout({ subject }: Statement, digest: string): boolean {
  return Array.isArray(subject) && subject.some(one => `sha256:${one?.digest?.sha256}` === digest);
}

function jsonOf<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
