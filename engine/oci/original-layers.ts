/** Layers of a pulled image as its registry has them, byte for byte and under its digests: an image storage keeps them unpacked alone. */
import { join } from 'node:path';
import { type BlobPlace, keepBlob, type LayerBlob } from './kept-blobs.js';
import { type PullOptions, platformFlags, storageName, storedName } from './pull.js';
import { RegistryError } from './registry-failure.js';
import { isLoopback, parseReference } from './registry-reference.js';
import { skopeo } from './skopeo.js';

/** A layer as the manifest of an image names it. */
export interface OriginalLayer extends Omit<LayerBlob, 'path' | 'compression'> {
  /** Undefined: of a kind that an image of ours cannot name. */
  readonly compression: LayerBlob['compression'] | undefined;
}

/** Where they are fetched to, and kept. */
export interface OriginalsPlace extends BlobPlace {
  /** An empty directory on the file system of the state. */
  readonly dir: string;
}

/** The name under which a layer is kept: whatever image has it, it is the same. */
export function originalName({ digest }: Pick<OriginalLayer, 'digest'>): string {
  return `${digest.slice('sha256:'.length)}.original`;
}

/**
 * The layers of an image in the storage as the registry that it came from has them, lowest first: what it was pulled by is kept there.
 * @param reference the whole name of the image, with its digest
 */
export async function originalLayers(reference: string, options: PullOptions): Promise<readonly OriginalLayer[]> {
  const name = storageName(storedName(reference, options.platform), options);
  const read = async <T>(...how: readonly string[]): Promise<T> => {
    const inspected = await skopeo('inspect', [...how, '--raw', name], { env: options.env ?? {} });
    if (!inspected.ok) throw new Error(`cannot read what ${reference} consists of: ${inspected.failure.reason}`);
    return JSON.parse(inspected.stdout.toString()) as T;
  };
  const { layers = [] } = await read<ManifestJson>();
  const { rootfs } = await read<{ readonly rootfs: { readonly diff_ids: readonly string[] } }>('--config');
  if (layers.length !== rootfs.diff_ids.length) return [];
  return layers.map(({ mediaType, digest, size }, at) => ({
    compression: compressionOf(mediaType),
    digest,
    size,
    diffId: rootfs.diff_ids[at]!,
  }));
}

/** What registries call a tar, by what it is compressed with; undefined for what is none that an image of ours can name. */
function compressionOf(mediaType: string): LayerBlob['compression'] | undefined {
  const [, named] = /\.tar(?:[.+](gzip|zstd))?$/.exec(mediaType) ?? [undefined, null];
  return named === null ? undefined : ((named as 'gzip' | 'zstd' | undefined) ?? 'none');
}

/**
 * Fetches layers of an image and keeps them.
 * @throws RegistryError
 */
export async function fetchOriginals(
  { reference, layers }: { readonly reference: string; readonly layers: readonly OriginalLayer[] },
  { platform, env = {}, signal }: Pick<PullOptions, 'platform' | 'env' | 'signal'>,
  { dir, ...place }: OriginalsPlace,
): Promise<void> {
  const tls = isLoopback(parseReference(reference)) ? ['--src-tls-verify=false'] : [];
  const args = ['--quiet', '--retry-times', '0', ...tls, `docker://${reference}`, `dir:${dir}`];
  const copied = await skopeo('copy', [...platformFlags(platform), ...args], { env, signal });
  if (!copied.ok)
    throw new RegistryError(`cannot read the layers of ${reference} as its registry has them`, copied.failure);
  const once = new Map(layers.map(layer => [layer.digest, layer]));
  for (const { compression, ...layer } of once.values()) {
    const path = join(dir, layer.digest.slice('sha256:'.length));
    if (compression !== undefined) await keepBlob(place, originalName(layer), { ...layer, compression, path });
  }
}

interface ManifestJson {
  readonly layers?: readonly { readonly mediaType: string; readonly digest: string; readonly size: number }[];
}
