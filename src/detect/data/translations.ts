/** Catalogues of translations that are in the source as people write them, and that programs read compiled. */
import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import type { Sourced } from '../../source/sourced.js';
import type { Project } from '../project.js';

/** Where gettext, and so Django and Babel, look for catalogues. */
const CATALOGUE = /(^|\/)LC_MESSAGES\/[^/]+\.po$/;

/** Finds those that lie there without the compiled one, relative to the app's directory: it is made when the image is. */
export function uncompiledCatalogues({ tree }: Project): Sourced<readonly string[]> | undefined {
  const all = new Set(tree.paths);
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const isOwn = (path: string) => !isInstalled(path) && asideOf(path) === undefined && !isTestFile(path);
  const value = tree.paths.filter(
    path => CATALOGUE.test(path) && isOwn(path) && !all.has(path.replace(/\.po$/, '.mo')),
  );
  const [first] = value;
  return first === undefined ? undefined : { value, place: { file: first }, why: 'no compiled one lies beside it' };
}
