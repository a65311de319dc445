/** The directory below the app's own that imports start from, as files other than its modules say. */
import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import type { Sourced } from '../../source/sourced.js';
import { isTable, stringAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import { lockingFor } from '../../support/python-managers.js';
import type { WebCommand } from '../files/web-command.js';

/** What says it first: the layout of packages, the command that starts the app, the one Django project. */
export async function declaredStart(
  tree: Tree,
  pyproject: TomlFile | undefined,
  web: WebCommand | undefined,
): Promise<Sourced<string> | undefined> {
  return packageDirectory(tree, pyproject) ?? startDirectory(tree, web) ?? djangoDirectory(tree);
}

/** `src` layout: declared to the package manager, or a src directory that holds the packages and is none itself. */
function packageDirectory(tree: Tree, pyproject: TomlFile | undefined): Sourced<string> | undefined {
  const declared = pyproject && declaredPackages(pyproject);
  if (declared) return declared;
  const inner = tree.paths.find(path => /^src\/[^/]+\.py$|^src\/[^/]+\/__init__\.py$/.test(path));
  if (inner === undefined || tree.paths.includes('src/__init__.py')) return undefined;
  return { value: 'src', place: { file: inner }, why: 'src holds the packages and is none itself' };
}

/** The first `from` that a package manager's own table of packages has. */
function declaredPackages(pyproject: TomlFile): Sourced<string> | undefined {
  for (const { packagesAt } of lockingFor('pyproject.toml')) {
    if (packagesAt === undefined) continue;
    const declared = tableAt(pyproject.data, ...packagesAt.slice(0, -1))[packagesAt.at(-1)!];
    const tables = Array.isArray(declared) ? declared.filter(isTable) : [];
    const value = tables.map(table => stringAt(table, 'from')).find(from => from !== undefined);
    if (value !== undefined) return { value, place: tomlPlace(pyproject, ...packagesAt) };
  }
  return undefined;
}

/** The directory that the command which starts the app changes to. */
function startDirectory(tree: Tree, web: WebCommand | undefined): Sourced<string> | undefined {
  const directory = web?.directory;
  if (directory === undefined || !tree.paths.some(path => path.startsWith(`${directory}/`))) return undefined;
  return { value: directory, place: web!.place, why: 'where the app is started' };
}

/** The directory of the one Django project, below the top: that of a manage.py beside the settings it names. */
async function djangoDirectory(tree: Tree): Promise<Sourced<string> | undefined> {
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const isScript = (path: string) =>
    /(^|\/)manage\.py$/.test(path) && !isInstalled(path) && asideOf(path) === undefined;
  const projects: Sourced<string>[] = [];
  for (const path of tree.paths.filter(path => isScript(path) && !isTestFile(path))) {
    const directory = path.replace(/manage\.py$/, '');
    const settings = /DJANGO_SETTINGS_MODULE["'],\s*["'](\w+)/.exec((await tree.read(path)) ?? '')?.[1];
    const isBeside = [`${directory}${settings}.py`, `${directory}${settings}/`].some(place =>
      tree.paths.some(other => other.startsWith(place)),
    );
    const value = directory.replace(/\/$/, '');
    if (isBeside) projects.push({ value, place: { file: path }, why: 'where manage.py lies' });
  }
  const [first, second] = projects;
  return first?.value === '' || second ? undefined : first;
}
