/** Overlay mounts as data: the options, the short names that keep them under the kernel's limit, and when a chain is too deep. */
import { createHash } from 'node:crypto';
import { mkdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** The kernel takes mount options in one page of memory, the closing NUL included. */
export const MAX_OPTION_BYTES = 4095;

/** The kernel's OVL_MAX_STACK. */
const KERNEL_MAX_LOWERS = 500;

/** `l/` and twelve digits: 48 bits of the path's digest. */
const LINK_DIGITS = 12;

/** What upperdir, workdir and flags may take of the page: two absolute paths of 255 bytes and the flags. */
const RESERVED_BYTES = 640;

/** How many lower layers fit with short names; beyond this a chain has to be flattened. */
export const MAX_LOWERS = Math.min(
  KERNEL_MAX_LOWERS,
  Math.floor((MAX_OPTION_BYTES - RESERVED_BYTES) / (LINK_DIGITS + 3)),
);

export interface OverlayFlags {
  /** In a user namespace: opaque marks are user.* attributes. Default false. */
  readonly userxattr?: boolean;
  /** Leave out syncing to disk; right for results that are made again after a crash. Default false. */
  readonly volatile?: boolean;
}

/**
 * Builds the option string of an overlay mount.
 * @param lowers paths, lowest layer first (the kernel wants the reverse)
 * @param upper with `work`, makes the mount writable
 * @returns the string for `mount -o`. Throws a RangeError when there are too few layers or the kernel would cut the string off.
 */
export function overlayOptions(
  lowers: readonly string[],
  upper?: string,
  work?: string,
  flags: OverlayFlags = {},
): string {
  if (lowers.length === 0) throw new RangeError('an overlay mount needs at least one lower layer');
  if (lowers.length === 1 && upper === undefined)
    throw new RangeError('the kernel mounts a single layer only with an upper directory: use the layer itself');
  if ((upper === undefined) !== (work === undefined)) throw new RangeError('upper and work directories come together');
  const options = [`lowerdir=${[...lowers].reverse().map(escapeLower).join(':')}`];
  if (upper !== undefined && work !== undefined) {
    options.push(`upperdir=${escapeOption(upper)}`, `workdir=${escapeOption(work)}`);
    // A layer must stand alone: no renames by reference, no data left in a lower layer, no tie to an index.
    if (!flags.userxattr) options.push('redirect_dir=off', 'metacopy=off');
    options.push('index=off');
    if (flags.volatile) options.push('volatile');
  }
  if (flags.userxattr) options.push('userxattr');
  const text = options.join(',');
  if (Buffer.byteLength(text) > MAX_OPTION_BYTES) {
    throw new RangeError(
      `overlay options take ${Buffer.byteLength(text)} bytes, the kernel reads ${MAX_OPTION_BYTES}: flatten the layers first`,
    );
  }
  return text;
}

/** Whether a chain of lower layers is too deep to be mounted by short names. `limit` defaults to what fits. */
export function needsFlatten(lowers: readonly string[], limit: number = MAX_LOWERS): boolean {
  return lowers.length > limit;
}

/** The short name of a layer directory, relative to the store: the same path always has the same name. */
export function linkName(layer: string): string {
  return `l/${createHash('sha256').update(layer).digest('hex').slice(0, LINK_DIGITS)}`;
}

export interface OverlayMount extends OverlayFlags {
  /** The store's directory; holds the short names in `l/`, and is the working directory of mount(8). */
  readonly store: string;
  /** Absolute layer directories, lowest first. */
  readonly lowers: readonly string[];
  readonly upper?: string;
  readonly work?: string;
  readonly target: string;
}

/** A command to run, with its working directory and variables to add to the environment. */
export interface MountCommand {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Builds the mount command. The links named by `linkName` must exist by then: see `ensureLinks`. Throws as `overlayOptions` does. */
export function overlayMountCommand(mount: OverlayMount): MountCommand {
  const options = overlayOptions(mount.lowers.map(linkName), mount.upper, mount.work, mount);
  return {
    argv: ['mount', '-t', 'overlay', 'overlay', '-o', options, mount.target],
    cwd: mount.store,
    // From 2.39 on, mount(8) uses fsconfig(2), which takes 255 bytes for one option.
    env: { LIBMOUNT_FORCE_MOUNT2: 'always' },
  };
}

/** Makes the short names of the layers in the store; those that exist stay. Safe to call at the same time from several processes. */
export async function ensureLinks(store: string, layers: readonly string[]): Promise<void> {
  await mkdir(join(store, 'l'), { recursive: true });
  for (const layer of layers) {
    const target = relative(join(store, 'l'), layer);
    await symlink(target, join(store, linkName(layer))).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

function escapeLower(path: string): string {
  return escapeOption(path).replaceAll(':', '\\:');
}

function escapeOption(path: string): string {
  return path.replace(/[\\,]/g, char => `\\${char}`);
}
