/** Makes diagnostics; the code is checked against the table by the compiler. */
import type { Code } from './codes.js';
import type { Diagnostic, Place } from './diagnostic.js';

/** The words of a diagnostic: what is wrong, what was expected, what to do. */
export interface Wording {
  readonly place?: Place | undefined;
  readonly problem: string;
  readonly expected: string;
  readonly fix: string;
}

/** Makes a diagnostic with a code of the table; `place` is left out when the finding has none. */
export function diagnose(code: Code, { place, ...words }: Wording): Diagnostic {
  return place === undefined ? { code, ...words } : { code, place, ...words };
}
