/** Turns what was written over some layers into a layer of its own, or into nothing when nothing was written. */
import { readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../fs/remove-tree.js';
import { flattenLayers } from '../layers/flatten.js';
import { sha256 } from '../objects/digest.js';
import type { WritableTree } from '../store/overlays.js';
import type { EngineContext } from './context.js';

/** Chains deeper than this are merged: lookups get slower with each layer, and the kernel has a limit. */
const deepest = 64;

/** Writes a layer over `layers` through a mount and returns the layers of the result. A failure leaves nothing behind. */
export async function writeLayer(
  context: EngineContext,
  layers: readonly string[],
  write: (tree: WritableTree) => Promise<void>,
): Promise<readonly string[]> {
  const layer = context.store.newLayer();
  const tree = await context.overlays.writable(layers, layer.scratch);
  try {
    await write(tree);
    return await finishLayer(context, { layers, layer, tree, drop: [] });
  } finally {
    await tree.unmount();
    await removeTree(layer.scratch);
  }
}

export interface Written {
  readonly layers: readonly string[];
  readonly layer: { readonly id: string; readonly scratch: string };
  readonly tree: WritableTree;
  /** Directories of the layer that say nothing. */
  readonly drop: readonly string[];
}

/** Unmounts a written tree and keeps its layer; returns the layers of the result, lowest first. */
export async function finishLayer(
  context: EngineContext,
  { layers, layer, tree, drop }: Written,
): Promise<readonly string[]> {
  await tree.unmount();
  for (const path of drop) rmdirSync(join(tree.upper, path));
  if (readdirSync(tree.upper).length === 0 && tree.topAsBefore()) return layers;
  await context.store.addLayer(layer.id, tree.upper);
  return bounded(context, [...layers, layer.id]);
}

async function bounded(context: EngineContext, layers: readonly string[]): Promise<readonly string[]> {
  if (layers.length <= deepest) return layers;
  const id = sha256(layers.join(':')).slice(0, 16);
  const target = join(context.dirs.work, `${context.sessionId}-flat-${id}`);
  await flattenLayers(
    layers.map(l => join(context.dirs.layers, l)),
    target,
  );
  await context.store.addLayer(id, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await removeTree(target);
  });
  return [id];
}
