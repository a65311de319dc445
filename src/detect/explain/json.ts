/** The explanation as JSON for tools. A refusal has the same form, so that they read one document whatever an app is like. */

import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { DiagnosticError } from '../../diagnostics/error.js';
import { type DescribedDiagnostic, described } from '../../diagnostics/words.js';
import type { ExplainedSection } from './sections.js';

/** What is printed: sections of an app that was understood, else the diagnostics that stand in the way. */
export interface ExplainDocument {
  readonly sections: readonly ExplainedSection[];
  readonly diagnostics: readonly DescribedDiagnostic[];
}

/** The document of an app that was understood. */
export function explainJson(sections: readonly ExplainedSection[]): string {
  return documentText({ sections, diagnostics: [] });
}

/** The error that an app which was not understood ends in, with the document in place of its message. */
export function refusalJson(diagnostics: readonly Diagnostic[]): DiagnosticError {
  return new DiagnosticError(diagnostics, documentText({ sections: [], diagnostics: diagnostics.map(described) }));
}

function documentText(document: ExplainDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
