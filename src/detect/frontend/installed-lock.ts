/** Which of several lock files of a package is the one that it is deployed with. */
import { joinPath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { DOCKERFILES } from '../files/app-dockerfile.js';
import { SCRIPTS } from '../files/start-commands.js';
import { WORKFLOWS } from '../files/workflow-steps.js';

/** A lock file by its name, and the program that installs what it locks. */
export interface LockName {
  readonly file: string;
  readonly command: string;
}

/** What installs packages by a program, and not the program itself. */
const INSTALLS = (command: string) =>
  new RegExp(
    `\\b${command}\\s+(ci|clean-install|install|i)\\b(?!\\s+(-g|--global)\\b)${command === 'yarn' ? '|\\byarn\\s*($|&&|;|--)' : ''}`,
    'm',
  );

/**
 * Finds it by the Dockerfiles beside the package, then by those of the source, by workflows and by scripts: of files of one kind, those count that
 * name one of the lock files, or install by one of the programs, and they have to agree.
 */
export async function installedLock<L extends LockName>(
  tree: Tree,
  root: string,
  locks: readonly L[],
): Promise<L | undefined> {
  const beside = tree.paths.filter(
    path => path.startsWith(joinPath(root, '')) && DOCKERFILES.test(path.slice(joinPath(root, '').length)),
  );
  const kinds = [beside, ...[DOCKERFILES, WORKFLOWS, SCRIPTS].map(kind => tree.paths.filter(path => kind.test(path)))];
  for (const paths of kinds) {
    const texts = await Promise.all(paths.map(path => tree.read(path)));
    const about = texts
      .filter(text => text !== undefined)
      .filter(text => root === '' || isAbout(text, root, paths, beside));
    const named = about.flatMap(text => onlyOne(locks, ({ file }) => text.includes(file)) ?? []);
    const run = about.flatMap(text => onlyOne(locks, ({ command }) => INSTALLS(command).test(text)) ?? []);
    const [first, ...others] = named.length > 0 ? named : run;
    if (first && others.every(other => other === first)) return first;
  }
  return undefined;
}

/** Whether a file is about a package: it lies beside it, or names its directory. */
function isAbout(text: string, root: string, paths: readonly string[], beside: readonly string[]): boolean {
  return (
    paths === beside ||
    new RegExp(`(^|[\\s"'./:=])${root.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}([\\s"'/]|$)`, 'm').test(text)
  );
}

function onlyOne<L>(all: readonly L[], fits: (one: L) => boolean): L | undefined {
  const [only, another] = all.filter(fits);
  return another === undefined ? only : undefined;
}
