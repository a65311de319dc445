/** A value of the source with the place it was read from. */
import type { Place } from '../diagnostics/place.js';

/** A value and where it came from; `why` says how it was read when the place alone does not. */
export interface Sourced<T> {
  readonly value: T;
  readonly place: Place;
  readonly why?: string;
}
