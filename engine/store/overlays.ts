/** Overlay mounts of snapshots: read-only ones kept for the session, writable ones for as long as an operation runs. */
import { chmodSync, chownSync, mkdirSync, realpathSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { removeTree } from '../fs/remove-tree.js';
import { type OverlayMount, overlayOptions } from '../layers/mount.js';
import type { StateDirs } from './layout.js';

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
  const mounted = new Set<string>();
  let count = 0;
  let closed = false;

  const mount = async (what: OverlayMount): Promise<string> => {
    if (closed) throw new InfrastructureError('the session is ending: nothing new is mounted');
    count += 1;
    const target = join(mountsDir, String(count));
    mkdirSync(target);
    const result = await execa('mount', ['-t', 'overlay', 'overlay', '-o', overlayOptions(what), target], {
      cwd: dirs.layers,
      // From 2.39 on, mount(8) uses fsconfig(2), which takes 255 bytes for one option.
      env: { LIBMOUNT_FORCE_MOUNT2: 'always' },
      reject: false,
    });
    if (result.exitCode !== 0) throw new InfrastructureError(`cannot mount an overlay on ${target}: ${result.stderr}`);
    mounted.add(target);
    if (closed) await unmount(target);
    return target;
  };
  const unmount = async (target: string): Promise<void> => {
    if (!mounted.delete(target)) return;
    await execa('umount', ['--lazy', target], { reject: false });
  };
  const lowers = (layers: readonly string[]) => (layers.length === 0 ? [ground] : layers);

  return {
    view(layers) {
      const name = layers.join(':');
      let view = views.get(name);
      if (view === undefined) {
        view =
          layers.length <= 1
            ? Promise.resolve(realpathSync(join(dirs.layers, layers[0] ?? ground)))
            : mount({ lowers: layers, userxattr: rootless });
        views.set(name, view);
        view.catch(() => views.delete(name));
      }
      return view;
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
      const root = await mount({ lowers: lowers(layers), writable: { upper, work }, userxattr: rootless });
      const topAsBefore = () => {
        const now = statSync(upper);
        return now.mode === below.mode && now.uid === below.uid && now.gid === below.gid;
      };
      return { root, upper, topAsBefore, unmount: () => unmount(root) };
    },
    async closeAll() {
      closed = true;
      await Promise.all([...mounted].map(unmount));
      await removeTree(mountsDir);
    },
  };
}
