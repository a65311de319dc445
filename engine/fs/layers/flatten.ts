/** Merges layer directories into one new directory, by hard links where the file system allows it. */
import { randomUUID } from 'node:crypto';
import { chmod, copyFile, lchown, link, lutimes, mkdir, rename, rm, symlink, utimes } from 'node:fs/promises';
import { execa } from 'execa';
import { bytePath, type LayerEntry, readLayer } from './layer-tree.js';
import { type MergedEntry, mergeLayers } from './merge.js';
import { writeXattrs, type Xattr } from './xattrs.js';

/**
 * Makes `target` out of the layers: same tree, owners, modes, times, attributes and hard links as the stacked mount shows.
 * Files are hard links to the layers' own, so `target` may only ever be the lowest layer. Appears whole or not at all.
 * Fails when a layer cannot be read or the disk is full; leaves nothing behind then.
 * @param layers layer directories, lowest first
 * @param target the directory to make; must not exist, its parent must
 */
export async function flattenLayers(layers: readonly string[], target: string): Promise<void> {
  const entries = mergeLayers(await readLayers(layers));
  const partial = `${target}.partial-${randomUUID()}`;
  try {
    await materialise(entries, partial, layers);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function readLayers(dirs: readonly string[]): Promise<LayerEntry[][]> {
  const layers = [];
  for (const dir of dirs) layers.push(await readLayer(dir));
  return layers;
}

async function materialise(entries: readonly MergedEntry[], target: string, layers: readonly string[]): Promise<void> {
  const xattrs = new Map<string, Xattr[]>();
  const copies = new Map<string, string>();
  for (const merged of entries) {
    const { entry } = merged;
    if (entry.kind === 'directory') {
      await mkdir(bytePath(target, entry.path), { mode: 0o700 });
      xattrs.set(entry.path, [...entry.xattrs]);
      continue;
    }
    const linked = await linkEntry(merged, target, layers[merged.layer]!, copies);
    if (!linked) xattrs.set(entry.path, [...entry.xattrs]);
  }
  await writeXattrs(target, xattrs);
  // Children first: making an entry changes its directory's time.
  for (const { entry } of [...entries].reverse()) {
    if (entry.kind !== 'directory') continue;
    const at = bytePath(target, entry.path);
    await lchown(at, entry.uid, entry.gid);
    await chmod(at, entry.mode);
    await utimes(at, entry.mtime, entry.mtime);
  }
}

/** Links one entry into the target, or copies it where a link is impossible. Returns whether it is a link. */
async function linkEntry(
  merged: MergedEntry,
  target: string,
  layer: string,
  copies: Map<string, string>,
): Promise<boolean> {
  const { entry } = merged;
  const from = bytePath(layer, entry.path);
  const to = bytePath(target, entry.path);
  try {
    await link(from, to);
    return true;
  } catch (error) {
    // Another file system, too many links, or links to other users' files forbidden (protected_hardlinks).
    if (!['EXDEV', 'EMLINK', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const inode = entry.kind === 'file' || entry.kind === 'symlink' ? entry.inode : undefined;
  const first = inode === undefined ? undefined : copies.get(inode);
  if (first !== undefined) {
    await link(bytePath(target, first), to);
    return true;
  }
  if (inode !== undefined) copies.set(inode, entry.path);
  await copyEntry(merged, from, to);
  return false;
}

async function copyEntry({ entry }: MergedEntry, from: Buffer, to: Buffer): Promise<void> {
  if (entry.kind === 'file') {
    await copyFile(from, to);
  } else if (entry.kind === 'symlink') {
    await symlink(Buffer.from(entry.target, 'latin1'), to);
  } else {
    // Node cannot make device nodes or pipes. Paths with bytes outside UTF-8 do not pass through argv; such a device is no real case.
    await execa('cp', ['-a', '--', from.toString(), to.toString()]);
    return;
  }
  await lchown(to, entry.uid, entry.gid);
  if (entry.kind === 'file') await chmod(to, entry.mode);
  await lutimes(to, entry.mtime, entry.mtime);
}
