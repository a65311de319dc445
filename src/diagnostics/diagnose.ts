/** Makes diagnostics; the code is checked against the table by the compiler, and its data with it. */
import { CODES, type Code } from './codes.js';
import type { Diagnostic, Place } from './diagnostic.js';
import type { Message } from './message.js';

/** Codes whose words are made of data. */
export type ToldCode = { [C in Code]: (typeof CODES)[C] extends Message<never> ? C : never }[Code];

/** The data of a finding with a code. */
export type DataOf<C extends ToldCode> = Parameters<Extract<(typeof CODES)[C], Message<never>>['words']>[0];

/** Makes a diagnostic of a code, its data and, when there is one, the place of the finding. */
export function diagnose<C extends ToldCode>(code: C, data: DataOf<C>, place?: Place): Diagnostic {
  const { words } = CODES[code] as Message<DataOf<C>>;
  return { code, ...(place && { place }), data, ...words(data, place) };
}
