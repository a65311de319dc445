/** Layers that stand on nothing: directories filled from elsewhere and kept. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../fs/remove-tree.js';
import type { StateDirs } from './layout.js';
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

/** Keeps what `fill` writes as a layer named by content, unless it is kept already; returns its id. */
export async function keepByContent(
  { store, dirs }: { readonly store: SnapshotStore; readonly dirs: Pick<StateDirs, 'layers'> },
  content: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const id = content.slice(0, 16);
  if (existsSync(join(dirs.layers, id))) return id;
  const { scratch } = store.newLayer();
  await inScratch(scratch, async () => {
    await fill(scratch);
    await store.addLayer(id, scratch).catch((error: NodeJS.ErrnoException) => {
      // Another session was first with the same content.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  });
  return id;
}
