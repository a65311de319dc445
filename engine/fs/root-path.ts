/** Paths inside a container's tree as its processes would resolve them: links followed, nothing outside the root reached. */
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { join, posix } from 'node:path';

const maximumLinks = 255;

/**
 * Resolves `path` inside `root`; parts that do not exist are kept as they are.
 * @param followLast whether a link at the very end is followed
 * @throws Error with code ELOOP when links go in circles, and without one for what can be no path
 */
export function rootPath(root: string, path: string, followLast = true): string {
  const linkAt = (candidate: string): string | undefined =>
    statEntry(join(root, candidate))?.isSymbolicLink() === true ? readlinkSync(join(root, candidate)) : undefined;
  return join(root, followLinks(path, linkAt, followLast));
}

/**
 * Resolves a path of a tree to one that leads through no link; with a slash at its beginning.
 * @param linkAt where the link at a path of the tree leads; undefined for what is none
 * @throws Error as `rootPath` does
 */
export function followLinks(path: string, linkAt: (path: string) => string | undefined, followLast = true): string {
  if (path.includes('\0')) throw new Error('a path cannot hold a NUL character');
  let left = posix.normalize(`/${path}`).split('/').filter(Boolean);
  let done = '/';
  let links = 0;
  while (left.length > 0) {
    const [name, ...rest] = left as [string, ...string[]];
    left = rest;
    if (name === '..') {
      done = posix.dirname(done);
      continue;
    }
    if (name === '.') continue;
    const candidate = posix.join(done, name);
    const target = left.length === 0 && !followLast ? undefined : linkAt(candidate);
    if (target === undefined) {
      done = candidate;
      continue;
    }
    links += 1;
    if (links > maximumLinks)
      throw Object.assign(new Error(`too many levels of symbolic links: ${path}`), { code: 'ELOOP' });
    if (target.startsWith('/')) done = '/';
    left = [...target.split('/').filter(Boolean), ...left];
  }
  return done;
}

/**
 * Looks at a path without following a link at its end; undefined when nothing is there.
 * @throws Error with code ENOTDIR when the path leads through a file
 */
export function statEntry(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
