/** What a user can get wrong, as data: the words are made of it where they are needed. */
import type { Code, DataOf } from './codes.js';
import type { Place } from './place.js';

/** A finding with a code, which is stable and documented. */
export interface DiagnosticOf<C extends Code> {
  readonly code: C;
  /** Where it was found. */
  readonly place?: Place;
  readonly data: DataOf<C>;
}

/** One finding: a code, and the data of just that code. */
export type Diagnostic = { readonly [C in Code]: DiagnosticOf<C> }[Code];
