/** quayside.lock: what tags of images meant when somebody looked, so that builds of other days and machines start from the same. */
import * as z from 'zod';
import { diagnose } from '../diagnostics/diagnose.js';
import { unlessEmpty } from '../source/defined.js';
import { type Finding, failed, found } from '../source/finding.js';

/** Name of the lock file, at the top of the source. */
export const LOCK_FILE = 'quayside.lock';

/** What is locked. */
export interface Locked {
  /** Digests of images, of the index where an image has several platforms, by their references in full. */
  readonly images: Readonly<Record<string, string>>;
  /** Versions of the Debian packages that are installed on an image, by its reference, for each platform. */
  readonly packages: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
}

/** What Debian allows: https://www.debian.org/doc/debian-policy/ch-controlfields.html. Both become words of a shell. */
const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, { error: 'not the name of a Debian package' });
const packageVersion = z.string().regex(/^[0-9][A-Za-z0-9.+~:-]*$/, { error: 'not a version of a Debian package' });
const platform = z.string().regex(/^linux\/[a-z0-9]+$/, { error: 'not a platform such as linux/amd64' });

const schema = z.strictObject({
  lockVersion: z.literal(1),
  images: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
  packages: z.record(z.string(), z.record(platform, z.record(packageName, packageVersion))).optional(),
});

/** Reads a lock file; without one nothing is locked. */
export function parseLockFile(text: string | undefined): Finding<Locked> {
  if (text === undefined) return found({ images: {}, packages: {} });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return failed(diagnose('QS106', { said: (error as Error).message }, { file: LOCK_FILE }));
  }
  const read = schema.safeParse(value);
  if (read.success) return found({ images: read.data.images, packages: read.data.packages ?? {} });
  const { path, message } = read.error.issues[0]!;
  const key = path.join('.');
  return failed(diagnose('QS106', { said: `${key === '' ? '' : `${key}: `}${message}` }, { file: LOCK_FILE }));
}

/** The text of a lock file, with a line for each image and each package. */
export function lockFileText({ images, packages }: Locked): string {
  const locked = { lockVersion: 1, images: sorted(images), packages: unlessEmpty(sorted(packages, platforms)) };
  return `${JSON.stringify(locked, null, 2)}\n`;
}

const platforms = (one: Locked['packages'][string]) => sorted(one, versions => sorted(versions));

/** A mapping in the order of its keys. */
function sorted<T, U = T>(mapping: Readonly<Record<string, T>>, inner?: (value: T) => U): Record<string, T | U> {
  const entries = Object.entries(mapping).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, inner ? inner(value) : value]));
}
