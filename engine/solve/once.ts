/** Two sessions that want the same result make it once. */
import type { Op } from '../objects/op.js';
import { withLock } from '../store/locks.js';
import type { Snapshot } from '../store/snapshots.js';
import type { EngineContext } from './context.js';

/** Kinds that take longer than a lock is worth; what copies files is as quick as looking. */
const slowKinds: ReadonlySet<Op['kind']> = new Set(['exec', 'bootstrap', 'npm']);

/**
 * Makes a result, unless another session is about to: then its result is taken. When that session fails or dies, it is made
 * here after all.
 */
export async function madeOnce(
  { dirs, store, activity }: EngineContext,
  op: Op,
  key: string,
  make: () => Promise<Snapshot>,
): Promise<Snapshot> {
  if (!slowKinds.has(op.kind)) return make();
  const takeOrMake = async (): Promise<Snapshot> => (await store.get(key)) ?? make();
  return withLock(dirs.locks, `result-${key.slice(0, 32)}`, takeOrMake, activity.signal);
}
