/** Cache volumes: directories that outlive results, used by one run at a time or by many. */
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from '../fs/owner.js';
import type { Mount } from '../objects/op.js';
import type { StateDirs } from './layout.js';
import { withLock } from './locks.js';

/** A volume as a mount asks for it. */
export interface VolumeRequest {
  readonly key: string;
  readonly sharing: Extract<Mount, { kind: 'cache' }>['sharing'];
  /** Ends the name of a volume that is nobody else's. */
  readonly own: string;
  /** Ends the wait for whoever has it. */
  readonly signal: AbortSignal;
}

/** A volume to be used until it is released. */
export interface TakenVolume {
  readonly directory: string;
  release(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

/** Keeps users of a volume apart as its sharing says. */
export async function takeVolume(
  { caches, locks }: Pick<StateDirs, 'caches' | 'locks'>,
  { key, sharing, own, signal }: VolumeRequest,
): Promise<TakenVolume> {
  const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
  switch (sharing) {
    case 'SHARED':
      return { directory: join(caches, name), release: nothing };
    case 'PRIVATE':
      return { directory: join(caches, `${name}-${own}`), release: nothing };
    case 'LOCKED': {
      let release: () => void = () => undefined;
      const done = new Promise<void>(resolve => {
        release = resolve;
      });
      await new Promise<void>((resolve, reject) => {
        const held = async () => {
          resolve();
          await done;
        };
        withLock(locks, `cache-${name}`, held, signal).catch(reject);
      });
      return { directory: join(caches, name), release: async () => release() };
    }
  }
}

/** Makes the directory of a new volume, filled by `fill`; the volume belongs to the owner then. */
export async function openVolume(
  directory: string,
  fill: () => Promise<void>,
  owner: Owner | undefined,
): Promise<void> {
  if (!existsSync(directory)) {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    await fill();
  }
  if (owner) chownSync(directory, owner.uid, owner.gid);
}
