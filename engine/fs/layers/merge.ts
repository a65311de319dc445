/** What several overlayfs layers look like as one: the kernel's rules on plain data. */
import type { LayerEntry } from './layer-tree.js';

/** An entry of the merged layer and the index of the layer it comes from. */
export interface MergedEntry {
  readonly entry: LayerEntry;
  readonly layer: number;
}

interface Node {
  readonly merged: MergedEntry;
  readonly children: Map<string, Node>;
}

/**
 * Merges layers, lowest first, into one layer that stands on nothing. No mark of removal is left in it: there is nothing below to hide, and the
 * kernel would show whiteouts there as broken entries.
 * @param layers each as `readLayer` gives it (parents before children)
 * @returns the entries, parents before children, names in byte order, the root first; empty for no layers
 */
export function mergeLayers(layers: readonly (readonly LayerEntry[])[]): MergedEntry[] {
  let root: Node | undefined;
  layers.forEach((entries, layer) => {
    for (const entry of entries) {
      if (entry.path === '') root = place(root, { entry, layer });
      else insert(root, { entry, layer });
    }
  });
  return root === undefined ? [] : listTree(root);
}

function insert(root: Node | undefined, merged: MergedEntry): void {
  const segments = merged.entry.path.split('/');
  const name = segments.pop()!;
  let parent = root;
  for (const segment of segments) parent = parent?.children.get(segment);
  if (parent === undefined) throw new Error(`layer ${merged.layer} lists ${merged.entry.path} before its directory`);
  parent.children.set(name, place(parent.children.get(name), merged));
}

/** What stands at a path when `merged` comes over `under`. */
function place(under: Node | undefined, merged: MergedEntry): Node {
  const { entry, layer } = merged;
  if (entry.kind !== 'directory') return { merged, children: new Map() };
  const merges = !entry.opaque && under?.merged.entry.kind === 'directory';
  return { merged: { entry: { ...entry, opaque: false }, layer }, children: merges ? under.children : new Map() };
}

function listTree({ merged, children }: Node): MergedEntry[] {
  if (merged.entry.kind === 'whiteout') return [];
  return [merged, ...[...children.keys()].sort().flatMap(name => listTree(children.get(name)!))];
}
