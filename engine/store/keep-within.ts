/** Holds the state to its limit: each session that has added something says how much, and who sees that it is too much prunes. */
import { type Account, gaugeOfRecords, inPlaceIn, measureInPlace, readAccount, writeAccount } from './account.js';
import type { StateDirs } from './layout.js';
import { withLock } from './locks.js';
import { pruneTo } from './prune.js';
import type { Records } from './records.js';
import type { InPlace } from './session-notes.js';
import { type Amount, amountOf, isWithin, readLimit, sum } from './state-limit.js';

/** From that part of the limit on what is written down is counted, and pruned. */
const near = 0.9;
/** What a prune leaves of the limit at the least, lest the next session be there again. */
const leaves = 0.8;
/** And at the most: what is written down is not all that is there. */
const leavesAtMost = 0.97;
/** A session removes no more than so many times what it added while the state is within its limit: its end takes as long as that is much. */
const share = 4;
/** Who adds less than that part of the limit leaves it to others as long as the limit itself holds: an explanation does not wait for a prune. */
const little = 0.01;

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

/**
 * Enters what an ended session added, and prunes when the state holds more than it may. Only what was written to in place is looked into; to measure
 * all of it is left to who asks for it.
 */
export async function keepWithin(work: StateWork): Promise<void> {
  const { dirs, records, env, added, inPlace } = work;
  const limit = readLimit(env);
  if (limit.kind === 'none' || (added.entries === 0 && inPlace.length === 0)) return;
  const thought = await enter(work);
  const thoughtMost = await amountOf(limit, dirs.root, thought);
  if (isWithin(thought, part(thoughtMost, near))) return;
  if (inPlace.length === 0 && isWithin(added, part(thoughtMost, little)) && isWithin(thought, thoughtMost)) return;
  const unknown = inPlaceIn(dirs).filter(what => thought.inPlace[what] === undefined);
  const account = await measureInPlace(dirs, thought, unknown);
  const gauge = gaugeOfRecords(dirs, records, account);
  const held = await gauge.total();
  const most = await amountOf(limit, dirs.root, held);
  const much = !isWithin(held, part(most, near));
  if (much) await pruneTo(dirs, goal(held, most, added), { gauge });
  await withLock(dirs.locks, 'account', async () => {
    const now = (await readAccount(dirs, records)) ?? account;
    const there = new Set<string>(inPlaceIn(dirs));
    const places = Object.entries({ ...account.inPlace, ...now.inPlace }).filter(([what]) => there.has(what));
    const { patience } = account;
    const left = { ...now, inPlace: Object.fromEntries(places), ...(patience === undefined ? {} : { patience }) };
    const total = much ? await gaugeOfRecords(dirs, records, left).total() : held;
    await writeAccount(dirs, records, { ...left, ...total });
  });
}

/** What is to be left. */
function goal(held: Amount, most: Amount, added: Amount): Amount {
  const of = (what: keyof Amount): number =>
    Math.max(most[what] * leaves, Math.min(most[what] * leavesAtMost, held[what] - added[what] * share));
  return { bytes: of('bytes'), entries: of('entries') };
}

/** Adds to the account; returns what the state is thought to hold. One that has no account is counted. */
function enter({ dirs, records, added, inPlace }: StateWork): Promise<Account> {
  return withLock(dirs.locks, 'account', async () => {
    const before = await readAccount(dirs, records);
    const account =
      before === undefined
        ? await count(dirs, records)
        : await measureInPlace(dirs, { ...before, ...sum(before, added) }, inPlace);
    await writeAccount(dirs, records, account);
    return account;
  });
}

async function count(dirs: StateDirs, records: Records): Promise<Account> {
  const { inPlace, ...unknown } = await measureInPlace(dirs, { bytes: 0, entries: 0, inPlace: {} }, inPlaceIn(dirs));
  const account = { ...unknown, inPlace };
  return { ...account, ...(await gaugeOfRecords(dirs, records, account).total()) };
}
