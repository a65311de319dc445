/** Makes diagnostics; the code is checked against the table by the compiler, and its data with it. */
import type { Code, DataOf } from './codes.js';
import type { DiagnosticOf } from './diagnostic.js';
import type { Place } from './place.js';

/** Makes a diagnostic of a code, its data and, when there is one, the place of the finding. */
export function diagnose<C extends Code>(code: C, data: DataOf<C>, place?: Place): DiagnosticOf<C> {
  return place === undefined ? { code, data } : { code, place, data };
}
