/** What a prune may remove, and when it was last used. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerSums } from './layer-sums.js';
import type { StateDirs } from './layout.js';
import type { Records } from './records.js';
import { layersOf, snapshotRecord } from './snapshots.js';
import type { Amount } from './state-limit.js';
import type { Gauge } from './usage.js';
import { volumeRecord } from './volumes.js';

/**
 * Something that can go by itself. The layers of a result go when no other needs them; what is replaceable may go beside sessions that did not use it,
 * since each looks whether it is there; what is shared only while nobody works with the state.
 */
export interface Candidate {
  readonly kind: 'result' | 'replaceable' | 'shared';
  readonly used: number;
  /** Of a result. */
  readonly key?: string;
  /** Keys of the results that it was made of. */
  readonly madeOf?: readonly string[] | undefined;
  readonly paths: readonly string[];
  readonly layers: readonly string[];
  /** What those of them hold of which a record says so. */
  readonly sums?: LayerSums | undefined;
  /** Of what lies in `paths`. */
  readonly amount: Amount;
}

const smallFile: Amount = { bytes: 4096, entries: 1 };

function filesIn(
  directory: string,
): readonly { readonly name: string; readonly path: string; readonly used: number }[] {
  return namesIn(directory).flatMap(name => {
    const path = join(directory, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? [] : [{ name, path, used: stats.mtimeMs }];
  });
}

/** The names in a directory that may not be there. */
export function namesIn(directory: string, which: (entry: Dirent) => boolean = () => true): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter(which)
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/**
 * All results, in the order in which they may go. One is in use as long as something that was made of it is, and goes after that: the record of a
 * step costs next to nothing while what stands on it holds its layers, and without it an edit makes all steps of before again.
 */
export async function resultsIn(dirs: StateDirs, records: Records): Promise<readonly Candidate[]> {
  const results: Candidate[] = [];
  for (const { name, path, used } of filesIn(dirs.snapshots)) {
    const snapshot = await records.read(snapshotRecord, path);
    if (snapshot === undefined) continue;
    const key = name.slice(0, -'.json'.length);
    results.push({
      kind: 'result',
      used,
      key,
      paths: [path],
      layers: layersOf(snapshot),
      sums: snapshot.sums,
      madeOf: snapshot.madeOf,
      amount: smallFile,
    });
  }
  return inOrderOfRemoval(results);
}

function inOrderOfRemoval(results: readonly Candidate[]): readonly Candidate[] {
  const byKey = new Map(results.map(result => [result.key, result]));
  const order: Candidate[] = [];
  const keep = ({ madeOf, ...result }: Candidate, used: number): void => {
    if (!byKey.delete(result.key)) return;
    const parents = (madeOf ?? []).flatMap(key => byKey.get(key) ?? []);
    for (const parent of parents) keep(parent, used);
    order.push({ ...result, used });
  };
  for (const result of [...results].sort((a, b) => b.used - a.used)) keep(result, result.used);
  return order.reverse();
}

const alone = (path: string, used: number, amount: Amount): Candidate => ({
  kind: 'replaceable',
  used,
  paths: [path],
  layers: [],
  amount,
});

/** Content hashes, which cost no more than reading files again. */
const hashesIn = (dirs: StateDirs): readonly Candidate[] =>
  filesIn(dirs.hashes).map(({ path, used }) => alone(path, used, smallFile));

/** Written image layers, with the records that name them. */
function blobsIn(dirs: StateDirs): readonly Candidate[] {
  const blobs = join(dirs.blobs, 'sha256');
  return [
    ...filesIn(blobs).map(({ path, used }) => alone(path, used, { bytes: statSync(path).size, entries: 1 })),
    ...filesIn(join(dirs.blobs, 'layers')).map(({ path, used }) => alone(path, used, smallFile)),
  ];
}

/** Volumes that are caches; the data of services is nobody's to remove but its owner's, and so is what is not known to be a cache. */
async function cachesIn(dirs: StateDirs, records: Records, gauge: Gauge): Promise<readonly Candidate[]> {
  const caches: Candidate[] = [];
  const sizes = await gauge.of(namesIn(dirs.caches).map(name => join(dirs.caches, name)));
  for (const { name, path, used } of filesIn(dirs.volumes)) {
    if ((await records.read(volumeRecord, path))?.purpose !== 'cache') continue;
    const directory = join(dirs.caches, name.slice(0, -'.json'.length));
    caches.push({
      kind: 'shared',
      used,
      paths: [directory, path],
      layers: [],
      amount: sizes.get(directory) ?? smallFile,
    });
  }
  return caches;
}

/** The storage of pulled images, which can only be made again as a whole. */
async function imagesIn(dirs: StateDirs, gauge: Gauge): Promise<readonly Candidate[]> {
  const used = Math.max(0, ...filesIn(dirs.references).map(reference => reference.used));
  const amount = (await gauge.of([dirs.images])).get(dirs.images) ?? smallFile;
  return [{ kind: 'shared', used, paths: [dirs.images, dirs.references], layers: [], amount }];
}

/** All that is replaceable. */
export const replaceableIn = (dirs: StateDirs): readonly Candidate[] => [...hashesIn(dirs), ...blobsIn(dirs)];

/** All that is shared. */
export async function sharedIn(dirs: StateDirs, records: Records, gauge: Gauge): Promise<readonly Candidate[]> {
  return [...(await cachesIn(dirs, records, gauge)), ...(await imagesIn(dirs, gauge))];
}
