/** Holds the state to its limit: each session that has added something says how much, and who sees that it is too much prunes. */
import { join } from 'node:path';
import * as z from 'zod';
import { treeSumSchema } from './layer-sums.js';
import type { StateDirs } from './layout.js';
import { withLock } from './locks.js';
import { heldAmount, pruneTo } from './prune.js';
import type { RecordKind, Records } from './records.js';
import { type InPlace, inPlaceDirectory } from './session-notes.js';
import { type Amount, amountOf, isWithin, readLimit, type StateLimit } from './state-limit.js';
import { measure } from './usage.js';

/** What the state is thought to hold: to measure it takes as long as it is large. */
interface Ledger extends Amount {
  /** What was measured of what is written to in place. */
  readonly inPlace: Readonly<Record<string, Amount>>;
  /** How long the next measurement may take, where the last one took too long. */
  readonly patience?: number;
}

const ledgerRecord: RecordKind<Ledger> = {
  what: 'the account of its size',
  schema: z.object({
    ...treeSumSchema.shape,
    inPlace: z.record(z.string(), treeSumSchema),
    patience: z.number().exactOptional(),
  }),
};

/** From that part of the limit on it is measured, and pruned: who is between it and the limit would otherwise measure at the end of each session. */
const near = 0.9;
/** What a prune leaves of the limit, lest the next session be there again. */
const leaves = 0.8;
/** Who adds less than that part of the limit leaves it to others as long as the limit itself holds: an explanation does not wait for a prune. */
const little = 0.01;

/**
 * How long the end of a session may take for that, in milliseconds: a large state on a busy machine takes minutes. Each time that it was not enough,
 * the next may take twice as long, and finds part of it in memory.
 */
const firstPatience = 5_000;
const mostPatience = 600_000;

const sum = (a: Amount, b: Amount): Amount => ({ bytes: a.bytes + b.bytes, entries: a.entries + b.entries });
const part = ({ bytes, entries }: Amount, share: number): Amount => ({
  bytes: bytes * share,
  entries: entries * share,
});

/** What a session did with the state. */
export interface StateWork {
  readonly dirs: StateDirs;
  readonly records: Records;
  readonly env: NodeJS.ProcessEnv;
  /** What it added, at the most. */
  readonly added: Amount;
  readonly inPlace: readonly InPlace[];
}

/** Enters what an ended session added, and prunes when the state holds more than it may. */
export async function keepWithin(work: StateWork): Promise<void> {
  const { dirs, env, added, inPlace } = work;
  const limit = readLimit(env);
  if (limit.kind === 'none' || (added.entries === 0 && inPlace.length === 0)) return;
  const thought = await enter(work);
  if (thought !== undefined) {
    const most = await amountOf(limit, dirs.root, thought);
    if (thought.patience === undefined && isWithin(thought, part(most, near))) return;
    if (inPlace.length === 0 && isWithin(added, part(most, little)) && isWithin(thought, most)) return;
  }
  await measureAndPrune(work, limit, thought);
}

/** Adds to the account; returns what the state is thought to hold, undefined when it was never measured. */
function enter({ dirs, records, added, inPlace }: StateWork): Promise<Ledger | undefined> {
  const file = ledgerFile(dirs);
  return withLock(dirs.locks, 'account', async () => {
    const before = await records.read(ledgerRecord, file);
    if (before === undefined) return undefined;
    const now = await measure(inPlace.map(what => inPlaceDirectory(dirs, what)));
    const places = inPlace.map(
      what => [what, now.get(inPlaceDirectory(dirs, what)) ?? { bytes: 0, entries: 0 }] as const,
    );
    const grown = places.map(([what, amount]) => {
      const was = before.inPlace[what] ?? { bytes: 0, entries: 0 };
      return { bytes: amount.bytes - was.bytes, entries: amount.entries - was.entries };
    });
    const { bytes, entries } = grown.reduce(sum, sum(before, added));
    const ledger: Ledger = {
      ...before,
      bytes: Math.max(0, bytes),
      entries: Math.max(0, entries),
      inPlace: { ...before.inPlace, ...Object.fromEntries(places) },
    };
    await records.write(ledgerRecord, file, ledger);
    return ledger;
  });
}

async function measureAndPrune(
  { dirs, records, inPlace }: StateWork,
  limit: StateLimit,
  thought: Ledger | undefined,
): Promise<void> {
  const patience = thought?.patience ?? firstPatience;
  let held = await heldAmount(dirs, patience);
  if (held === undefined) {
    const before: Ledger = thought ?? { bytes: 0, entries: 0, inPlace: {} };
    await records.write(ledgerRecord, ledgerFile(dirs), { ...before, patience: Math.min(mostPatience, patience * 2) });
    return;
  }
  const most = await amountOf(limit, dirs.root, held);
  if (!isWithin(held, part(most, near))) {
    await pruneTo(dirs, part(most, leaves));
    held = (await heldAmount(dirs)) ?? held;
  }
  const places = await measure(inPlace.map(what => inPlaceDirectory(dirs, what)));
  const entries = inPlace.flatMap(what => {
    const amount = places.get(inPlaceDirectory(dirs, what));
    return amount === undefined ? [] : [[what, amount] as const];
  });
  await records.write(ledgerRecord, ledgerFile(dirs), { ...held, inPlace: Object.fromEntries(entries) });
}

const ledgerFile = ({ root }: StateDirs): string => join(root, 'account.json');
