/** How much the engine keeps, and removing what was not used for longest. What a live session may use is never removed. */
import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { EngineEvent, PruneOptions, PruneResult } from '../contract.js';
import { removeTree, removeTrees } from '../fs/remove-tree.js';
import { measureAll } from './account.js';
import { type Candidate, namesIn, replaceableIn, resultsIn, sharedIn } from './candidates.js';
import { takenOnDisk } from './layer-sums.js';
import { openState, type StateDirs } from './layout.js';
import { withLock } from './locks.js';
import { openRecords, type Records } from './records.js';
import { usesOf } from './session-notes.js';
import { liveSessions, unmountBelow } from './sessions.js';
import { type Amount, isWithin } from './state-limit.js';
import { type Gauge, gaugeOfDisk } from './usage.js';

/**
 * Removes least recently used results, layers no result needs, written image blobs and caches until at most `maxBytes` are kept; with 0 all
 * volumes and pulled images as well. Safe beside running sessions.
 */
export async function prune(options: PruneOptions = {}): Promise<PruneResult> {
  const dirs = openState(options.stateDir);
  const { maxBytes = 0, onEvent } = options;
  const most = { bytes: maxBytes, entries: maxBytes === 0 ? 0 : Number.POSITIVE_INFINITY };
  const { removed } = await pruneTo(dirs, most, { gauge: gaugeOfDisk(dirs.root), onEvent });
  return { removed, bytes: (await measureAll(dirs)).total.bytes };
}

interface How {
  /** Who says what is held. */
  readonly gauge: Gauge;
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
}

/** The same for an amount of both. */
export const pruneTo = (dirs: StateDirs, most: Amount, how: How): Promise<Pick<PruneResult, 'removed'>> =>
  pruneState(dirs, most, how);

/** Keeps pruning and the start of a session apart: whoever starts is seen by the prune, or finds it done. */
export function betweenSessionStarts<T>(dirs: StateDirs, work: () => Promise<T>): Promise<T> {
  return withLock(dirs.locks, 'prune', work);
}

/** Sizes of blocks, directories and names make what is removed more or less than was thought. */
const mostRounds = 5;

/**
 * Prunes in steps. Sessions start between them, and while the state is measured and what was taken out of use is removed: both take as long as
 * the state is large.
 */
async function pruneState(
  dirs: StateDirs,
  most: Amount,
  { gauge, onEvent }: How,
): Promise<Pick<PruneResult, 'removed'>> {
  const notice = (text: string): void => onEvent?.({ kind: 'notice', text });
  const records = openRecords({ work: dirs.work, session: 'prune', notice });
  const step = async <T>(work: (idle: boolean) => Promise<T>): Promise<T> => {
    const done = await betweenSessionStarts(dirs, async () => {
      const result = await work((await liveSessions(dirs)).length === 0);
      openState(dirs.root);
      return result;
    });
    await removeTrees(namesIn(dirs.away).map(name => join(dirs.away, name)));
    return done;
  };
  if (most.bytes === 0) await step(idle => (idle ? wipe(dirs) : Promise.resolve()));
  let now = await gauge.total();
  let removed = 0;
  for (let round = 0; round < mostRounds && !isWithin(now, most); round += 1) {
    const excess = { bytes: now.bytes - most.bytes, entries: now.entries - most.entries };
    const shared = await sharedIn(dirs, records, gauge);
    const { results, others } = await step(idle =>
      removeOldest({ dirs, records, gauge, excess, shared: idle ? shared : [] }),
    );
    removed += results;
    now = await gauge.total();
    if (results + others === 0) break;
  }
  await step(idle => (idle ? removeOrphans(dirs, records) : Promise.resolve()));
  return { removed };
}

/** Takes all out of use that is no result. */
async function wipe(dirs: StateDirs): Promise<void> {
  await unmountBelow(dirs.images);
  await takeAway(dirs, [dirs.blobs, dirs.caches, dirs.volumes, dirs.references, dirs.images, dirs.hashes]);
  await removeTree(dirs.work);
}

/** Moves what is there to where nobody looks for it. */
async function takeAway({ away }: StateDirs, paths: readonly string[]): Promise<void> {
  for (const path of paths)
    await rename(path, join(away, randomUUID())).catch(error => {
      // Not to be moved: a mount.
      if (error.code !== 'ENOENT') return removeTree(path);
    });
}

interface Round {
  readonly dirs: StateDirs;
  readonly records: Records;
  readonly gauge: Gauge;
  readonly excess: Amount;
  /** What may go because nobody works with the state, as it was a moment ago. */
  readonly shared: readonly Candidate[];
}

interface Removed {
  readonly results: number;
  readonly others: number;
}

/** Takes out of use what was used longest ago until that much should be gone. */
async function removeOldest({ dirs, records, gauge, excess, shared }: Round): Promise<Removed> {
  const results = await resultsIn(dirs, records);
  const inUse = await usedByLive(dirs);
  const since = Math.min(Number.POSITIVE_INFINITY, ...(await liveSessions(dirs)).map(session => session.since));
  const others = [...replaceableIn(dirs).filter(({ used }) => used < since), ...shared];
  const candidates = [...results.filter(result => !inUse(result)), ...others].sort((a, b) => a.used - b.used);
  const users = countUsers(results);
  const chosen = await choose({ dirs, gauge, candidates, users, excess });
  if (chosen.some(({ paths }) => paths.includes(dirs.images))) await unmountBelow(dirs.images);
  const gone = await withdraw(
    dirs,
    records,
    chosen.filter(({ kind }) => kind === 'result'),
  );
  // A moment ago nobody had used it; whoever does first sets its time.
  const plain = chosen.filter(
    ({ kind, used, paths }) => kind === 'shared' || (kind === 'replaceable' && lastUse(paths[0]!) <= used),
  );
  await takeAway(
    dirs,
    plain.flatMap(({ paths }) => paths),
  );
  const left = countUsers(results.filter(result => !gone.includes(result)));
  const unused = [...new Set(gone.flatMap(({ layers }) => layers))].filter(layer => !left.has(layer));
  await takeAway(
    dirs,
    unused.map(layer => join(dirs.layers, layer)),
  );
  return { results: gone.length, others: plain.length };
}

const lastUse = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function countUsers(results: readonly Candidate[]): Map<string, number> {
  const users = new Map<string, number>();
  for (const layer of results.flatMap(({ layers }) => layers)) users.set(layer, (users.get(layer) ?? 0) + 1);
  return users;
}

interface Choice {
  readonly dirs: StateDirs;
  readonly gauge: Gauge;
  readonly candidates: readonly Candidate[];
  readonly users: Map<string, number>;
  readonly excess: Amount;
}

/** The first candidates that come to the excess, with the layers that only they need. */
async function choose({ dirs, gauge, candidates, users, excess }: Choice): Promise<readonly Candidate[]> {
  const chosen: Candidate[] = [];
  const freed = { bytes: 0, entries: 0 };
  const add = ({ bytes, entries }: Amount): void => {
    freed.bytes += bytes;
    freed.entries += entries;
  };
  // Some at a time: most of the state is not looked at.
  const group = 50;
  for (let at = 0; at < candidates.length && !isWithin(excess, freed); at += group) {
    const next = candidates.slice(at, at + group);
    const sizes = await layerSizes(dirs, gauge, next);
    for (const candidate of next) {
      if (isWithin(excess, freed)) break;
      chosen.push(candidate);
      add(candidate.amount);
      for (const layer of candidate.layers) {
        const left = users.get(layer)! - 1;
        users.set(layer, left);
        if (left === 0) add(sizes.get(layer) ?? { bytes: 0, entries: 0 });
      }
    }
  }
  return chosen;
}

/** What layers hold by their records; of those that have none the gauge may know it, while sessions wait. */
async function layerSizes(
  dirs: StateDirs,
  gauge: Gauge,
  candidates: readonly Candidate[],
): Promise<ReadonlyMap<string, Amount>> {
  const known = candidates.flatMap(({ sums = {} }) => Object.entries(sums));
  const sizes = new Map(known.map(([layer, tree]) => [layer, takenOnDisk(tree)] as const));
  const others = [...new Set(candidates.flatMap(({ layers }) => layers))].filter(layer => !sizes.has(layer));
  const measured = await gauge.of(others.map(layer => join(dirs.layers, layer)));
  return new Map([...sizes, ...[...measured].map(([path, amount]) => [basename(path), amount] as const)]);
}

/** What live sessions use. One of an older version does not say: what was used since it began may be its. */
async function usedByLive(dirs: StateDirs): Promise<(result: Candidate) => boolean> {
  const live = (await liveSessions(dirs)).map(({ id, since }) => ({ since, uses: usesOf(join(dirs.sessions, id)) }));
  return ({ key = '', used }) => live.some(({ since, uses }) => (uses === undefined ? used >= since : uses.has(key)));
}

/**
 * Takes the records of results away, and gives back those that a session has begun to use: it notes a result before it reads the record, so either we
 * see the note or it finds no record.
 */
async function withdraw(
  dirs: StateDirs,
  records: Records,
  results: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const away = new Map(results.map(result => [result, records.scratch()]));
  for (const [{ paths }, place] of away) await rename(paths[0]!, place).catch(() => undefined);
  const inUse = await usedByLive(dirs);
  const gone: Candidate[] = [];
  for (const [result, place] of away) {
    const [file] = result.paths as [string];
    // Made again meanwhile: the new record tells of other layers.
    if (inUse(result) && existsSync(place) && !existsSync(file)) await rename(place, file);
    else gone.push(result);
    await rm(place, { force: true });
  }
  return gone;
}

/** Takes layers out of use that no result needs. */
async function removeOrphans(dirs: StateDirs, records: Records): Promise<void> {
  const users = countUsers(await resultsIn(dirs, records));
  const orphans = namesIn(dirs.layers).filter(id => id !== 'empty' && !users.has(id));
  await takeAway(
    dirs,
    orphans.map(id => join(dirs.layers, id)),
  );
}
