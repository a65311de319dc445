/**
 * The account of what the state holds, by what was written down when it was written: to look into all of it takes as long as it is large. Layers have
 * their sums in the records of results, small files have a size, and what is written to in place has what it held when it was measured last.
 */
import { statSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { namesIn, resultsIn } from './candidates.js';
import { takenOnDisk, treeSumSchema } from './layer-sums.js';
import type { StateDirs } from './layout.js';
import { withLock } from './locks.js';
import { openRecords, type RecordKind, type Records } from './records.js';
import { type InPlace, inPlaceDirectory } from './session-notes.js';
import { type Amount, sum } from './state-limit.js';
import { type Gauge, type Measured, measureParts, measureWithin } from './usage.js';

/** What the state is thought to hold. */
export interface Account extends Amount {
  /** What was measured of what is written to in place. */
  readonly inPlace: Readonly<Record<string, Amount>>;
  /** How long the next measurement of such may take, in milliseconds, where the last one took too long. */
  readonly patience?: number;
}

const accountRecord: RecordKind<Account> = {
  what: 'the account of its size',
  schema: z.object({
    ...treeSumSchema.shape,
    inPlace: z.record(z.string(), treeSumSchema),
    patience: z.number().exactOptional(),
  }),
};

const accountFile = ({ root }: StateDirs): string => join(root, 'account.json');
const nothing: Amount = { bytes: 0, entries: 0 };

export const readAccount = (dirs: StateDirs, records: Records): Promise<Account | undefined> =>
  records.read(accountRecord, accountFile(dirs));

export const writeAccount = (dirs: StateDirs, records: Records, account: Account): Promise<void> =>
  records.write(accountRecord, accountFile(dirs), account);

/** Measures all of the state, and enters it. */
export async function measureAll(dirs: StateDirs): Promise<Measured> {
  const records = openRecords({ work: dirs.work, session: 'measure', notice: () => undefined });
  const measured = await measureParts(dirs.root);
  const places = inPlaceIn(dirs).flatMap(what => {
    const amount = measured.parts.get(relative(dirs.root, inPlaceDirectory(dirs, what)));
    return amount === undefined ? [] : [[what, amount] as const];
  });
  const account = { ...measured.total, inPlace: Object.fromEntries(places) };
  await withLock(dirs.locks, 'account', () => writeAccount(dirs, records, account));
  return measured;
}

/** All that is written to in place. */
export const inPlaceIn = ({ caches }: StateDirs): readonly InPlace[] => [
  'images',
  ...namesIn(caches).map(name => `cache ${name}` as const),
];

/**
 * How long the end of a session may take to measure what was written to in place, in milliseconds. Each time that it was not enough, the next may take
 * twice as long.
 */
const firstPatience = 1_000;
const mostPatience = 60_000;

/** Measures what was written to in place anew; what takes too long keeps what was known of it. */
export async function measureInPlace(dirs: StateDirs, before: Account, written: readonly InPlace[]): Promise<Account> {
  if (written.length === 0) return before;
  const { patience = firstPatience, ...account } = before;
  const now = await measureWithin(
    written.map(what => inPlaceDirectory(dirs, what)),
    patience,
  );
  const inPlace = { ...before.inPlace };
  let { bytes, entries } = before;
  for (const what of written) {
    const amount = now.get(inPlaceDirectory(dirs, what));
    if (amount === undefined) continue;
    const was = inPlace[what] ?? nothing;
    bytes += amount.bytes - was.bytes;
    entries += amount.entries - was.entries;
    inPlace[what] = amount;
  }
  const late = now.size < written.length ? { patience: Math.min(mostPatience, patience * 2) } : {};
  return { ...account, bytes: Math.max(0, bytes), entries: Math.max(0, entries), inPlace, ...late };
}

/** Says what is held by what was written down. */
export function gaugeOfRecords(dirs: StateDirs, records: Records, { inPlace }: Account): Gauge {
  const known = new Map(
    inPlaceIn(dirs).flatMap(what =>
      inPlace[what] === undefined ? [] : [[inPlaceDirectory(dirs, what), inPlace[what]] as const],
    ),
  );
  return {
    of: async paths => new Map(paths.flatMap(path => (known.has(path) ? [[path, known.get(path)!] as const] : []))),
    async total() {
      const there = inPlaceIn(dirs).map(what => known.get(inPlaceDirectory(dirs, what)) ?? nothing);
      return [...there, ...(await layersIn(dirs, records)), ...smallFilesIn(dirs)].reduce(sum, nothing);
    },
  };
}

async function layersIn(dirs: StateDirs, records: Records): Promise<readonly Amount[]> {
  const sums = new Map((await resultsIn(dirs, records)).flatMap(({ sums = {} }) => Object.entries(sums)));
  // A link leads to a pulled image.
  return namesIn(dirs.layers, entry => entry.isDirectory()).map(layer => {
    const known = sums.get(layer);
    return known === undefined ? nothing : takenOnDisk(known);
  });
}

const blockUnit = 512;

function smallFilesIn({ snapshots, hashes, volumes, references, blobs }: StateDirs): readonly Amount[] {
  const directories = [snapshots, hashes, volumes, references, join(blobs, 'sha256'), join(blobs, 'layers')];
  return directories.flatMap(directory =>
    ['', ...namesIn(directory)].map(name => {
      const stats = statSync(join(directory, name), { throwIfNoEntry: false });
      return stats === undefined ? nothing : { bytes: stats.blocks * blockUnit, entries: 1 };
    }),
  );
}
