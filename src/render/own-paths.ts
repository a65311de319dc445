/** What of a source only its rendered files are: no image needs that, nor what people add to directories of deployments. */
import { BROUGHT } from './rendered.js';

/** Where manifests lie: what is added there, filled-in secrets among it, belongs to them. */
export const MANIFESTS = 'deploy/kubernetes';

/**
 * The paths that images go without: whole directories where nothing else lies in them, else the files one by one.
 * @param rendered paths of files that are or were rendered
 * @param source paths of all files of the source
 */
export function ownPaths(rendered: readonly string[], source: readonly string[]): readonly string[] {
  const isOwn = new Set(rendered);
  const owned = [BROUGHT, MANIFESTS];
  const others = source.filter(path => !isOwn.has(path) && !owned.some(own => path.startsWith(`${own}/`)));
  const taken = new Set(others.flatMap(directoriesOf));
  return [...new Set(rendered.map(path => directoriesOf(path).find(directory => !taken.has(directory)) ?? path))];
}

/** The directories that a file lies in, from the top. */
function directoriesOf(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}
