/** What several overlayfs layers look like as one: the kernel's rules on plain data. */
import type { LayerEntry } from './layer-tree.js';

/** An entry of the merged layer and the index of the layer it comes from. */
export interface MergedEntry {
  readonly entry: LayerEntry;
  readonly layer: number;
}

interface Node {
  merged: MergedEntry;
  readonly children: Map<string, Node>;
}

/**
 * Merges layers, lowest first, into one layer.
 * @param layers each as `readLayer` gives it (parents before children)
 * @param bottom true when nothing lies below the lowest layer: whiteouts and opaque marks then have nothing to hide and are dropped
 * @returns the entries, parents before children, names in byte order, the root first; empty for no layers
 */
export function mergeLayers(layers: readonly (readonly LayerEntry[])[], bottom: boolean): MergedEntry[] {
  let root: Node | undefined;
  layers.forEach((entries, layer) => {
    for (const entry of entries) {
      if (entry.path === '') root = place(root, { entry, layer }, bottom);
      else insert(root, { entry, layer }, bottom);
    }
  });
  const result: MergedEntry[] = [];
  if (root !== undefined) flattenTree(root, result);
  return result;
}

function insert(root: Node | undefined, merged: MergedEntry, bottom: boolean): void {
  const segments = merged.entry.path.split('/');
  const name = segments.pop()!;
  let parent = root;
  for (const segment of segments) parent = parent?.children.get(segment);
  if (parent === undefined) throw new Error(`layer ${merged.layer} lists ${merged.entry.path} before its directory`);
  const node = place(parent.children.get(name), merged, bottom);
  if (node === undefined) parent.children.delete(name);
  else parent.children.set(name, node);
}

/** What stands at a path when `merged` comes over `below`. */
function place(below: Node | undefined, merged: MergedEntry, bottom: boolean): Node | undefined {
  const { entry, layer } = merged;
  if (entry.kind === 'whiteout') return bottom ? undefined : { merged, children: new Map() };
  if (entry.kind !== 'directory') return { merged, children: new Map() };
  const belowEntry = below?.merged.entry;
  if (!entry.opaque && below !== undefined && belowEntry?.kind === 'directory') {
    return { merged: { entry: { ...entry, opaque: belowEntry.opaque }, layer }, children: below.children };
  }
  // Over a whiteout or a non-directory the kernel looks no further down; the merged directory has to say so itself.
  const hides = entry.opaque || below !== undefined;
  return { merged: { entry: { ...entry, opaque: hides && !bottom }, layer }, children: new Map() };
}

function flattenTree(node: Node, into: MergedEntry[]): void {
  into.push(node.merged);
  for (const name of [...node.children.keys()].sort()) flattenTree(node.children.get(name)!, into);
}
