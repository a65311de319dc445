/** Gathers what comes in while something slow is under way, and does it together. */

export interface Batches<T> {
  /** Resolves when a pass that began later has dealt with the item; rejects as that pass does. */
  add(item: T): Promise<void>;
  /** Waits until nothing is left to do, whatever became of it. */
  idle(): Promise<void>;
}

/** Makes a queue of which one pass runs at a time, over all that came in before it began. */
export function openBatches<T>(pass: (items: readonly T[]) => Promise<void>): Batches<T> {
  let waiting: T[] = [];
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const begin = (): Promise<void> => {
    const items = waiting;
    waiting = [];
    next = undefined;
    return pass(items);
  };
  return {
    add(item) {
      waiting.push(item);
      next ??= running = running.then(begin, begin);
      return next;
    },
    async idle() {
      for (let last: Promise<void> | undefined; last !== running; ) {
        last = running;
        await last.catch(() => undefined);
      }
    },
  };
}
