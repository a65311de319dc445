/** What a user can get wrong, as data first and words last. */

/** A place in the user's own files: path relative to the source, 1-based line, or a key such as `python.version`. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly key?: string;
}

/** One finding. `code` is stable and documented; the four sentences answer what, where, what was expected, what to do. */
export interface Diagnostic {
  readonly code: string;
  readonly place?: Place;
  /** What the words are made of. */
  readonly data?: unknown;
  readonly problem: string;
  readonly expected: string;
  readonly fix: string;
}

/** Thrown at the edge when a diagnostic ends the work. The command line exits with 2, or with 1 for codes 7xx. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  /** What was asked for in place of text for people; the command line prints it as the result. */
  readonly document?: string;
  constructor(diagnostics: readonly Diagnostic[], document?: string) {
    super(document ?? diagnostics.map(formatDiagnostic).join('\n\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
    if (document !== undefined) this.document = document;
  }
}

/** Formats a place as `file:line`, `file (key a.b)` or `file`. */
export function formatPlace(place: Place): string {
  const at = place.line === undefined ? place.file : `${place.file}:${place.line}`;
  return place.key === undefined ? at : `${at} (key ${place.key})`;
}

/** Formats a diagnostic in at most six lines, the code first. */
export function formatDiagnostic(d: Diagnostic): string {
  const where = d.place ? `  at: ${formatPlace(d.place)}\n` : '';
  return `${d.code}: ${d.problem}\n${where}  expected: ${d.expected}\n  fix: ${d.fix}`;
}
