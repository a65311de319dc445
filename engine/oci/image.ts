/** Config, manifest and index of an image, and the OCI layout that holds them. Same input, same bytes. */
import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ImageConfig, type Platform, sortedRecord, toConfigJson } from './image-config.js';
import type { LayerBlob } from './kept-blobs.js';

/** Docker's media types hold the same documents; Podman honours a health check only there. */
export type MediaTypes = 'oci' | 'docker';

/** One platform's image. */
export interface PlatformImage {
  readonly platform: Platform;
  readonly config: ImageConfig;
  /** Lowest first. */
  readonly layers: readonly Omit<LayerBlob, 'path'>[];
}

export interface ImageOptions {
  /** Seconds since 1970, as in SOURCE_DATE_EPOCH. Default 0. */
  readonly created?: number;
  /** Set on each manifest and, for several platforms, on the index, which is what registries show. OCI media types only. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default oci. */
  readonly mediaTypes?: MediaTypes;
}

/** A JSON document of an image, by its digest. */
export interface ImageDocument {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly bytes: Buffer;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: Platform;
}

const MEDIA = {
  oci: {
    config: 'application/vnd.oci.image.config.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    index: 'application/vnd.oci.image.index.v1+json',
    layer: {
      gzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
      zstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
      none: 'application/vnd.oci.image.layer.v1.tar',
    },
  },
  docker: {
    config: 'application/vnd.docker.container.image.v1+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    // Docker's own have one name; with another compression, engines take this.
    layer: {
      gzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
      zstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
      none: 'application/vnd.docker.image.rootfs.diff.tar',
    },
  },
} as const;

/** Reads SOURCE_DATE_EPOCH from the environment given. Undefined when unset; throws when it is not a number of seconds. */
export function sourceDateEpoch(env: Readonly<Record<string, string | undefined>>): number | undefined {
  const text = env.SOURCE_DATE_EPOCH;
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw new Error(`SOURCE_DATE_EPOCH must be seconds since 1970, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** Makes the config and the manifest of one platform's image. */
export function imageDocuments(
  image: PlatformImage,
  options: ImageOptions = {},
): { config: ImageDocument; manifest: ImageDocument } {
  const { created = 0, annotations, mediaTypes = 'oci' } = options;
  const media = MEDIA[mediaTypes];
  const time = new Date(created * 1000).toISOString().replace('.000Z', 'Z');
  const { os, architecture, variant } = image.platform;
  // Undefined keys are not written. Docker's own images for arm64 say which, though there is one alone.
  const config = document(media.config, {
    created: time,
    architecture,
    variant: variant ?? (architecture === 'arm64' ? 'v8' : undefined),
    os,
    config: toConfigJson(image.config),
    rootfs: { type: 'layers', diff_ids: image.layers.map(layer => layer.diffId) },
    history: image.layers.map(() => ({ created: time, created_by: 'quayside' })),
  });
  const manifest = document(media.manifest, {
    schemaVersion: 2,
    mediaType: media.manifest,
    config: descriptor(config),
    layers: image.layers.map(({ compression, digest, size }) => ({
      mediaType: media.layer[compression],
      digest,
      size,
    })),
    ...annotationField(annotations, mediaTypes),
  });
  return { config, manifest };
}

/** Makes the index over several platforms' manifests, in the order given. */
export function indexDocument(
  manifests: readonly (ImageDocument & { readonly platform: Platform })[],
  options: ImageOptions = {},
): ImageDocument {
  const mediaTypes = options.mediaTypes ?? 'oci';
  return document(MEDIA[mediaTypes].index, {
    schemaVersion: 2,
    mediaType: MEDIA[mediaTypes].index,
    manifests: manifests.map(manifest => ({ ...descriptor(manifest), platform: platformJson(manifest.platform) })),
    ...annotationField(options.annotations, mediaTypes),
  });
}

export interface LayoutOptions extends ImageOptions {
  /** Empty or missing directory. */
  readonly dir: string;
  /** One image, or one for each platform. */
  readonly images: readonly [WritableImage, ...WritableImage[]];
}

/** A platform's image with its layer blobs on disk. */
export interface WritableImage extends PlatformImage {
  readonly layers: readonly LayerBlob[];
}

/**
 * Writes an OCI layout: an index for several platforms, a plain manifest for one; with one, what `docker load` of any version reads
 * (manifest.json) lies beside it, as BuildKit writes it. Layer blobs are hard links where possible.
 * Fails when two images are for the same platform or a blob is missing.
 * @returns the digest under which a registry will know it
 */
export async function writeOciLayout(options: LayoutOptions): Promise<string> {
  const { dir, images } = options;
  const platforms = images.map(image => formatPlatform(image.platform));
  const twice = platforms.find((platform, i) => platforms.indexOf(platform) !== i);
  if (twice !== undefined) throw new Error(`an image cannot hold two variants for ${twice}`);

  const blobs = join(dir, 'blobs', 'sha256');
  await mkdir(blobs, { recursive: true });
  const written = [];
  for (const image of images) {
    for (const layer of image.layers) await placeBlob(layer.path, join(blobs, hex(layer.digest)));
    const { config, manifest } = imageDocuments(image, options);
    for (const { digest, bytes } of [config, manifest]) await writeFile(join(blobs, hex(digest)), bytes);
    written.push({ ...manifest, platform: image.platform, config, layers: image.layers });
  }
  const [only] = written as [(typeof written)[number]];
  const index = written.length > 1 ? indexDocument(written, options) : undefined;
  if (index !== undefined) await writeFile(join(blobs, hex(index.digest)), index.bytes);
  const entry = index ? descriptor(index) : { ...descriptor(only), platform: platformJson(only.platform) };
  await writeFile(join(dir, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  if (index === undefined) await writeFile(join(dir, 'manifest.json'), dockerManifest(only.config, only.layers));
  await writeFile(
    join(dir, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: MEDIA.oci.index, manifests: [entry] }),
  );
  return entry.digest;
}

/** `linux/arm64/v8`. */
function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** What an archive of `docker save` says of its one image, by paths in it. */
function dockerManifest(config: ImageDocument, layers: readonly LayerBlob[]): string {
  const path = ({ digest }: { readonly digest: string }) => `blobs/sha256/${hex(digest)}`;
  return JSON.stringify([{ Config: path(config), RepoTags: null, Layers: layers.map(path) }]);
}

function annotationField(annotations: Readonly<Record<string, string>> | undefined, mediaTypes: MediaTypes) {
  if (mediaTypes === 'docker' || annotations === undefined || Object.keys(annotations).length === 0) return {};
  return { annotations: sortedRecord(annotations) };
}

function platformJson({ os, architecture, variant }: Platform) {
  return { architecture, os, variant };
}

function document(mediaType: string, content: object): ImageDocument {
  const bytes = Buffer.from(JSON.stringify(content));
  return { mediaType, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.length, bytes };
}

function descriptor({ mediaType, digest, size }: ImageDocument): Descriptor {
  return { mediaType, digest, size };
}

function hex(digest: string): string {
  return digest.slice('sha256:'.length);
}

async function placeBlob(from: string, to: string): Promise<void> {
  await link(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return;
    if (error.code !== 'EXDEV' && error.code !== 'EMLINK' && error.code !== 'EPERM') throw error;
    await copyFile(from, to);
  });
}
