/** Images whose bytes say what they are made of, and nothing of when and where they were built. */
import type { ArchivedImage, ImageLayer } from '../registry/layout.js';
import { descriptorOf, digestOf, type Manifest, type StoredBlob } from '../registry/repository.js';
import { settledLayer } from '../registry/rewritten-layer.js';
import { type OwnTimes, SETTLED_TIME } from '../registry/settled-layer.js';

/** How an image is settled. */
export interface Settling {
  /** What is written anew is laid there. */
  readonly directory: string;
  /** When the image was made, as RFC 3339 has it; absent: nobody knows, and 1980 is said. */
  readonly created: string | undefined;
  /** Where the times of files lie that have not the usual ones. */
  readonly ownTimes: OwnTimes;
  /** The image that it is built on, whose layers stay as they are. */
  readonly base: ArchivedImage;
}

interface ConfigJson {
  readonly rootfs: object;
  readonly history?: readonly HistoryEntry[];
}

interface HistoryEntry {
  readonly created?: string;
  readonly empty_layer?: boolean;
}

/** Writes what is new in an image anew, layers one after the other; what is settled already stays. */
export async function settledImage(
  image: ArchivedImage,
  { directory, created, ownTimes, base }: Settling,
): Promise<ArchivedImage> {
  const below = new Set(base.layers.map(({ digest }) => digest));
  const layers: ImageLayer[] = [];
  for (const layer of image.layers) {
    const isOfBase = below.has(layer.digest);
    layers.push(isOfBase ? { ...layer, isOfBase } : await settledLayer(layer, ownTimes, directory));
  }
  const time = new Date(created ?? SETTLED_TIME * 1000).toISOString().replace('.000Z', 'Z');
  const old = await jsonOf<ConfigJson>(image.config);
  const before = (await jsonOf<ConfigJson>(base.config)).history?.length ?? 0;
  const config = stored({
    ...old,
    created: time,
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: old.history?.map((entry, at) => (at < before ? entry : { ...entry, created: time })),
  });
  return { ...image, layers, config, manifest: manifestWith(image.manifest, config, layers) };
}

function manifestWith(
  { mediaType, bytes }: Manifest,
  config: StoredBlob,
  layers: readonly StoredBlob[],
): ArchivedImage['manifest'] {
  const old = JSON.parse(new TextDecoder().decode(bytes)) as {
    readonly config: object;
    readonly layers: readonly object[];
  };
  const said = ({ digest, size }: StoredBlob) => ({ digest, size });
  const written = new TextEncoder().encode(
    JSON.stringify({
      ...old,
      config: { ...old.config, ...said(config) },
      layers: old.layers.map((layer, at) => ({ ...layer, ...said(layers[at]!) })),
    }),
  );
  return { ...descriptorOf(mediaType, written), bytes: written };
}

async function jsonOf<T>({ open }: StoredBlob): Promise<T> {
  return JSON.parse(await (await open()).text()) as T;
}

function stored(content: object): StoredBlob {
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  return { digest: digestOf(bytes), size: bytes.length, open: async () => new Blob([bytes]) };
}
