/** Layers that stand on nothing: directories filled from elsewhere and kept. */
import { mkdirSync } from 'node:fs';
import { removeTree } from '../fs/remove-tree.js';
import type { SnapshotStore } from './snapshots.js';

async function inScratch(scratch: string, work: () => Promise<void>): Promise<void> {
  mkdirSync(scratch, { recursive: true, mode: 0o755 });
  try {
    await work();
  } finally {
    await removeTree(scratch);
  }
}

/**
 * Keeps what `fill` writes as a new layer; returns its id.
 * @param fill gets a directory to work in and returns the one to keep: that or one in it
 */
export async function keepFilled(
  store: Pick<SnapshotStore, 'newLayer' | 'addLayer'>,
  fill: (directory: string) => Promise<string>,
): Promise<string> {
  const { id, scratch } = store.newLayer();
  await inScratch(scratch, async () => store.addLayer(id, await fill(scratch)));
  return id;
}

/** The id of the layer that holds a content. */
export const contentLayer = (content: string): string => content.slice(0, 16);

/** Keeps what `fill` writes as the layer of a content, also where a session before or beside this one did. */
export async function keepByContent(
  store: Pick<SnapshotStore, 'newLayer' | 'addLayer'>,
  content: string,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  const { scratch } = store.newLayer();
  await inScratch(scratch, async () => {
    await fill(scratch);
    await store.addLayer(contentLayer(content), scratch);
  });
}
