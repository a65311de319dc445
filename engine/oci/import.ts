/** Images out of archives on this machine, into the storage that pulled ones lie in. */
import { mkdir } from 'node:fs/promises';
import { withLock } from '../store/locks.js';
import { inspectStored, type PulledImage, type PullOptions, platformFlags, storageName, storedName } from './pull.js';
import { RegistryError } from './registry-failure.js';
import { skopeo } from './skopeo.js';

export interface ImageArchive {
  readonly path: string;
  /** Names what is in it: a digest of the file. */
  readonly content: string;
  /** Which of several images is meant; empty for the only one. */
  readonly tag: string;
}

/** The kinds of archives that there are: as OCI has them, and as `docker save` writes them. */
const transports = ['oci-archive', 'docker-archive'] as const;

/**
 * Takes an image out of an archive, or finds it in the storage when it was taken before.
 * @throws Error when the file is no archive of an image, or has none of that tag or platform
 */
export async function importArchive(
  { path, content, tag }: ImageArchive,
  options: PullOptions,
): Promise<Pick<PulledImage, 'layerDirs' | 'config'>> {
  const name = storedName(`archive ${content} ${tag}`, options.platform);
  await mkdir(options.storageDir, { recursive: true });
  return withLock(options.storageDir, 'pull.lock', async () => {
    const stored = await inspectStored(name, options);
    if (stored !== undefined) return stored;
    for (const transport of transports) {
      const source = `${transport}:${path}${tag === '' ? '' : `:${tag}`}`;
      const args = [...platformFlags(options.platform), '--quiet', source, storageName(name, options)];
      const copied = await skopeo('copy', args, { env: options.env ?? {}, signal: options.signal });
      if (copied.ok) break;
      if (transport === transports.at(-1)) throw new RegistryError('cannot import the image archive', copied.failure);
    }
    const image = await inspectStored(name, options);
    if (image === undefined) throw new Error(`the image was imported but is not in the storage ${options.storageDir}`);
    return image;
  });
}
