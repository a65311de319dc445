/** Mount points that a container run leaves in the tree under it, taken away again as BuildKit does. */
import { lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, posix, relative } from 'node:path';
import { rootPath } from './root-path.js';

/** What podman and the runtime make in a root file system that lacks it. */
const runtimePaths = [
  '/proc',
  '/sys',
  '/dev',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/etc/hostname',
  '/etc/mtab',
  '/run/.containerenv',
  '/run/podman-init',
  '/run/secrets',
  '/run/lock',
];

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function ancestors(path: string): string[] {
  const parents: string[] = [];
  for (let at = posix.dirname(path); at !== '/'; at = posix.dirname(at)) parents.push(at);
  return parents;
}

/** Looks at a tree before a run; the function it returns removes, after the run, what was made then and is still empty. */
export function watchStubs(root: string, targets: readonly string[]): () => void {
  const candidates = [...new Set([...runtimePaths, ...targets].flatMap(path => [path, ...ancestors(path)]))]
    .filter(path => !path.startsWith('/dev/'))
    .map(path => rootPath(root, path, false))
    .filter(path => path !== root && !isThere(path))
    .sort((a, b) => b.length - a.length);
  // A process that has put a link on the way has made the place another one, perhaps one of this machine.
  const isSamePlace = (path: string): boolean => rootPath(root, relative(root, path), false) === path;
  return () => {
    for (const path of candidates.filter(isSamePlace)) {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (stats.isDirectory()) {
        if (readdirSync(path).length === 0) rmdirSync(path);
      } else if (stats.isSymbolicLink() || stats.size === 0) rmSync(path);
    }
  };
}

/**
 * Names directories of a layer that were only opened for a stub: empty in the layer, and as they were below. They can be taken out once it is unmounted.
 * @param merged where the layer is mounted over `lower`, a view of what is below it
 */
export function untouchedDirectories(upper: string, merged: string, lower: string): string[] {
  return ['/etc', '/run', '/dev', '/proc', '/sys'].filter(path => {
    const own = lstatSync(join(upper, path), { throwIfNoEntry: false });
    if (!own?.isDirectory() || readdirSync(join(upper, path)).length > 0) return false;
    const below = lstatSync(join(lower, path), { throwIfNoEntry: false });
    if (!below?.isDirectory() || below.mode !== own.mode || below.uid !== own.uid || below.gid !== own.gid)
      return false;
    // An opaque directory hides what is below: then it does say something.
    return readdirSync(join(merged, path)).length === readdirSync(join(lower, path)).length;
  });
}
