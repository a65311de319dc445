/** quayside.lock: what tags of images meant when somebody looked, so that builds of other days and machines start from the same. */
import * as z from 'zod';
import { diagnose } from '../diagnostics/diagnose.js';
import { type Finding, failed, found } from '../source/finding.js';

/** Name of the lock file, at the top of the source. */
export const LOCK_FILE = 'quayside.lock';

/** Digests of images, of the index where an image has several platforms, by their references in full. */
export type LockedImages = Readonly<Record<string, string>>;

const schema = z.strictObject({
  lockVersion: z.literal(1),
  images: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
});

/** Reads a lock file; without one nothing is locked. */
export function parseLockFile(text: string | undefined): Finding<LockedImages> {
  if (text === undefined) return found({});
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return failed(diagnose('QS106', { said: (error as Error).message }, { file: LOCK_FILE }));
  }
  const read = schema.safeParse(value);
  if (read.success) return found(read.data.images);
  const { path, message } = read.error.issues[0]!;
  const key = path.join('.');
  return failed(diagnose('QS106', { said: `${key === '' ? '' : `${key}: `}${message}` }, { file: LOCK_FILE }));
}

/** The text of a lock file, with a line for each image. */
export function lockFileText(images: LockedImages): string {
  const sorted = Object.entries(images).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ lockVersion: 1, images: Object.fromEntries(sorted) }, null, 2)}\n`;
}
