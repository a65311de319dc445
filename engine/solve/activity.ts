/** Work under way in a session, so that its end can stop it and wait for it. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Activity {
  /** Aborted when the session begins to end. */
  readonly signal: AbortSignal;
  /** Counts the work until it has settled. */
  track<T>(work: Promise<T>): Promise<T>;
  /** Aborts the signal and waits, at most so many milliseconds, until nothing is under way. Returns whether that is so. */
  end(patienceMs: number): Promise<boolean>;
}

/** Opens the books of a session. */
export function openActivity(): Activity {
  const controller = new AbortController();
  // All that is under way listens.
  setMaxListeners(0, controller.signal);
  const underWay = new Set<Promise<unknown>>();
  return {
    signal: controller.signal,
    track(work) {
      underWay.add(work);
      const over = () => void underWay.delete(work);
      work.then(over, over);
      return work;
    },
    async end(patienceMs) {
      controller.abort();
      const timer = new AbortController();
      const late = sleep(patienceMs, false, { signal: timer.signal }).catch(() => false);
      // Work that ends may have begun other work.
      const idle = async () => {
        while (underWay.size > 0) await Promise.allSettled(underWay);
        return true;
      };
      const result = await Promise.race([idle(), late]);
      timer.abort();
      return result;
    },
  };
}
