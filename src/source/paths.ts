/** Paths in the source: relative, with forward slashes. */

/** A path below a directory of the source, '' being the source itself. */
export function joinPath(root: string, path: string): string {
  return root === '' ? path : `${root}/${path}`;
}

/** A path as written in a file of `root`, relative to the source; `..` goes up, a leading `/` means the source. */
export function resolvePath(root: string, path: string): string {
  const parts = path.startsWith('/') ? [] : root.split('/').filter(part => part !== '');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** A path in the source as seen from a directory of it, `..` going up. */
export function relativePath(root: string, path: string): string {
  const [from, to] = [root, path].map(text => text.split('/').filter(part => part !== '')) as [string[], string[]];
  let shared = 0;
  while (shared < from.length && from[shared] === to[shared]) shared++;
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/');
}

/** Whether a path is a directory of the source or lies in it; everything lies in ''. */
export function isWithin(path: string, directory: string): boolean {
  return `${path}/`.startsWith(joinPath(directory, ''));
}

/** The directory that a path lies in; '' at the top. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
