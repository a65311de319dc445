/** The archive of an image, as engines write it (an OCI layout in a tar file), taken apart. */
import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { Descriptor, Manifest, StoredBlob } from './repository.js';

/** One platform's image: its manifest, and the blobs that this names. */
export interface ArchivedImage {
  readonly manifest: Manifest;
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string };
  readonly config: StoredBlob;
  /** Lowest first. */
  readonly layers: readonly ImageLayer[];
}

export interface ImageLayer extends StoredBlob {
  readonly diffId: string;
  /** Whether it is one of the image that this one is built on, where that is known. */
  readonly isOfBase?: boolean;
}

/**
 * Takes an archive with one image apart.
 * @param archive the tar file
 * @param directory what its blobs are laid in; made when missing
 * @returns the image; throws when the archive holds another number of images than one
 */
export async function readArchive(archive: string, directory: string): Promise<ArchivedImage> {
  await unpack(archive, directory);
  const blobPath = (digest: string) => join(directory, digest.replace(':', '-'));
  const json = async <T>(digest: string) => JSON.parse(await readFile(blobPath(digest), 'utf8')) as T;
  const index = JSON.parse(await readFile(join(directory, INDEX), 'utf8')) as { manifests: readonly Descriptor[] };
  const [entry, ...more] = index.manifests;
  if (entry === undefined || more.length > 0)
    throw new Error(`${archive} holds ${index.manifests.length} images, where one was expected`);
  const manifest = await json<{ config: Descriptor; layers: readonly Descriptor[] }>(entry.digest);
  const { config, layers } = manifest;
  const { os, architecture, variant, rootfs } = await json<
    ArchivedImage['platform'] & { rootfs: { diff_ids: readonly string[] } }
  >(config.digest);
  const blob = ({ digest, size }: Descriptor): StoredBlob => ({
    digest,
    size,
    open: () => openAsBlob(blobPath(digest)),
  });
  return {
    manifest: {
      mediaType: entry.mediaType,
      digest: entry.digest,
      size: entry.size,
      bytes: await readFile(blobPath(entry.digest)),
    },
    platform: { os, architecture, ...(variant !== undefined && { variant }) },
    config: blob(config),
    layers: layers.map((layer, at) => ({ ...blob(layer), diffId: rootfs.diff_ids[at]! })),
  };
}

const INDEX = 'index.json';

/** Lays the index and the blobs side by side; nothing else of an archive is written, whatever it names. */
async function unpack(archive: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const members = extract();
  const reading = pipeline(createReadStream(archive), members);
  for await (const member of members) {
    const [, digest] = /^(?:\.\/)?blobs\/sha256\/([0-9a-f]{64})$/.exec(member.header.name) ?? [];
    const isIndex = /^(?:\.\/)?index\.json$/.test(member.header.name);
    if (member.header.type === 'file' && (digest !== undefined || isIndex))
      await pipeline(member, createWriteStream(join(directory, isIndex ? INDEX : `sha256-${digest}`)));
    else member.resume();
  }
  await reading;
}
