/** Turns what was written over some layers into a layer of its own, or into nothing when nothing was written. */
import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { flattenLayers } from '../fs/layers/flatten.js';
import { removeTree } from '../fs/remove-tree.js';
import type { StateDirs } from './layout.js';
import type { Overlays, WritableTree } from './overlays.js';
import type { SnapshotStore } from './snapshots.js';

/** What a session writes layers with. */
export interface LayerPlace {
  readonly dirs: Pick<StateDirs, 'layers'>;
  readonly store: SnapshotStore;
  readonly overlays: Overlays;
}

/** Chains deeper than this are merged: lookups get slower with each layer, and the kernel has a limit. */
const deepest = 64;

/** A layer being written over others. */
export interface OpenLayer {
  readonly id: string;
  /** What it is written over, lowest first. */
  readonly layers: readonly string[];
  readonly tree: WritableTree;
  /** Unmounts it and removes what was not kept of it. */
  release(): Promise<void>;
}

/** Mounts a new layer over `layers`; to be released in any case. */
export async function openLayer(context: LayerPlace, layers: readonly string[]): Promise<OpenLayer> {
  const { id, scratch } = context.store.newLayer();
  const tree = await context.overlays.writable(layers, scratch);
  return {
    id,
    layers,
    tree,
    async release() {
      await tree.unmount();
      await removeTree(scratch);
    },
  };
}

/** Writes a layer over `layers` through a mount and returns the layers of the result. A failure leaves nothing behind. */
export async function writeLayer(
  context: LayerPlace,
  layers: readonly string[],
  write: (tree: WritableTree) => Promise<void>,
): Promise<readonly string[]> {
  const layer = await openLayer(context, layers);
  try {
    await write(layer.tree);
    return await finishLayer(context, layer);
  } finally {
    await layer.release();
  }
}

/**
 * Unmounts a written tree and keeps its layer; returns the layers of the result, lowest first.
 * @param drop directories of the layer that say nothing
 */
export async function finishLayer(
  context: LayerPlace,
  { id, layers, tree }: OpenLayer,
  drop: readonly string[] = [],
): Promise<readonly string[]> {
  await tree.unmount();
  for (const path of drop) rmdirSync(join(tree.upper, path));
  if (readdirSync(tree.upper).length === 0 && tree.topAsBefore()) return layers;
  await context.store.addLayer(id, tree.upper);
  return bounded(context, [...layers, id]);
}

async function bounded(context: LayerPlace, layers: readonly string[]): Promise<readonly string[]> {
  if (layers.length <= deepest) return layers;
  const { id, scratch } = context.store.newLayer();
  await flattenLayers(
    layers.map(l => join(context.dirs.layers, l)),
    scratch,
  );
  await context.store.addLayer(id, scratch);
  return [id];
}
