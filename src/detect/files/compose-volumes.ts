/** Volumes of the app in its own compose file: directories that whoever runs it keeps. */

import { resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { readCompose } from './compose.js';
import { imageDirectory } from './dockerfile.js';

/** What is mounted for other reasons than to keep it. */
const NOT_KEPT = /(^|\/)(node_modules|\.?venv|__pycache__|static|staticfiles|\.\w+)(\/|$)|\.(\w{1,5}|sqlite3?)$/;

/** Whether a directory is mounted to keep what is written there: what the image has made in it would be hidden by a volume. */
export function isKept(directory: string): boolean {
  return !NOT_KEPT.test(directory);
}

/**
 * Finds the targets of volumes in services that are built here, absolute or relative to the directory that the app's
 * Dockerfile works in. Mounts of code are left out: what they bring is in the image. So is what has no name, or may only be
 * read: it keeps nothing.
 */
export async function composeVolumes(tree: Tree): Promise<readonly Sourced<string>[]> {
  const built = ((await readCompose(tree))?.services ?? []).filter(
    ({ build, code }) => code !== undefined || (build !== undefined && hasCode(build.value, tree)),
  );
  if (built.length === 0) return [];
  const workdir = await imageDirectory(tree);
  return built.flatMap(({ mounts }) =>
    mounts.flatMap(({ value: { source, target, isReadOnly }, place }) => {
      if (isReadOnly || source === '' || !target.startsWith('/') || isCode(source, tree)) return [];
      const path = target.replace(/\/$/, '');
      const inside = path === workdir || path.startsWith(`${workdir}/`) ? path.slice(workdir.length + 1) : path;
      return inside === '' || !isKept(inside) ? [] : [{ value: inside, place, why: 'a volume of the compose file' }];
    }),
  );
}

/** Whether there is Python in the directory that a service is built from: a database's own image is built from another. */
function hasCode(context: string, { paths }: Tree): boolean {
  const directory = resolvePath('', context);
  return directory === '' || paths.some(path => path.startsWith(`${directory}/`) && path.endsWith('.py'));
}

/** Whether a directory of the source has files in it, or is the source itself. */
function isCode(source: string, { paths }: Tree): boolean {
  if (!/^[./]/.test(source)) return false;
  const directory = resolvePath('', source);
  return directory === '' || paths.some(path => path.startsWith(`${directory}/`) && !/\/\.git\w+$/.test(path));
}
