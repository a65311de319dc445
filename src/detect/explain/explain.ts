/** What was detected, where, and how to override it: as text, or as JSON when that is asked for. */
import type { Configured } from '../../config/load.js';
import { DiagnosticError } from '../../diagnostics/error.js';
import { printable } from '../../diagnostics/printable.js';
import type { Facts } from '../facts.js';
import { explainJson, refusalJson } from './json.js';
import { explained } from './sections.js';
import { explainText } from './text.js';

/** An app that was understood, as far as it is explained. */
export interface Explainable {
  readonly facts: Facts;
  readonly configured: Configured;
}

/** Explains an app as text for people. Rejects with what stood in the way of understanding it. */
export async function explainForPeople(understanding: Promise<Explainable>): Promise<string> {
  const { facts, configured } = await understanding;
  return printable(explainText(explained(facts, configured)));
}

/** Explains an app as one JSON document. What stood in the way of understanding it is thrown as such a document too. */
export async function explainForTools(understanding: Promise<Explainable>): Promise<string> {
  try {
    const { facts, configured } = await understanding;
    return explainJson(explained(facts, configured));
  } catch (error) {
    throw error instanceof DiagnosticError ? refusalJson(error.diagnostics) : error;
  }
}
