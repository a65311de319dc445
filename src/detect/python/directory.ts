/** Where in the source the app lies, when the source itself is no Python project: `backend` beside `frontend`. */

import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import { joinPath } from '../../source/paths.js';
import { isTomlFile, parseToml, type TomlFile, tableAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import type { Dependency } from '../../support/dependency.js';
import { listingManager } from '../../support/python-managers.js';
import { bringsWebFramework } from '../../support/web-frameworks.js';
import { declaredIn } from './dependencies.js';
import { readRequirements } from './requirements.js';

/** Directories deeper than `services/shop/api` are parts of something. */
const DEEPEST = 3;

/**
 * Finds the directories below the source whose own dependencies name a web framework, the outermost of those that lie in
 * each other. None when the source itself is a project with one, or a workspace.
 */
export async function findAppDirectories(tree: Tree): Promise<readonly string[]> {
  // What a setup.py depends on is not always written there.
  if (tree.paths.includes('setup.py') || (await isWebProject(tree, ''))) return [];
  const manifests = tree.paths.filter(path => /(^|\/)(pyproject\.toml|Pipfile|requirements(\/\w+)?\.txt)$/.test(path));
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const counted = manifests.filter(path => !isInstalled(path) && !isTestFile(path));
  const own = await webProjects(
    tree,
    counted.filter(path => asideOf(path) === undefined),
  );
  // An example is an app where nothing else is.
  return own.length > 0
    ? own
    : webProjects(
        tree,
        counted.filter(path => asideOf(path) !== undefined),
      );
}

async function webProjects(tree: Tree, manifests: readonly string[]): Promise<readonly string[]> {
  const directories = manifests.map(path =>
    path.replace(/\/?(pyproject\.toml|Pipfile|requirements(\/\w+)?\.txt)$/, ''),
  );
  const apps: string[] = [];
  for (const directory of [...new Set(directories)].sort()) {
    if (directory === '' || directory.split('/').length > DEEPEST) continue;
    if (apps.some(app => directory.startsWith(`${app}/`))) continue;
    const hasCode = tree.paths.some(path => path.startsWith(`${directory}/`) && path.endsWith('.py'));
    if (hasCode && (await isWebProject(tree, directory))) apps.push(directory);
  }
  return apps;
}

/** The only such directory; undefined when there is none, or several. */
export async function onlyAppDirectory(tree: Tree): Promise<string | undefined> {
  const [only, second] = await findAppDirectories(tree);
  return second === undefined ? only : undefined;
}

async function isWebProject(tree: Tree, directory: string): Promise<boolean> {
  const toml = async (name: string): Promise<TomlFile | 'unreadable' | undefined> => {
    const text = await tree.read(joinPath(directory, name));
    const file = text === undefined ? undefined : parseToml(joinPath(directory, name), text, 'QS206');
    // A file that cannot be read belongs to a project, and is told of there.
    return file && (isTomlFile(file) ? file : 'unreadable');
  };
  const [pyproject, pipfile] = [await toml('pyproject.toml'), await toml('Pipfile')];
  if (pyproject === 'unreadable' || pipfile === 'unreadable') return true;
  if (pyproject && 'members' in tableAt(pyproject.data, 'tool', 'uv', 'workspace')) return true;
  const declared: Dependency[] = [
    ...(pyproject ? declaredIn(pyproject, 'pyproject.toml') : []),
    ...(pipfile ? declaredIn(pipfile, 'Pipfile') : []),
  ];
  const requirements = listingManager()
    .mainFiles.map(name => joinPath(directory, name))
    .find(path => tree.paths.includes(path));
  const listed = requirements === undefined ? undefined : await readRequirements(tree, requirements, 'main');
  return bringsWebFramework([...declared, ...(listed?.value?.dependencies ?? [])]);
}
