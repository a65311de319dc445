/** Which pulled image a layer of this session is of, and its bytes as the registry has them: images that are built on it share them. */
import { join } from 'node:path';
import { withTemporaryDirectory } from '../fs/temporary.js';
import { knownBlob, type LayerBlob } from '../oci/kept-blobs.js';
import { fetchOriginals, type OriginalLayer, originalLayers, originalName } from '../oci/original-layers.js';
import { remembered } from '../remembered.js';
import type { EngineContext } from '../solve/context.js';
import { whileDoing } from '../solve/steps.js';
import { storageOf } from './lookup.js';

/** An image of a registry. */
interface Origin {
  readonly reference: string;
  readonly platform: string;
  /** Lowest first. */
  readonly layers: readonly string[];
}

export interface PulledLayers {
  /** Says that layers of the state are those of an image. */
  note(origin: Origin): void;
  /**
   * The blob of a layer as its registry has it, fetched when it is asked for the first time: most images that are pulled are built on by nothing that is
   * published. Undefined: it is of no registry, or of a kind that only that knows.
   * @throws RegistryError
   */
  originalLayer(layer: string): Promise<LayerBlob | undefined>;
}

/** Opens what a session knows of pulled layers. */
export function openPulledLayers(context: EngineContext): PulledLayers {
  const { dirs, records, sessionId } = context;
  const place = { records, blobsDir: dirs.blobs };
  const origins = new Map<string, Origin>();
  const read = new Map<string, Promise<readonly OriginalLayer[]>>();
  const fetches = new Map<string, Promise<void>>();
  const fetch = ({ reference, platform }: Origin, layers: readonly OriginalLayer[]): Promise<void> =>
    whileDoing(context, `fetching the layers of ${reference}`, () =>
      withTemporaryDirectory(join(dirs.work, `${sessionId}-layers-`), dir =>
        fetchOriginals({ reference, layers }, storageOf(context, platform), { ...place, dir }),
      ),
    );
  return {
    note: origin => {
      for (const layer of origin.layers) origins.set(layer, origin);
    },
    async originalLayer(layer) {
      const origin = origins.get(layer);
      if (origin === undefined) return undefined;
      const name = `${origin.reference} ${origin.platform}`;
      const layers = await remembered(read, name, () =>
        originalLayers(origin.reference, storageOf(context, origin.platform)),
      );
      const original = layers.length === origin.layers.length ? layers[origin.layers.indexOf(layer)] : undefined;
      if (original?.compression === undefined) return undefined;
      const known = await knownBlob(place, originalName(original));
      if (known !== undefined) return known;
      await remembered(fetches, name, () => fetch(origin, layers));
      return knownBlob(place, originalName(original));
    },
  };
}
