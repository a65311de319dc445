/** Lines of requirements files that name the index which pip asks anyway. */
import type { Place } from '../../diagnostics/place.js';
import type { Tree } from '../../source/tree.js';
import { requirementLines } from './requirement-lines.js';

/** Pipenv writes it into what it exports, pip-tools too; its old name only leads on to the new one. */
const USUAL = /^\s*(-i|--index-url)[\s=]*https?:\/\/pypi(\.python)?\.org\/(simple|pypi)\/?\s*$/;

/** Finds them: left out, they keep nobody from asking the index that a machine is told to ask in its place. */
export async function usualIndexLines(tree: Tree, files: readonly string[]): Promise<readonly Place[]> {
  const read = files.map(async file =>
    requirementLines((await tree.read(file)) ?? '').flatMap(({ text, line }) =>
      USUAL.test(text) ? [{ file, line }] : [],
    ),
  );
  return (await Promise.all(read)).flat();
}
