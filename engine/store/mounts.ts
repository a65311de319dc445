/** The overlay mounts of a session, each below a directory of its own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { type OverlayMount, overlayOptions } from '../fs/layers/mount.js';

export interface Mounter {
  /** Mounts and returns where. @throws InfrastructureError when the kernel refuses or the session ends */
  mount(what: OverlayMount): Promise<string>;
  /** Takes one down; once is enough. */
  unmount(target: string): Promise<void>;
  /** Takes all down; from then on there are no new ones. */
  closeAll(): Promise<void>;
}

/** Opens the mounts below `mountsDir`; paths of layers may be relative to `layersDir`. */
export function openMounter(layersDir: string, mountsDir: string): Mounter {
  const mounted = new Set<string>();
  let count = 0;
  let closed = false;

  const unmount = async (target: string): Promise<void> => {
    if (!mounted.delete(target)) return;
    await execa('umount', ['--lazy', target], { reject: false });
  };
  return {
    async mount(what) {
      if (closed) throw new InfrastructureError('the session is ending: nothing new is mounted');
      count += 1;
      const target = join(mountsDir, String(count));
      mkdirSync(target);
      const result = await execa('mount', ['-t', 'overlay', 'overlay', '-o', overlayOptions(what), target], {
        cwd: layersDir,
        // From 2.39 on, mount(8) uses fsconfig(2), which takes 255 bytes for one option.
        env: { LIBMOUNT_FORCE_MOUNT2: 'always' },
        reject: false,
      });
      if (result.exitCode !== 0)
        throw new InfrastructureError(`cannot mount an overlay on ${target}: ${result.stderr}`);
      mounted.add(target);
      if (closed) await unmount(target);
      return target;
    },
    unmount,
    async closeAll() {
      closed = true;
      await Promise.all([...mounted].map(unmount));
    },
  };
}
