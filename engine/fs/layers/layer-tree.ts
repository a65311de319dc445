/** What an overlayfs layer directory holds, as data. Paths and link targets are byte strings (latin1): a name need not be UTF-8. */
import { lstat, readdir, readlink } from 'node:fs/promises';
import { readXattrs, type Xattr, type XattrTable } from './xattrs.js';

interface EntryBase {
  /** Relative to the layer, without a leading slash; '' is the layer's root. */
  readonly path: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, with a fraction. */
  readonly mtime: number;
  /** Without the overlay marks, which are `opaque` and `whiteout`. */
  readonly xattrs: readonly Xattr[];
}

export type LayerEntry =
  | (EntryBase & { readonly kind: 'directory'; readonly opaque: boolean })
  | (EntryBase & { readonly kind: 'file'; readonly size: number; readonly inode?: string })
  | (EntryBase & { readonly kind: 'symlink'; readonly target: string; readonly inode?: string })
  | (EntryBase & {
      readonly kind: 'device';
      readonly type: 'char' | 'block';
      readonly major: number;
      readonly minor: number;
    })
  | (EntryBase & { readonly kind: 'fifo' })
  | (EntryBase & { readonly kind: 'whiteout' });

const TYPE = {
  mask: 0o170000,
  directory: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  char: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
};

/** Marks of a directory that hides everything below it: as root, and in a user namespace (mount option userxattr). */
const OPAQUE_NAMES: readonly string[] = ['trusted.overlay.opaque', 'user.overlay.opaque'];

/**
 * Lists everything in an overlayfs layer directory: parents before children, names in byte order, the root ('') first.
 * Sockets are left out, since no image can hold one.
 */
export async function readLayer(dir: string): Promise<LayerEntry[]> {
  return listFrom(dir, '', await readXattrs(dir));
}

/** The path of a byte-string path under `root`, in the form Node's file functions take. */
export function bytePath(root: string, path: string): Buffer {
  return path === '' ? Buffer.from(root) : Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);
}

/** The entry and all below it. Siblings are read at the same time; Node's thread pool bounds how many. */
async function listFrom(root: string, path: string, xattrs: XattrTable): Promise<LayerEntry[]> {
  const entry = await readEntry(root, path, xattrs.get(path) ?? []);
  if (entry === undefined) return [];
  if (entry.kind !== 'directory') return [entry];
  const names = await readdir(bytePath(root, path), { encoding: 'latin1' });
  names.sort();
  const below = await Promise.all(names.map(name => listFrom(root, path === '' ? name : `${path}/${name}`, xattrs)));
  return [entry, ...below.flat()];
}

async function readEntry(root: string, path: string, found: readonly Xattr[]): Promise<LayerEntry | undefined> {
  const at = bytePath(root, path);
  const stat = await lstat(at);
  const base: EntryBase = {
    path,
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    mtime: stat.mtimeMs / 1000,
    xattrs: found.filter(({ name }) => !name.startsWith('trusted.overlay.') && !name.startsWith('user.overlay.')),
  };
  const shared = stat.nlink > 1 ? { inode: `${stat.dev}:${stat.ino}` } : {};
  switch (stat.mode & TYPE.mask) {
    case TYPE.directory:
      // "x" as the value marks something else (a directory with whiteouts kept as attributes).
      return {
        ...base,
        kind: 'directory',
        opaque: found.some(x => OPAQUE_NAMES.includes(x.name) && x.value.toString() === 'y'),
      };
    case TYPE.file:
      return { ...base, kind: 'file', size: stat.size, ...shared };
    case TYPE.symlink:
      return { ...base, kind: 'symlink', target: await readlink(at, { encoding: 'latin1' }), ...shared };
    case TYPE.char:
      if (stat.rdev === 0) return { ...base, kind: 'whiteout' };
      return { ...base, kind: 'device', type: 'char', ...deviceNumbers(stat.rdev) };
    case TYPE.block:
      return { ...base, kind: 'device', type: 'block', ...deviceNumbers(stat.rdev) };
    case TYPE.fifo:
      return { ...base, kind: 'fifo' };
    default:
      return undefined;
  }
}

/** Splits Linux's 64-bit device number, whose two halves each have a low and a high part. */
export function deviceNumbers(rdev: number): { major: number; minor: number } {
  const n = BigInt(rdev);
  const major = ((n >> 8n) & 0xfffn) | ((n >> 32n) & 0xfffff000n);
  const minor = (n & 0xffn) | ((n >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}
