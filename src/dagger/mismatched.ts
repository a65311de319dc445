/** Packages that do not work together, as their errors say it: one is pinned, and the newest of the other is installed. */
import type { Lacking } from '../diagnostics/messages/run.js';

type Mismatched = Extract<Lacking, { kind: 'mismatched' }>;

const PACKAGE = /\/(?:site|dist)-packages\/([^/.]+)/;

/** A name that is gone from a file of a package, which the message shows. */
const NAME = /cannot import name '(\w+)' from '([\w.]+)' \((\S*\/(?:site|dist)-packages\/\S*)\)/;

/**
 * What does not work with what; undefined when an error is about something else.
 * @param importer the file that it was raised in
 */
export function mismatched(message: string, importer: string): Mismatched | undefined {
  const [, name, module, file = ''] = NAME.exec(message) ?? [];
  const [, of] = PACKAGE.exec(file) ?? [];
  const [, by] = PACKAGE.exec(importer) ?? [];
  // What a package no longer finds in itself is a broken install.
  if (of === undefined || of === by) return undefined;
  return { kind: 'mismatched', name: `${module}.${name}`, of, ...(by !== undefined && { by }) };
}

/** The same of a package that compares versions itself, as Kombu does. */
export function refusedVersion(type: string, message: string): Mismatched | undefined {
  const [, by] = /^(\w+)\.(?:\w+\.)*VersionMismatch$/.exec(type) ?? [];
  return by === undefined ? undefined : { kind: 'mismatched', by, says: message.split('\n')[0]! };
}
