/** Two sessions that want the same result make it once. */
import type { Op } from '../objects/op.js';
import { withLock } from '../store/locks.js';
import type { Snapshot } from '../store/snapshots.js';
import type { EngineContext } from './context.js';

/** Kinds that take longer than a lock is worth; what copies files is as quick as looking. */
const slowKinds: ReadonlySet<Op['kind']> = new Set(['exec', 'bootstrap', 'npm', 'git-tree']);

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
  return new Promise((resolve, reject) => {
    // Whoever waits for the lock finds the record; whoever asked here need not wait for that.
    const takeOrMake = async (): Promise<void> => {
      resolve((await store.get(key)) ?? (await make()));
      await store.kept(key);
    };
    withLock(dirs.locks, `result-${key.slice(0, 32)}`, takeOrMake, activity.signal).catch(reject);
  });
}
