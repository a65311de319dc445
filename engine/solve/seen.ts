/** Large directories of this machine that are described by a look at their names, and taken in when something is made of them. */
import { InfrastructureError } from '../errors.js';
import { filterListing, type ListedEntry, type Listing, mergeListings } from '../fs/listing.js';
import { statEntry } from '../fs/root-path.js';
import { defineOp, type Op, type OpOf } from '../objects/op.js';
import { remembered } from '../remembered.js';
import type { Engine, SeenTrees } from './context.js';
import { isMerged } from './inputs.js';
import { takeDirectory } from './taken.js';

function stampOf({ absolute }: ListedEntry): string {
  const stats = statEntry(absolute);
  return `${stats?.ino}:${stats?.size}:${stats?.mtimeMs}:${stats?.ctimeMs}`;
}

/** Opens what a session has seen. It uses the engine's other parts when it works, not before. */
export function openSeenTrees(engine: Engine): SeenTrees {
  const looks: Listing[] = [];
  const taken = new Map<string, Promise<OpOf<'layers'>>>();
  const lists = new Map<string, Listing | undefined>();
  const isTaken = new Set<string>();
  const stamps = new Map<ListedEntry, string>();

  /** What is read and what is taken in have to be the same. @throws InfrastructureError when they are not */
  const checkUnchanged = (entry: ListedEntry): void => {
    if (stampOf(entry) !== stamps.get(entry))
      throw new InfrastructureError(`${entry.absolute} was changed after it had been read: start again`);
  };
  const listingOf = (op: Op): Listing | undefined => {
    if (op.kind === 'empty') return new Map();
    if (op.kind === 'host') return isTaken.has(op.digest) ? undefined : looks[op.look];
    if (op.kind !== 'copy' || !isMerged(op)) return undefined;
    const [below, source] = [listing(op.base), listing(op.source.op)];
    return below && source && mergeListings(below, filterListing(source, op.filter));
  };
  const listing = (op: Op): Listing | undefined => {
    if (!lists.has(op.digest)) lists.set(op.digest, listingOf(op));
    return lists.get(op.digest);
  };
  const takeIn = async (op: OpOf<'host'>): Promise<OpOf<'layers'>> => {
    const layers = await takeDirectory(engine, op.path, op.filter);
    for (const entry of looks[op.look]!.values()) if (stamps.has(entry)) checkUnchanged(entry);
    // From now on what was taken in is asked.
    isTaken.add(op.digest);
    lists.clear();
    return layers;
  };
  return {
    describe(path, filter, seen) {
      looks.push(seen);
      return defineOp({ kind: 'host', path, filter, look: looks.length - 1 });
    },
    take: op => remembered(taken, op.digest, () => takeIn(op)),
    listing,
    read(entry) {
      if (stamps.has(entry)) checkUnchanged(entry);
      else stamps.set(entry, stampOf(entry));
    },
  };
}
