/** Asking again where that may help: longer between, with a limit, and as late as the registry wants. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isPassing } from './failure.js';

const TRIES = 6;
const FIRST_WAIT = 500;
/** A registry that wants more patience than this is waited for by whoever called. */
const LONGEST_WAIT = 60_000;
/** How long a registry that does not answer at all is asked again, in milliseconds. */
const UNREACHABLE_FOR = 6_000;

/** Does it until it succeeds, fails for good, or has been tried often enough; then the last failure is thrown. */
export async function retrying<T>(action: () => Promise<T>): Promise<T> {
  const begun = Date.now();
  for (let tried = 1; ; tried++) {
    try {
      return await action();
    } catch (error) {
      if (!isPassing(error) || tried === TRIES) throw error;
      if (error.kind === 'unreachable' && Date.now() - begun > UNREACHABLE_FOR) throw error;
      const backoff = FIRST_WAIT * 2 ** (tried - 1) * (0.75 + Math.random() / 2);
      const wait = Math.max(backoff, error.retryAfter ?? 0);
      if (wait > LONGEST_WAIT) throw error;
      await sleep(wait);
    }
  }
}
