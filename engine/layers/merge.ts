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

/** The layers have nothing below them. */
export const NOTHING_BELOW: ReadonlySet<string> = new Set();

/**
 * Merges layers, lowest first, into one layer.
 *
 * Marks are kept only where they hide something. They must not stand elsewhere: the kernel filters whiteouts when it lists a directory
 * that it merges with a lower one, and shows them as broken entries in any other.
 * @param layers each as `readLayer` gives it (parents before children)
 * @param below the directories that the layers below show, '' being the root: see `visibleDirectories`
 * @returns the entries, parents before children, names in byte order, the root first; empty for no layers
 */
export function mergeLayers(layers: readonly (readonly LayerEntry[])[], below: ReadonlySet<string>): MergedEntry[] {
  let root: Node | undefined;
  layers.forEach((entries, layer) => {
    for (const entry of entries) {
      if (entry.path === '') root = place(root, { entry, layer });
      else insert(root, { entry, layer });
    }
  });
  const result: MergedEntry[] = [];
  if (root !== undefined) listTree(root, below, below.has(''), result);
  return result;
}

/** The directories that a stack of layers shows, as `mergeLayers` takes them for what lies below. */
export function visibleDirectories(layers: readonly (readonly LayerEntry[])[]): ReadonlySet<string> {
  const entries = mergeLayers(layers, NOTHING_BELOW).map(({ entry }) => entry);
  return new Set(entries.filter(entry => entry.kind === 'directory').map(entry => entry.path));
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
  const underEntry = under?.merged.entry;
  if (!entry.opaque && under !== undefined && underEntry?.kind === 'directory') {
    return { merged: { entry: { ...entry, opaque: underEntry.opaque }, layer }, children: under.children };
  }
  // Over a whiteout or a non-directory the kernel looks no further down; the merged directory has to say so itself.
  return { merged: { entry: { ...entry, opaque: entry.opaque || under !== undefined }, layer }, children: new Map() };
}

/** `parentMerges`: whether the kernel will merge the directory that the node is in with one below. */
function listTree(node: Node, below: ReadonlySet<string>, parentMerges: boolean, into: MergedEntry[]): void {
  const { entry, layer } = node.merged;
  if (entry.kind === 'whiteout' && !parentMerges) return;
  if (entry.kind !== 'directory') {
    into.push(node.merged);
    return;
  }
  const overDirectory = parentMerges && below.has(entry.path);
  into.push({ entry: { ...entry, opaque: entry.opaque && overDirectory }, layer });
  for (const name of [...node.children.keys()].sort()) {
    listTree(node.children.get(name)!, below, overDirectory && !entry.opaque, into);
  }
}
