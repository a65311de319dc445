/** The record of what an eject wrote: what is in it and as it was then is Quayside's to change. */
import { createHash } from 'node:crypto';
import { BROUGHT } from './rendered.js';

/** Where it lies in the source. */
export const RECORD = `${BROUGHT}/ejected.json`;

/** Ending of what is laid beside a file that stays. */
export const BESIDE = '.quayside-new';

/** Hashes of the files that were written, by path. */
export type EjectRecord = Readonly<Record<string, string>>;

/** The hash that stands for a text. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a text is the one that was written at a path; no text is none. */
export function isAsWritten(record: EjectRecord, path: string, text: string | undefined): boolean {
  return text !== undefined && record[path] === hashOf(text);
}

/** A record as the file has it. */
export function recordText(record: EjectRecord): string {
  const files = Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ version: 1, files }, null, 2)}\n`;
}

/** Reads a record; what is none counts as an empty one. */
export function readRecord(text: string | undefined): EjectRecord {
  try {
    const { files } = JSON.parse(text ?? '') as { files?: unknown };
    const entries = typeof files === 'object' && files !== null && !Array.isArray(files) ? Object.entries(files) : [];
    return Object.fromEntries(entries.filter((entry): entry is [string, string] => isRecorded(entry)));
  } catch {
    return {};
  }
}

/** Records come with the source, whoever wrote it: what is named lies in it, and nowhere else. */
function isRecorded([path, hash]: readonly [string, unknown]): boolean {
  const isInside = path !== '' && !path.startsWith('/') && !path.split('/').some(part => part === '..' || part === '');
  return isInside && typeof hash === 'string';
}
