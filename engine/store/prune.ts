/** How much the engine keeps, and removing what was not used for longest. What a live session may use is never removed. */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { EngineStatus, PruneOptions, PruneResult } from '../contract.js';
import { removeTree } from '../fs/remove-tree.js';
import { openState, type StateDirs } from './layout.js';
import { withLock } from './locks.js';
import { openRecords } from './records.js';
import { liveSessions } from './sessions.js';
import { snapshotRecord } from './snapshots.js';

interface StoredResult {
  readonly file: string;
  readonly used: number;
  readonly layers: readonly string[];
}

const kibibyte = 1024;

async function diskUsage(path: string): Promise<number> {
  const result = await execa('du', ['-s', '-k', '--one-file-system', path], { reject: false });
  return Number(result.stdout.split('\t')[0] || 0) * kibibyte;
}

async function storedResults(dirs: StateDirs, { onEvent = () => undefined }: PruneOptions): Promise<StoredResult[]> {
  const notice = (text: string): void => onEvent({ kind: 'notice', text });
  const records = openRecords({ work: dirs.work, session: 'prune', notice });
  const results: StoredResult[] = [];
  for (const name of readdirSync(dirs.snapshots)) {
    const file = join(dirs.snapshots, name);
    const snapshot = await records.read(snapshotRecord, file);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (snapshot === undefined || stats === undefined) continue;
    const mounted = Object.values(snapshot.exec?.mounts ?? {}).flat();
    results.push({ file, used: stats.mtimeMs, layers: [...snapshot.layers, ...mounted] });
  }
  return results;
}

/** When the oldest live session of this state began; results used since then may be in use. */
async function oldestLiveSession(dirs: StateDirs): Promise<number> {
  return Math.min(Number.POSITIVE_INFINITY, ...(await liveSessions(dirs)).map(session => session.since));
}

/** Reports what is kept. */
export async function engineStatus(stateDir?: string): Promise<EngineStatus> {
  const dirs = openState(stateDir);
  return {
    stateDir: dirs.root,
    bytes: await diskUsage(dirs.root),
    snapshots: readdirSync(dirs.snapshots).length,
    caches: readdirSync(dirs.caches).length,
    images: readdirSync(dirs.references).length,
  };
}

/**
 * Removes least recently used results, layers no result needs, written image blobs, and with `maxBytes` 0 volumes and pulled images as well,
 * until at most `maxBytes` are kept. Safe beside running sessions.
 */
export function prune(options: PruneOptions = {}): Promise<PruneResult> {
  const dirs = openState(options.stateDir);
  return betweenSessionStarts(dirs, () => pruneState(dirs, options));
}

/** Keeps pruning and the start of a session apart: whoever starts is seen by the prune, or finds it done. */
export function betweenSessionStarts<T>(dirs: StateDirs, work: () => Promise<T>): Promise<T> {
  return withLock(dirs.locks, 'prune', work);
}

async function pruneState(dirs: StateDirs, options: PruneOptions): Promise<PruneResult> {
  const maxBytes = options.maxBytes ?? 0;
  const before = await diskUsage(dirs.root);
  const inUseSince = await oldestLiveSession(dirs);
  const idle = inUseSince === Number.POSITIVE_INFINITY;
  let bytes = before;
  let removed = 0;

  if (bytes > maxBytes) {
    // A session may be about to read the blobs it has just written.
    if (idle) await removeTree(dirs.blobs);
    if (idle && maxBytes === 0)
      for (const directory of [dirs.caches, dirs.work, dirs.references, dirs.images, dirs.hashes])
        await removeTree(directory);
    bytes = await diskUsage(dirs.root);
  }
  const results = (await storedResults(dirs, options)).sort((a, b) => a.used - b.used);
  const users = new Map<string, number>();
  for (const layer of results.flatMap(r => r.layers)) users.set(layer, (users.get(layer) ?? 0) + 1);
  const dropLayer = async (id: string): Promise<void> => {
    const path = join(dirs.layers, id);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    const size = stats.isSymbolicLink() ? 0 : await diskUsage(path);
    await removeTree(path);
    bytes -= size;
  };
  for (const result of results) {
    if (bytes <= maxBytes || result.used >= inUseSince) break;
    await rm(result.file, { force: true });
    removed += 1;
    for (const layer of result.layers) {
      const left = (users.get(layer) ?? 1) - 1;
      users.set(layer, left);
      if (left === 0) await dropLayer(layer);
    }
  }
  if (idle) {
    const orphans = readdirSync(dirs.layers).filter(id => id !== 'empty' && (users.get(id) ?? 0) === 0);
    for (const id of orphans) await dropLayer(id);
  }
  openState(dirs.root);
  return { removed, bytes: await diskUsage(dirs.root) };
}
