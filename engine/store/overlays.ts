/** Overlay mounts of snapshots: read-only ones kept for the session, writable ones for as long as an operation runs. */
import { chmodSync, chownSync, mkdirSync, realpathSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { removeTree } from '../fs/remove-tree.js';
import { remembered } from '../remembered.js';
import type { StateDirs } from './layout.js';
import { openMounter } from './mounts.js';

export interface WritableTree {
  /** Where the tree is mounted. */
  readonly root: string;
  /** The layer being written. */
  readonly upper: string;
  /** Whether the top directory still has the mode and the owner it had. */
  topAsBefore(): boolean;
  unmount(): Promise<void>;
}

export interface Overlays {
  /** A directory that shows the layers and must not be written to. */
  view(layers: readonly string[]): Promise<string>;
  /** A writable mount over the layers; `scratch` gets the upper and work directories. */
  writable(layers: readonly string[], scratch: string): Promise<WritableTree>;
  /** Takes all mounts down; from then on there are no new ones. */
  closeAll(): Promise<void>;
}

/** Id of the empty layer that everything stands on when there is nothing else. */
const ground = 'empty';

/** Opens the mounts of a session below `mountsDir`. */
export function openOverlays(dirs: Pick<StateDirs, 'layers'>, mountsDir: string, rootless: boolean): Overlays {
  mkdirSync(mountsDir, { recursive: true });
  mkdirSync(join(dirs.layers, ground), { recursive: true, mode: 0o755 });
  const views = new Map<string, Promise<string>>();
  const mounter = openMounter(dirs.layers, mountsDir);

  return {
    view(layers) {
      if (layers.length <= 1) return Promise.resolve(realpathSync.native(join(dirs.layers, layers[0] ?? ground)));
      return remembered(views, layers.join(':'), () => mounter.mount({ lowers: layers, userxattr: rootless }));
    },
    async writable(layers, scratch) {
      const upper = join(scratch, 'fs');
      const work = join(scratch, 'work');
      mkdirSync(upper, { recursive: true });
      // The top directory of an overlay is that of its upper layer.
      const below = statSync(join(dirs.layers, layers.at(-1) ?? ground));
      chownSync(upper, below.uid, below.gid);
      chmodSync(upper, below.mode & 0o7777);
      utimesSync(upper, below.atime, below.mtime);
      mkdirSync(work);
      const lowers = layers.length === 0 ? [ground] : layers;
      const root = await mounter.mount({ lowers, writable: { upper, work }, userxattr: rootless });
      const topAsBefore = () => {
        const now = statSync(upper);
        return now.mode === below.mode && now.uid === below.uid && now.gid === below.gid;
      };
      return { root, upper, topAsBefore, unmount: () => mounter.unmount(root) };
    },
    async closeAll() {
      await mounter.closeAll();
      await removeTree(mountsDir);
    },
  };
}
