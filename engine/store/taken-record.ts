/** What is remembered of directories that were taken in. */
import * as z from 'zod';
import type { RecordKind } from './records.js';

/** What was taken in of a directory of this machine: its layers, and a line for each thing in it. */
export interface TakenRecord {
  readonly layers: readonly string[];
  readonly lines: readonly string[];
}

export const takenRecord: RecordKind<TakenRecord> = {
  what: 'a list of what was taken in',
  schema: z.custom<TakenRecord>(isTaken),
};

/** One look each: a schema of a hundred thousand lines takes as long as taking them in. */
function isTaken(value: unknown): boolean {
  const { layers, lines } = (value ?? {}) as Partial<Record<keyof TakenRecord, unknown>>;
  const areTexts = (texts: unknown): boolean => Array.isArray(texts) && texts.every(text => typeof text === 'string');
  return areTexts(layers) && areTexts(lines);
}
