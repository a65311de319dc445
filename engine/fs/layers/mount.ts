/** Overlay mounts as data: the options, and whether the kernel takes them. */

/** The kernel takes mount options in one page of memory, the closing NUL included. */
const MAX_OPTION_BYTES = 4095;

/** What is mounted. */
export interface OverlayMount {
  /** Paths, lowest layer first (the kernel wants the reverse). */
  readonly lowers: readonly string[];
  /** Makes the mount writable. Nothing is synced to disk: a result is made again after a crash. */
  readonly writable?: { readonly upper: string; readonly work: string };
  /** In a user namespace: opaque marks are user.* attributes. */
  readonly userxattr: boolean;
}

/**
 * Builds the string for `mount -o`.
 * @throws RangeError when there are too few layers or the kernel would cut the string off
 */
export function overlayOptions({ lowers, writable, userxattr }: OverlayMount): string {
  if (lowers.length === 0) throw new RangeError('an overlay mount needs at least one lower layer');
  if (lowers.length === 1 && writable === undefined)
    throw new RangeError('the kernel mounts a single layer only with an upper directory: use the layer itself');
  const options = [`lowerdir=${[...lowers].reverse().map(escapeLower).join(':')}`];
  if (writable !== undefined) {
    options.push(`upperdir=${escapeOption(writable.upper)}`, `workdir=${escapeOption(writable.work)}`);
    // A layer must stand alone: no renames by reference, no data left in a lower layer, no tie to an index.
    if (!userxattr) options.push('redirect_dir=off', 'metacopy=off');
    options.push('index=off', 'volatile');
  }
  if (userxattr) options.push('userxattr');
  const text = options.join(',');
  if (Buffer.byteLength(text) > MAX_OPTION_BYTES) {
    throw new RangeError(
      `overlay options take ${Buffer.byteLength(text)} bytes, the kernel reads ${MAX_OPTION_BYTES}: flatten the layers first`,
    );
  }
  return text;
}

function escapeLower(path: string): string {
  return escapeOption(path).replaceAll(':', '\\:');
}

function escapeOption(path: string): string {
  return path.replace(/[\\,]/g, char => `\\${char}`);
}
