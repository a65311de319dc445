/** Django's manage.py, by which people run what belongs to a project. */
import type { Project } from '../project.js';

/** Its path: at the top, or where the project's imports start; undefined when there is none. */
export function managePath({ tree, packageRoot }: Project): string | undefined {
  return ['manage.py', `${packageRoot?.value}/manage.py`].find(path => tree.paths.includes(path));
}
