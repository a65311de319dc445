/** What is known of layers in a session: which are as they were when they were made. */
import { join } from 'node:path';
import * as z from 'zod';
import { sameSum, type TreeSum, treeSums } from '../fs/tree-sum.js';
import type { StateDirs } from './layout.js';
import type { Amount } from './state-limit.js';

/** By layer. */
export type LayerSums = Readonly<Record<string, TreeSum>>;

const count = z.number().int().nonnegative();
export const treeSumSchema = z.object({ entries: count, bytes: count, disk: count.exactOptional() });
export const layerSumsSchema = z.record(z.string(), treeSumSchema);

/** What a file takes on disk beyond its bytes, on the average: half a block. */
const slack = 2048;

/** What a layer takes on the disk by its sum. */
export const takenOnDisk = ({ bytes, entries, disk = bytes + entries * slack }: TreeSum): Amount => ({
  bytes: disk,
  entries,
});

export interface LayerBook {
  /** The sums of layers, taken now of those that this session has not looked at. */
  sums(layers: readonly string[]): Promise<LayerSums>;
  /** Those of the layers that are gone or not what these sums say. One that was found whole is not looked at again. */
  damaged(layers: readonly string[], sums: LayerSums): Promise<readonly string[]>;
  /** Forgets what was seen of a layer. */
  forget(layer: string): void;
}

/** Opens the book of a session. */
export function openLayerBook({ layers: dir }: Pick<StateDirs, 'layers'>): LayerBook {
  const seen = new Map<string, Promise<TreeSum>>();
  const look = (layers: readonly string[], expected: LayerSums): void => {
    const unseen = layers.filter(layer => !seen.has(layer));
    if (unseen.length === 0) return;
    const idOf = new Map(unseen.map(layer => [join(dir, layer), layer]));
    const looking = treeSums([...idOf.keys()], path => expected[idOf.get(path)!]?.entries);
    looking.catch(() => {
      for (const layer of unseen) seen.delete(layer);
    });
    for (const [path, layer] of idOf)
      seen.set(
        layer,
        looking.then(sums => sums.get(path)!),
      );
  };
  const sumsOf = async (layers: readonly string[], expected: LayerSums): Promise<LayerSums> => {
    look(layers, expected);
    return Object.fromEntries(await Promise.all(layers.map(async layer => [layer, await seen.get(layer)!] as const)));
  };
  return {
    sums: layers => sumsOf(layers, {}),
    async damaged(layers, sums) {
      const now = await sumsOf(layers, sums);
      const differ = layers.filter(layer => {
        const [is, was] = [now[layer]!, sums[layer]];
        // What an older version kept has no sum: that something is there is all that can be said of it.
        return is.entries === 0 || (was !== undefined && !sameSum(is, was));
      });
      for (const layer of differ) seen.delete(layer);
      return differ;
    },
    forget: layer => void seen.delete(layer),
  };
}
