/** Layers of a pulled image as its registry has them, byte for byte and under its digests: an image storage keeps them unpacked alone. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobPlace, keepBlob } from './kept-blobs.js';
import { type PullOptions, platformFlags } from './pull.js';
import { RegistryError } from './registry-failure.js';
import { isLoopback, parseReference } from './registry-reference.js';
import { skopeo } from './skopeo.js';

export interface OriginalLayers {
  /** The whole name of the image, with its digest. */
  readonly reference: string;
  /** The names under which its layers are kept, lowest first. */
  readonly layers: readonly string[];
}

/** Where they are fetched to, and kept. */
export interface OriginalsPlace extends BlobPlace {
  /** An empty directory on the file system of the state. */
  readonly dir: string;
}

/** What registries call a tar that is compressed with gzip. */
const GZIP = /(?:\.tar\.gzip|\.tar\+gzip)$/;

/**
 * Fetches the layers of an image and keeps those that are compressed with gzip: no image of ours names another compression.
 * @throws RegistryError
 */
export async function fetchOriginals(
  { reference, layers: names }: OriginalLayers,
  { platform, env = {}, signal }: Pick<PullOptions, 'platform' | 'env' | 'signal'>,
  { dir, ...place }: OriginalsPlace,
): Promise<void> {
  const tls = isLoopback(parseReference(reference)) ? ['--src-tls-verify=false'] : [];
  const args = ['--quiet', '--retry-times', '0', ...tls, `docker://${reference}`, `dir:${dir}`];
  const copied = await skopeo('copy', [...platformFlags(platform), ...args], { env, signal });
  if (!copied.ok)
    throw new RegistryError(`cannot read the layers of ${reference} as its registry has them`, copied.failure);
  const fileOf = (digest: string) => join(dir, digest.slice('sha256:'.length));
  const json = async <T>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T;
  const { config, layers = [] } = await json<ManifestJson>(join(dir, 'manifest.json'));
  if (layers.length !== names.length) return;
  const { rootfs } = await json<{ readonly rootfs: { readonly diff_ids: readonly string[] } }>(fileOf(config.digest));
  // Many images have one blob several times: steps that leave no files leave the same one.
  const kept = new Map<string, string>();
  for (const [at, { mediaType, digest, size }] of layers.entries()) {
    if (!GZIP.test(mediaType)) continue;
    const blob = { digest, size, diffId: rootfs.diff_ids[at]!, path: kept.get(digest) ?? fileOf(digest) };
    kept.set(digest, (await keepBlob(place, names[at]!, blob)).path);
  }
}

interface ManifestJson {
  readonly config: { readonly digest: string };
  readonly layers?: readonly { readonly mediaType: string; readonly digest: string; readonly size: number }[];
}
