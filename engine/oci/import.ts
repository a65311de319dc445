/** Images out of archives on this machine, into the storage that pulled ones lie in. */
import { mkdir } from 'node:fs/promises';
import { InfrastructureError, machineExtensions, SourceError } from '../errors.js';
import { withTemporaryDirectory } from '../fs/temporary.js';
import { withLock } from '../store/locks.js';
import { writeWantedImage } from './archive-image.js';
import { takeMembers } from './archive-members.js';
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

/** Where an archive is looked at before it counts: the start of the names of directories, and the bytes there are for it. */
export interface ArchiveRoom {
  readonly prefix: string;
  readonly room: number;
}

/**
 * Takes an image out of an archive, or finds it in the storage when it was taken before. The archive may come from anybody: what other programs
 * get to see is a layout that was made anew of those parts of it whose digests are right.
 * @throws SourceError when the file is no archive of an image, has none of that tag or platform, or is not what it says
 */
export async function importArchive(
  archive: ImageArchive,
  { prefix, room }: ArchiveRoom,
  options: PullOptions,
): Promise<Pick<PulledImage, 'layerDirs' | 'config'>> {
  const { path, content, tag } = archive;
  const name = storedName(`archive ${content} ${tag}`, options.platform);
  await mkdir(options.storageDir, { recursive: true });
  return withLock(options.storageDir, 'pull.lock', async () => {
    const stored = await inspectStored(name, options);
    if (stored !== undefined) return stored;
    await withTemporaryDirectory(prefix, async dir => {
      const layout = await takeMembers(path, { dir, room })
        .then(members => writeWantedImage(members, { tag, platform: options.platform }, { dir, room }))
        .catch(refuse);
      await store(layout, name, options);
    });
    const image = await inspectStored(name, options);
    if (image === undefined) throw new Error(`the image was imported but is not in the storage ${options.storageDir}`);
    return image;
  });
}

const failure = 'cannot import the image archive';

/** Reading fails by what the archive is, or because the machine has no room. */
function refuse(error: Error): never {
  if (machineExtensions(error) !== undefined)
    throw new InfrastructureError(`${failure}: ${error.message}`, { cause: error });
  throw new SourceError(`${failure}: ${error.message}`, { cause: error });
}

async function store(layout: string, name: string, options: PullOptions): Promise<void> {
  const args = [...platformFlags(options.platform), '--quiet', `oci:${layout}`, storageName(name, options)];
  const copied = await skopeo('copy', args, { env: options.env ?? {}, signal: options.signal });
  if (!copied.ok) throw new RegistryError(failure, copied.failure);
}
