/** Puts diagnostics into words: the one place where that happens, for people as for tools. */
import { CODES } from './codes.js';
import type { Diagnostic } from './diagnostic.js';
import type { Message, Words } from './message.js';
import { formatPlace } from './place.js';
import { printable } from './printable.js';

/** A diagnostic with its words, and the title of its code, which docs/diagnostics.md explains. */
export type DescribedDiagnostic = Diagnostic & Words & { readonly title: string };

/** The words of a diagnostic: what is wrong, what was expected, what to do. */
export function inWords({ code, data }: Diagnostic): Words {
  // The code decides which data a diagnostic has, as diagnose() saw to.
  const { words } = CODES[code] as Message<unknown>;
  return words(data);
}

/** A diagnostic as tools read it: its data, and all that people are told. */
export function described(diagnostic: Diagnostic): DescribedDiagnostic {
  return { ...diagnostic, title: CODES[diagnostic.code].title, ...inWords(diagnostic) };
}

/** Formats a diagnostic for people, the code first, in six lines unless it brings an output; nothing in it moves a terminal's cursor. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { problem, expected, fix } = inWords(diagnostic);
  const { code, place } = diagnostic;
  const where = place ? `  at: ${formatPlace(place)}\n` : '';
  return printable(`${code}: ${problem}\n${where}  expected: ${expected}\n  fix: ${fix}`);
}
