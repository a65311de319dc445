/** Trees of files: in memory for tests and callers that have the texts, and the part of a tree below a directory. */

/** The app's files as detection sees them: relative paths with `/`, no directories. */
export interface Tree {
  readonly paths: readonly string[];
  /** Text of a file, or undefined when there is none. */
  read(path: string): Promise<string | undefined>;
}

/** What is read of a tree once, however many ask: its files do not change. */
export function oncePerTree<T>(read: (tree: Tree) => T): (tree: Tree) => T {
  const known = new WeakMap<Tree, { readonly value: T }>();
  return tree => {
    const found = known.get(tree) ?? { value: read(tree) };
    known.set(tree, found);
    return found.value;
  };
}

/** A tree of files held in memory: path to text. */
export function memoryTree(files: Readonly<Record<string, string>>): Tree {
  return {
    paths: Object.keys(files).sort(),
    read: async path => (Object.hasOwn(files, path) ? files[path] : undefined),
  };
}

/** The part of a tree below `root`, with paths relative to it; '' is the tree itself. */
export function subtree(tree: Tree, root: string): Tree {
  if (root === '') return tree;
  const prefix = `${root}/`;
  return {
    paths: tree.paths.filter(path => path.startsWith(prefix)).map(path => path.slice(prefix.length)),
    read: path => tree.read(prefix + path),
  };
}
