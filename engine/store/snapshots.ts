/** Results of operations on disk: which layers make up a tree, and what a process printed. Written once, read by key. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StateDirs } from './layout.js';

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
  /** Set on a failure that was asked to be kept: it holds for this session alone, so that the next run tries again. */
  readonly session?: string;
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
  /** Remembers a small text under a name, such as a content hash. */
  remember(name: string, text: string): Promise<void>;
  recall(name: string): Promise<string | undefined>;
}

const readIfThere = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });

/** Opens the store of a session; `session` marks results that must not outlive it. */
export function openSnapshots(dirs: StateDirs, session: string): SnapshotStore {
  const file = (key: string) => join(dirs.snapshots, `${key}.json`);
  const writeAtomically = async (path: string, text: string) => {
    const temporary = join(dirs.work, `${session}-${randomBytes(8).toString('hex')}`);
    await writeFile(temporary, text);
    await rename(temporary, path);
  };
  return {
    async get(key) {
      const text = await readIfThere(file(key));
      if (text === undefined) return undefined;
      const snapshot = JSON.parse(text) as Snapshot;
      if (snapshot.session !== undefined && snapshot.session !== session) return undefined;
      if (!snapshot.layers.every(layer => existsSync(join(dirs.layers, layer)))) return undefined;
      const now = new Date();
      await utimes(file(key), now, now);
      return snapshot;
    },
    async put(snapshot) {
      await writeAtomically(file(snapshot.key), JSON.stringify(snapshot));
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
    remember: (name, text) => writeAtomically(join(dirs.hashes, name), text),
    recall: name => readIfThere(join(dirs.hashes, name)),
  };
}
