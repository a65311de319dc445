import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, readlink, rename, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Overlays, openOverlays } from '../../../engine/store/overlays.js';
import { debianPackage } from './debian-package.js';

/** Layers made the way the engine makes them: each step runs in a mount over all before it, its upper directory is the layer. */
export interface LayerStack {
  readonly store: string;
  readonly layers: string[];
}

/** A stack whose first layer is Debian's static busybox with the usual links. */
export async function busyboxStack(store: string): Promise<LayerStack> {
  const layer = join(store, 'layer-0');
  await mkdir(join(layer, 'bin'), { recursive: true });
  await mkdir(join(layer, 'tmp'));
  const busybox = join(await debianPackage('busybox-static'), 'bin/busybox');
  await execa('cp', ['-p', busybox, join(layer, 'bin/busybox')]);
  await execa('chroot', [layer, '/bin/busybox', '--install', '-s', '/bin']);
  return { store, layers: [layer] };
}

/** Runs a shell script in the stack's file system and adds what it changed as a layer. */
export async function addLayer(stack: LayerStack, script: string): Promise<void> {
  const layer = join(stack.store, `layer-${stack.layers.length}`);
  await withOverlays(stack, async (overlays, ids) => {
    const tree = await overlays.writable(ids, join(stack.store, 'scratch'));
    await execa('chroot', [tree.root, '/bin/sh', '-euc', script]);
    await tree.unmount();
    await rename(tree.upper, layer);
  });
  await execa('rm', ['-rf', join(stack.store, 'scratch')]);
  stack.layers.push(layer);
}

/** Shows the stack to `use`, which must not write to it. */
export function withMount<T>(stack: LayerStack, use: (root: string) => Promise<T>): Promise<T> {
  return withOverlays(stack, async (overlays, ids) => use(await overlays.view(ids)));
}

/** Opens the engine's own mounts on a store in which the stack's layers have short ids. */
async function withOverlays<T>(
  { store, layers }: LayerStack,
  use: (overlays: Overlays, ids: readonly string[]) => Promise<T>,
): Promise<T> {
  const links = join(store, 'l');
  await mkdir(links, { recursive: true });
  const ids = layers.map(layer => createHash('sha256').update(layer).digest('hex').slice(0, 16));
  const link = (id: string, i: number) => symlink(layers[i]!, join(links, id)).catch(() => undefined);
  await Promise.all(ids.map(link));
  const overlays = openOverlays({ layers: links }, join(store, 'mounts'), false);
  try {
    return await use(overlays, ids);
  } finally {
    await overlays.closeAll();
  }
}

/**
 * Describes a file tree so that two can be compared: type, mode, owner, link target, content, and which names are one file.
 * @param skip names at the root that are not compared
 */
export async function describeTree(root: string, skip: readonly string[] = []): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  const names = new Map<string, string>();
  const visit = async (path: string): Promise<void> => {
    const at = join(root, path);
    const stat = await lstat(at);
    const owner = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`;
    if (stat.isDirectory()) {
      if (path !== '') tree[path] = `dir ${owner}`;
      for (const name of (await readdir(at)).sort()) {
        if (path !== '' || !skip.includes(name)) await visit(join(path, name));
      }
      return;
    }
    const id = `${stat.dev}:${stat.ino}`;
    const first = stat.nlink > 1 ? names.get(id) : undefined;
    if (stat.nlink > 1 && first === undefined) names.set(id, path);
    const same = first === undefined ? '' : ` same as ${first}`;
    if (stat.isSymbolicLink()) tree[path] = `link ${stat.uid}:${stat.gid} -> ${await readlink(at)}${same}`;
    else if (stat.isFile())
      tree[path] = `file ${owner} ${createHash('sha256')
        .update(await readFile(at))
        .digest('hex')}${same}`;
    else tree[path] = `other ${(stat.mode & 0o170000).toString(8)} ${owner} ${stat.rdev}${same}`;
  };
  await visit('');
  return tree;
}
