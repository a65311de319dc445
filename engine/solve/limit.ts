/** Runs at most so many pieces of work at once; the rest wait in order. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** A limit of `size` at once. */
export function createLimit(size: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async work => {
    if (running >= size) await new Promise<void>(resolve => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // The place goes to whoever waits longest, before anyone new can take it.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
