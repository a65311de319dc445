/** What reading the source gives: a value, the reasons why there is none, or neither. */
import type { Diagnostic } from '../diagnostics/diagnostic.js';

/** What a provider found: a value, or the reasons why there is none. Neither: the app has no such thing. */
export interface Finding<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** A finding with a value, or with none when it is undefined. */
export function found<T>(value: T | undefined): Finding<T> {
  return value === undefined ? { diagnostics: [] } : { value, diagnostics: [] };
}

/** A finding that failed. */
export function failed<T>(...diagnostics: readonly Diagnostic[]): Finding<T> {
  return { diagnostics };
}

/** All reasons why values are missing, in the order of the findings. */
export function reasonsOf(findings: Readonly<Record<string, Finding<unknown>>>): readonly Diagnostic[] {
  return Object.values(findings).flatMap(({ diagnostics }) => diagnostics);
}
