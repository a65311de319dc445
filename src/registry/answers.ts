/** What a registry answers, read within limits. */
import { readUpTo } from './bodies.js';
import { failureOfConnection, RegistryFailure } from './failure.js';

/** The longest manifest, index or list that is read: four times what the distribution specification asks registries to take. */
export const LONGEST_DOCUMENT = 16 * 1024 * 1024;

/** How long an answer may take that is no more than a document, in milliseconds. */
const PATIENCE = 60_000;
/** What bytes beyond that may take: below this rate, in bytes per millisecond, nothing gets done. */
const SLOWEST = 32;
/** The longest time that a timer takes, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Ends a request that takes too long for the bytes that go over the line. */
export function patienceFor(bytes: number): AbortSignal {
  return AbortSignal.timeout(Math.min(PATIENCE + Math.ceil(bytes / SLOWEST), LONGEST_TIMER));
}

/** How an answer is read. */
export interface Reading {
  /** What was asked for. */
  readonly what: string;
  /** Bytes, more of which are refused. */
  readonly most: number;
}

/** The bytes of an answer; rejects with a RegistryFailure where there are too many, or the connection breaks. */
export async function bytesIn(answer: Response, { what, most }: Reading): Promise<Uint8Array<ArrayBuffer>> {
  const { bytes, isWhole } = await readUpTo(answer, most).catch(error => {
    throw failureOfConnection(what, URL.canParse(answer.url) ? new URL(answer.url).host : 'the registry', error);
  });
  if (!isWhole) throw new RegistryFailure('refused', `${what}: the answer has more than ${most} bytes`);
  return bytes;
}

/** JSON of bytes that a registry gave; throws a RegistryFailure where it is none. */
export function jsonOf(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new RegistryFailure('refused', `${what}: the answer is not JSON`, { cause: error });
  }
}
