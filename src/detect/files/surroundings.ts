/** What of the source lies around an app and belongs to it: its frontend, its compose file. */
import { asideIn, installedIn } from '../../source/own-code.js';
import { isWithin } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { manifestNames } from '../../support/python-managers.js';

/** Files that make a directory a project of its own. */
const MANIFESTS: readonly string[] = [...manifestNames(), 'requirements.txt', 'setup.py', 'manage.py'];

/** Directories of CI's services: hidden, and of the whole source. */
const OF_CI = /^\.(github|gitlab|gitea|forgejo|circleci|woodpecker|semaphore)\//;

/** The source without what lies beside the app and is not its: other Python projects with all they have, and code to look at. */
export function surroundings(source: Tree, root: string): Tree {
  if (root === '') return source;
  const projects = source.paths
    .filter(path => MANIFESTS.includes(path.split('/').at(-1)!))
    .map(path => path.replace(/\/?[^/]*$/, ''));
  const others = [...new Set(projects)].filter(other => !isWithin(root, other) && !isWithin(other, root));
  const [isInstalled, asideOf] = [installedIn(source.paths), asideIn(source.paths)];
  const isAside = (path: string) => {
    const directory = asideOf(path);
    return directory !== undefined && !isWithin(root, directory);
  };
  const isOthers = (path: string) => isInstalled(path) || isAside(path) || others.some(other => isWithin(path, other));
  return { ...source, paths: source.paths.filter(path => isWithin(path, root) || OF_CI.test(path) || !isOthers(path)) };
}
