/** Results of operations on disk: which layers make up a tree, and what a process printed. Written once, read by key. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { StateDirs } from './layout.js';
import { contentHash, type RecordKind, type Records } from './records.js';

/** What a process left besides files. */
export interface ExecOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly combined: string;
  /** Layers of each mounted directory afterwards, by path. */
  readonly mounts: Readonly<Record<string, readonly string[]>>;
}

/** A file tree: layer ids, lowest first. */
export interface Snapshot {
  readonly key: string;
  readonly layers: readonly string[];
  readonly exec?: ExecOutcome;
}

export interface SnapshotStore {
  /** The result stored under a key, if all its layers are still there. */
  get(key: string): Promise<Snapshot | undefined>;
  put(snapshot: Snapshot): Promise<Snapshot>;
  /** A new layer id and a private directory to make the layer in. */
  newLayer(): { readonly id: string; readonly scratch: string };
  /** Moves a finished layer directory in place under its id. */
  addLayer(id: string, dir: string): Promise<void>;
  /** Makes a directory elsewhere known as a layer. */
  linkLayer(id: string, dir: string): Promise<void>;
  /** Remembers a content hash under a name. */
  remember(name: string, hash: string): Promise<void>;
  recall(name: string): Promise<string | undefined>;
}

const layerIds = z.array(z.string().regex(/^[0-9a-f]{16}$/));

/** A result as it is kept. */
export const snapshotRecord: RecordKind<Snapshot> = {
  what: 'a result',
  schema: z.object({
    key: z.string(),
    layers: layerIds,
    exec: z
      .object({
        exitCode: z.number(),
        stdout: z.string(),
        stderr: z.string(),
        combined: z.string(),
        mounts: z.record(z.string(), layerIds),
      })
      .exactOptional(),
  }),
};

/** Opens the store of a session; `session` names its unfinished layers. */
export function openSnapshots(dirs: StateDirs, session: string, records: Records): SnapshotStore {
  const file = (key: string) => join(dirs.snapshots, `${key}.json`);
  const hashFile = (name: string) => join(dirs.hashes, `${name}.json`);
  return {
    async get(key) {
      const snapshot = await records.read(snapshotRecord, file(key));
      if (snapshot?.key !== key) return undefined;
      if (!snapshot.layers.every(layer => existsSync(join(dirs.layers, layer)))) return undefined;
      const now = new Date();
      // A prune may have taken it meanwhile.
      await utimes(file(key), now, now).catch(() => undefined);
      return snapshot;
    },
    async put(snapshot) {
      await records.write(snapshotRecord, file(snapshot.key), snapshot);
      return snapshot;
    },
    newLayer() {
      const id = randomBytes(8).toString('hex');
      return { id, scratch: join(dirs.work, `${session}-${id}`) };
    },
    addLayer: (id, dir) => rename(dir, join(dirs.layers, id)),
    linkLayer: async (id, dir) => {
      await symlink(dir, join(dirs.layers, id)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    },
    remember: (name, hash) => records.write(contentHash, hashFile(name), hash),
    recall: name => records.read(contentHash, hashFile(name)),
  };
}
