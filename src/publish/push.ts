/** The order in which images reach a registry: whoever pulls a tag, at whatever moment, gets all of an image. */
import pMap from 'p-map';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { type Artifact, attach } from '../registry/artifact.js';
import type { ArchivedImage, ImageLayer } from '../registry/layout.js';
import type { BlobFate, Descriptor, Manifest, RepositoryClient, StoredBlob } from '../registry/repository.js';
import { imageIndex, platformName } from './documents.js';
import type { PublishedAttachment, PublishedImage, PublishedPlatform } from './publication.js';
import type { ImageTag } from './tags.js';

/** An image for several platforms, and where it goes. */
export interface Shipment {
  readonly component: string;
  readonly repository: RepositoryClient;
  /** The name of a repository of the same registry that may have a blob of it. */
  readonly besideOf: (blob: ImageBlob) => string | undefined;
  readonly platforms: readonly ArchivedImage[];
  readonly annotations: Readonly<Record<string, string>>;
  /** What is attached to the image of a platform, and to the index. */
  readonly attached: (subject: Subject) => Promise<readonly Attachment[]>;
}

/** A layer, or the configuration. */
export type ImageBlob = StoredBlob & Pick<ImageLayer, 'isOfBase'>;

/** What something is attached to: the image of one platform, or the index over all. */
export interface Subject extends Descriptor {
  readonly platform?: string;
}

/** An artifact, and what people call it. */
export interface Attachment extends Artifact {
  readonly name: string;
}

/** Uploads at once. */
const AT_ONCE = 6;

/**
 * Pushes images: blobs and manifests of all by their digests, then indexes and what is attached, then the tags that stay, and those that move last.
 * @returns what was there and what was sent; throws a DiagnosticError, with nothing pushed, when a tag that stays has other content, and a
 * RegistryFailure when the registry does not take something
 */
export async function push(shipments: readonly Shipment[], tags: readonly ImageTag[]): Promise<PublishedImage[]> {
  const shipped = shipments.map(shipment => ({ shipment, index: indexOf(shipment) }));
  const before = await Promise.all(shipped.map(one => tagsThere(one, tags)));
  refuseTaken(shipped, before, tags);
  const platforms: PublishedPlatform[][] = [];
  // One after the other: what a registry has from the first it takes over for the next.
  for (const { shipment } of shipped) platforms.push(await pushPlatforms(shipment));
  const attached: PublishedAttachment[][] = [];
  for (const { shipment, index } of shipped) {
    const isThere = (await shipment.repository.manifest(index.digest)) !== undefined;
    if (!isThere) await shipment.repository.pushManifest(index);
    attached.push(await attachAll(shipment, index));
  }
  const ordered = [...tags.filter(({ moving }) => !moving), ...tags.filter(({ moving }) => moving)];
  for (const { name } of ordered) {
    for (const [at, { shipment, index }] of shipped.entries()) {
      if (before[at]!.get(name) !== index.digest) await shipment.repository.pushManifest(index, name);
    }
  }
  return shipped.map(({ shipment: { component, repository }, index: { digest } }, at) => ({
    component,
    address: repository.address,
    digest,
    platforms: platforms[at]!,
    attached: attached[at]!,
    tags: tags.map(tag => ({ ...tag, fate: before[at]!.get(tag.name) === digest ? 'there' : 'written' })),
  }));
}

interface Shipped {
  readonly shipment: Shipment;
  readonly index: Manifest;
}

/** Attaches what belongs to an image, before a tag leads to it. */
async function attachAll(shipment: Shipment, index: Descriptor): Promise<PublishedAttachment[]> {
  const images = shipment.platforms.map(({ manifest, platform }) => ({
    ...manifest,
    platform: platformName(platform),
  }));
  const done: PublishedAttachment[] = [];
  // One after the other: where the list of them is a tag, each adds to it.
  for (const subject of [...images, index]) {
    for (const { name, ...artifact } of await shipment.attached(subject))
      done.push({ name, subject: subject.digest, ...(await attach(shipment.repository, artifact, subject)) });
  }
  return done;
}

function indexOf({ platforms, annotations }: Shipment): Manifest {
  const entries = platforms.map(({ manifest: { mediaType, digest, size }, platform }) => ({
    mediaType,
    digest,
    size,
    platform,
  }));
  return imageIndex(entries, annotations);
}

/** What the tags lead to now, by name. */
async function tagsThere({ shipment }: Shipped, tags: readonly ImageTag[]): Promise<ReadonlyMap<string, string>> {
  const found = await pMap(tags, async ({ name }) => [name, await shipment.repository.manifest(name)] as const, {
    concurrency: AT_ONCE,
  });
  return new Map(found.flatMap(([name, manifest]) => (manifest === undefined ? [] : [[name, manifest.digest]])));
}

function refuseTaken(
  shipped: readonly Shipped[],
  before: readonly ReadonlyMap<string, string>[],
  tags: readonly ImageTag[],
): void {
  const taken = shipped.flatMap(({ shipment: { repository }, index: { digest: built } }, at) =>
    tags.flatMap(({ name: tag, moving }) => {
      const there = before[at]!.get(tag);
      if (moving || there === undefined || there === built) return [];
      return [diagnose('QS906', { image: repository.address, tag, there, built })];
    }),
  );
  if (taken.length > 0) throw new DiagnosticError(taken);
}

async function pushPlatforms(shipment: Shipment): Promise<PublishedPlatform[]> {
  const fates = await pushBlobs(shipment);
  return Promise.all(
    shipment.platforms.map(async ({ platform, manifest, layers }) => {
      const { repository } = shipment;
      if ((await repository.manifest(manifest.digest)) === undefined) await repository.pushManifest(manifest);
      const count = (fate: BlobFate) => layers.filter(({ digest }) => fates.get(digest) === fate).length;
      const bytes = (blobs: typeof layers) => blobs.reduce((sum, { size }) => sum + size, 0);
      return {
        platform: platformName(platform),
        digest: manifest.digest,
        size: bytes(layers),
        layers: { there: count('there'), mounted: count('mounted'), pushed: count('pushed') },
        sent: bytes(layers.filter(({ digest }) => fates.get(digest) === 'pushed')),
      };
    }),
  );
}

/** Sees to it that all blobs of an image are there, each once; returns what became of each. */
async function pushBlobs({ platforms, repository, besideOf }: Shipment): Promise<ReadonlyMap<string, BlobFate>> {
  const blobs: readonly ImageBlob[] = platforms.flatMap(({ config, layers }) => [config, ...layers]);
  const once = [...new Map(blobs.map(blob => [blob.digest, blob])).values()];
  // The largest first: nothing waits for it at the end.
  const ordered = once.toSorted((a, b) => b.size - a.size);
  const fates = await pMap(
    ordered,
    async blob => [blob.digest, await repository.pushBlob(blob, besideOf(blob))] as const,
    { concurrency: AT_ONCE },
  );
  return new Map(fates);
}
