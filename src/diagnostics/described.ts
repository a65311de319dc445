/** Diagnostics as tools read them: the data, and all that people are told as well. */
import { CODES, type Code } from './codes.js';
import type { Diagnostic, Place } from './diagnostic.js';
import type { Words } from './message.js';

/** A diagnostic with the title of its code, which docs/diagnostics.md explains, and its words. */
export interface DescribedDiagnostic extends Words {
  readonly code: string;
  readonly title: string;
  readonly place?: Place;
  readonly data?: unknown;
}

/** Puts a diagnostic into words beside its data. */
export function described({ code, place, data, problem, expected, fix }: Diagnostic): DescribedDiagnostic {
  const { title } = CODES[code as Code];
  return {
    code,
    title,
    ...(place === undefined ? {} : { place }),
    ...(data === undefined ? {} : { data }),
    problem,
    expected,
    fix,
  };
}
