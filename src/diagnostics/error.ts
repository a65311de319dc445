/** How a diagnostic ends the work. */

import type { Diagnostic } from './diagnostic.js';
import { formatDiagnostic } from './words.js';

/** Thrown at the edge when diagnostics end the work. The command line exits with 2, or with 1 for codes 7xx. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  /** What was asked for in place of text for people; the command line prints it as the result. */
  readonly document?: string;
  /** What people are told beside the document. */
  readonly beside?: string;
  constructor(diagnostics: readonly Diagnostic[], document?: string, told: 'instead' | 'beside' = 'instead') {
    const words = diagnostics.map(formatDiagnostic).join('\n\n');
    super(document === undefined ? words : told === 'instead' ? document : `${document}\n${words}`);
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
    if (document !== undefined) this.document = document;
    if (told === 'beside') this.beside = words;
  }
}
