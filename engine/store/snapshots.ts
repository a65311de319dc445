/** Results of operations on disk: which layers make up a tree, and what a process printed. Written once, read by key. */
import { randomBytes } from 'node:crypto';
import { lstat, rename, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { sameSum, treeSums } from '../fs/tree-sum.js';
import { openBatches } from './batches.js';
import { type LayerSums, layerSumsSchema, openLayerBook, takenOnDisk } from './layer-sums.js';
import type { StateDirs } from './layout.js';
import { contentHash, type RecordKind, type Records } from './records.js';
import type { SessionNotes } from './session-notes.js';
import type { Amount } from './state-limit.js';
import { syncFileSystem } from './sync.js';

/** What a process left besides files. */
export interface ExecOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly combined: string;
  /** Layers of each mounted directory afterwards, by path. */
  readonly mounts: Readonly<Record<string, readonly string[]>>;
}

/** What an operation makes. */
export interface Made {
  /** Of its file tree, lowest first. */
  readonly layers: readonly string[];
  readonly exec?: ExecOutcome;
}

export interface Snapshot extends Made {
  readonly key: string;
  /** The keys of the results that it was made of. Who finds it need not look for those, and yet they are in use. */
  readonly madeOf?: readonly string[];
}

export interface SnapshotStore {
  /** The result stored under a key, if all its layers are there as they were made. A damaged layer is taken away. */
  get(key: string): Promise<Snapshot | undefined>;
  /**
   * Takes a result, which counts in this session at once. Its record is written when the bytes of its layers are on disk: after a power cut no
   * record tells of layers that are not there.
   */
  put(snapshot: Snapshot): Snapshot;
  /** What this session added to the state so far, at the most. */
  added(): Amount;
  /** Waits until the record of a result that was taken is written, or cannot be. */
  kept(key: string): Promise<void>;
  /** The same for all results. */
  settled(): Promise<void>;
  /** A new layer id and a private directory to make the layer in. */
  newLayer(): { readonly id: string; readonly scratch: string };
  /** Moves a finished layer directory in place under its id. One of this id that is there and whole stays, one that is damaged goes. */
  addLayer(id: string, dir: string): Promise<void>;
  /** Makes a directory elsewhere known as a layer. */
  linkLayer(id: string, dir: string): Promise<void>;
  /** Whether a layer is such a directory elsewhere, and so was not made here. */
  isLinked(id: string): Promise<boolean>;
  /** Remembers a content hash under a name. */
  remember(name: string, hash: string): Promise<void>;
  recall(name: string): Promise<string | undefined>;
}

/** A result as it is kept: with what tells whether its layers are whole. */
interface StoredSnapshot extends Snapshot {
  readonly sums?: LayerSums;
}

const layerIds = z.array(z.string().regex(/^[0-9a-f]{16}$/));

/** The record of a result. */
export const snapshotRecord: RecordKind<StoredSnapshot> = {
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
    madeOf: z.array(z.string()).exactOptional(),
    sums: layerSumsSchema.exactOptional(),
  }),
};

/** All layers that a result needs, those of directories that were mounted included. */
export function layersOf({ layers, exec }: Snapshot): readonly string[] {
  return [...new Set([...layers, ...Object.values(exec?.mounts ?? {}).flat()])];
}

export interface SnapshotPlace {
  readonly dirs: Pick<StateDirs, 'layers' | 'snapshots' | 'hashes'>;
  readonly records: Records;
  readonly notes: Pick<SessionNotes, 'use'>;
  readonly notice: (text: string) => void;
}

/** Opens the store of a session. */
export function openSnapshots({ dirs, records, notes, notice }: SnapshotPlace): SnapshotStore {
  const file = (key: string) => join(dirs.snapshots, `${key}.json`);
  const hashFile = (name: string) => join(dirs.hashes, `${name}.json`);
  const layerPath = (layer: string) => join(dirs.layers, layer);
  const book = openLayerBook(dirs);
  /** What counts here already. */
  const own = new Map<string, Snapshot>();
  const keeping = new Map<string, Promise<void>>();
  /** Layers of this session. */
  const made = new Set<string>();
  const added = { bytes: 0, entries: 0 };
  /** Those of them that are counted in `added`. */
  const counted = new Set<string>();
  let told = false;

  const count = (sums: LayerSums): void => {
    for (const [layer, tree] of Object.entries(sums)) {
      if (!made.has(layer) || counted.has(layer)) continue;
      counted.add(layer);
      const { bytes, entries } = takenOnDisk(tree);
      added.entries += entries;
      added.bytes += bytes;
    }
  };

  const keep = async (snapshot: Snapshot): Promise<void> => {
    const sums = await book.sums(layersOf(snapshot));
    count(sums);
    await records.write(snapshotRecord, file(snapshot.key), { ...snapshot, sums });
    if (own.get(snapshot.key) === snapshot) own.delete(snapshot.key);
  };
  const batches = openBatches<Snapshot>(async snapshots => {
    try {
      await Promise.all([syncFileSystem(dirs.layers), book.sums([...new Set(snapshots.flatMap(layersOf))])]);
      await Promise.all(snapshots.map(keep));
    } catch (error) {
      notice(`results could not be kept, the next run makes them again: ${(error as Error).message}`);
    }
  });

  /** Takes a damaged layer out of the way. It goes with this session: another may be about to look at it as well. */
  const setAside = async (layer: string): Promise<void> => {
    book.forget(layer);
    const path = layerPath(layer);
    const stats = await lstat(path).catch(() => undefined);
    if (stats === undefined) return;
    if (stats.isSymbolicLink()) await rm(path, { force: true });
    else await rename(path, records.scratch()).catch(() => undefined);
    if (!told) notice('the state held a layer that was damaged: what stands on it is made again');
    told = true;
  };

  return {
    async get(key) {
      const taken = own.get(key);
      if (taken !== undefined) return taken;
      notes.use(key);
      const stored = await records.read(snapshotRecord, file(key));
      if (stored?.key !== key) return undefined;
      const { sums = {}, ...snapshot } = stored;
      const damaged = await book.damaged(layersOf(snapshot), sums);
      if (damaged.length > 0) {
        await Promise.all(damaged.map(setAside));
        return undefined;
      }
      const now = new Date();
      // A prune may have taken it meanwhile.
      await utimes(file(key), now, now).catch(() => undefined);
      return snapshot;
    },
    put(snapshot) {
      notes.use(snapshot.key);
      own.set(snapshot.key, snapshot);
      keeping.set(snapshot.key, batches.add(snapshot));
      return snapshot;
    },
    added: () => ({ bytes: added.bytes + records.written.bytes, entries: added.entries + records.written.entries }),
    kept: async key => keeping.get(key),
    settled: batches.idle,
    newLayer() {
      const id = randomBytes(8).toString('hex');
      return { id, scratch: records.scratch() };
    },
    async addLayer(id, dir) {
      const target = layerPath(id);
      try {
        await rename(dir, target);
      } catch (error) {
        if (!isThere(error)) throw error;
        const sums = await treeSums([dir, target]);
        if (sameSum(sums.get(dir)!, sums.get(target)!)) return;
        await setAside(id);
        await rename(dir, target);
      }
      made.add(id);
      book.forget(id);
    },
    linkLayer: async (id, dir) => {
      await symlink(dir, layerPath(id)).catch((error: NodeJS.ErrnoException) => {
        if (!isThere(error)) throw error;
      });
    },
    isLinked: async id => (await lstat(layerPath(id))).isSymbolicLink(),
    remember: (name, hash) => records.write(contentHash, hashFile(name), hash),
    async recall(name) {
      const hash = await records.read(contentHash, hashFile(name));
      const now = new Date();
      if (hash !== undefined) await utimes(hashFile(name), now, now).catch(() => undefined);
      return hash;
    },
  };
}

const isThere = (error: unknown): boolean =>
  ['EEXIST', 'ENOTEMPTY'].includes((error as NodeJS.ErrnoException).code ?? '');
