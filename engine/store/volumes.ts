/** Cache volumes: directories that outlive results, used by one run at a time or by many. */
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defined } from '../defined.js';
import type { Owner } from '../fs/owner.js';
import type { Mount, TreeRef } from '../objects/op.js';
import type { StateDirs } from './layout.js';
import { withLock } from './locks.js';

type CacheMount = Extract<Mount, { kind: 'cache' }>;

/** A volume as a mount asks for it. */
export interface VolumeRequest extends Pick<CacheMount, 'key' | 'sharing'> {
  /** What it begins with. */
  readonly source: TreeRef | undefined;
  readonly owner: Owner | undefined;
  /** Ends the wait for whoever has it. */
  readonly signal: AbortSignal;
}

/** A volume to be used until it is released. */
export interface TakenVolume {
  readonly directory: string;
  release(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

/** Keeps users of a volume apart as its sharing says: PRIVATE is served like LOCKED, as in Dagger. */
export async function takeVolume(
  { caches, locks }: Pick<StateDirs, 'caches' | 'locks'>,
  request: VolumeRequest,
): Promise<TakenVolume> {
  const name = volumeName(request);
  const directory = join(caches, name);
  if (request.sharing === 'SHARED') return { directory, release: nothing };
  let release: () => void = () => undefined;
  const done = new Promise<void>(resolve => {
    release = resolve;
  });
  await new Promise<void>((resolve, reject) => {
    const held = async () => {
      resolve();
      await done;
    };
    withLock(locks, `cache-${name}`, held, request.signal).catch(reject);
  });
  return { directory, release: async () => release() };
}

/** In Dagger, how a volume is shared, who owns it and what it begins with make it another one. */
function volumeName({ key, sharing, source, owner }: VolumeRequest): string {
  const special = defined({
    sharing: sharing === 'SHARED' ? undefined : sharing,
    source: source && [source.op.digest, source.path],
    owner,
  });
  const identity = Object.keys(special).length === 0 ? key : JSON.stringify({ key, ...special });
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
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
