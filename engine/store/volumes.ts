/** Cache volumes: directories that outlive results, used by one run at a time or by many. */
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { defined } from '../defined.js';
import type { Owner } from '../fs/owner.js';
import { removeTree } from '../fs/remove-tree.js';
import type { Mount, TreeRef } from '../objects/op.js';
import type { StateDirs } from './layout.js';
import { withLock } from './locks.js';
import type { RecordKind, Records } from './records.js';

/** What a volume is to whoever uses it: a cache, which commands can do without, or the data of a service, which nobody can make again. */
export type VolumePurpose = 'cache' | 'data';

/** A volume as a mount asks for it. */
export interface VolumeRequest {
  readonly key: string;
  readonly sharing: Extract<Mount, { kind: 'cache' }>['sharing'];
  readonly purpose: VolumePurpose;
  /** What it begins with. */
  readonly source: TreeRef | undefined;
  /** Writes that. */
  readonly fill: (directory: string) => Promise<void>;
  /** Whose the volume is to be. */
  readonly owner: Owner | undefined;
  /** Ends the wait for whoever has it. */
  readonly signal: AbortSignal;
}

/** A volume to be used until it is released. */
export interface TakenVolume {
  readonly directory: string;
  release(): Promise<void>;
}

export interface Volumes {
  /** Keeps users of a volume apart as its sharing says, PRIVATE as LOCKED like Dagger, and makes it when it is new. */
  take(request: VolumeRequest): Promise<TakenVolume>;
  /** The names of all that were taken. */
  readonly taken: ReadonlySet<string>;
}

/** What is known of a volume; the file's time says when it was last used. */
export const volumeRecord: RecordKind<{ readonly key: string; readonly purpose: VolumePurpose }> = {
  what: "a volume's description",
  schema: z.object({ key: z.string(), purpose: z.enum(['cache', 'data']) }),
};

export interface VolumesPlace {
  readonly dirs: Pick<StateDirs, 'caches' | 'locks' | 'volumes'>;
  readonly records: Records;
  /** Told of a cache before something is written to it. */
  readonly onWrite: (name: string) => Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

/** Opens the volumes for a session. */
export function openVolumes({ dirs, records, onWrite }: VolumesPlace): Volumes {
  const taken = new Set<string>();
  const describe = async (name: string, { key, purpose }: VolumeRequest): Promise<VolumePurpose> => {
    const file = join(dirs.volumes, `${name}.json`);
    const known = await records.read(volumeRecord, file);
    // What a service once kept there stays data, whoever else looks at it.
    const now = known?.purpose === 'data' ? 'data' : purpose;
    if (known?.purpose !== now) await records.write(volumeRecord, file, { key, purpose: now });
    else await utimes(file, new Date(), new Date());
    return now;
  };
  const make = async (directory: string, fill: VolumeRequest['fill']): Promise<void> => {
    if (existsSync(directory)) return;
    const scratch = records.scratch();
    mkdirSync(scratch, { mode: 0o755 });
    await fill(scratch);
    // Another user may have been first.
    await rename(scratch, directory).catch(() => removeTree(scratch));
    if (!existsSync(directory)) mkdirSync(directory, { mode: 0o755 });
  };
  return {
    taken,
    async take(request) {
      const { sharing, owner, signal } = request;
      const name = volumeName(request);
      const directory = join(dirs.caches, name);
      const release = sharing === 'SHARED' ? nothing : await hold(dirs.locks, `cache-${name}`, signal);
      try {
        if ((await describe(name, request)) === 'cache') await onWrite(name);
        taken.add(name);
        await make(directory, request.fill);
        if (owner) chownSync(directory, owner.uid, owner.gid);
        return { directory, release };
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
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

/** Takes a lock; returns how to let go of it. */
async function hold(locks: string, name: string, signal: AbortSignal): Promise<() => Promise<void>> {
  let letGo: () => void = () => undefined;
  const done = new Promise<void>(resolve => {
    letGo = resolve;
  });
  await new Promise<void>((resolve, reject) => {
    const held = async (): Promise<void> => {
      resolve();
      await done;
    };
    withLock(locks, name, held, signal).catch(reject);
  });
  return async () => letGo();
}
