/** Files by which others test the app: workflows of a CI service, tox, recipes of make. */
import type { Tree } from '../../source/tree.js';

const CI_FILES =
  /^(\.github\/workflows\/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci\/config\.ya?ml|\.travis\.yml|azure-pipelines\.ya?ml|tox\.ini|[Mm]akefile|[Jj]ustfile|noxfile\.py|scripts\/(run-?)?tests?\.sh)$/;

/** A line of such a file that says something. */
export interface CiLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Their lines, without comments. */
export async function ciLines(tree: Tree): Promise<readonly CiLine[]> {
  const files = tree.paths.filter(path => CI_FILES.test(path));
  const read = files.map(async file =>
    ((await tree.read(file)) ?? '').split(/\r?\n/).flatMap((line, at) => {
      const text = line.replace(/(^|\s)#.*$/, '');
      return text.trim() === '' ? [] : [{ file, line: at + 1, text }];
    }),
  );
  return (await Promise.all(read)).flat();
}
