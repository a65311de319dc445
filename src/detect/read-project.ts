/** Reads what detection needs of an app, once. */
import type { Configured } from '../config/load.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { configPlace } from '../source/config-place.js';
import { defined } from '../source/defined.js';
import { type Finding, failed, found } from '../source/finding.js';
import { isForeign, isTestFile } from '../source/own-code.js';
import { isWithin, joinPath, relativePath, resolvePath } from '../source/paths.js';
import type { Sourced } from '../source/sourced.js';
import { isTable, isTomlFile, parseToml, stringAt, type TomlFile, tableAt } from '../source/toml-file.js';
import { tomlPlace } from '../source/toml-place.js';
import type { Tree } from '../source/tree.js';
import { subtree } from '../source/tree.js';
import { importedFromAbove, importedFromWithin } from './code/import-start.js';
import { readModule } from './code/module.js';
import { type PythonText, readPython } from './code/tokens.js';
import { readWebCommand, type WebCommand } from './files/web-command.js';
import type { Project, Workspace } from './project.js';
import { readWorkspace } from './python/workspace.js';

/** Files read at the same time: each read is a request when the tree is a Dagger directory. */
const PARALLEL_READS = 16;

/**
 * Reads what detection needs of the app in a directory of the source; in a workspace the app is the member that has one.
 * Fails when pyproject.toml cannot be read.
 */
export async function readProject(source: Tree, configured: Configured): Promise<Finding<Project>> {
  const { config, origins, root: directory } = configured;
  const around = subtree(source, directory);
  const text = await around.read('pyproject.toml');
  const parsed = text === undefined ? undefined : parseToml('pyproject.toml', text, 'QS206');
  if (parsed !== undefined && !isTomlFile(parsed)) return failed(parsed);
  const workspace = parsed && (await readWorkspace(around, parsed, configuredMember(configured)));
  if (isRefused(workspace)) return { diagnostics: workspace };
  const own = workspace?.members.find(({ file }) => file === workspace.app);
  const root = own ? joinPath(directory, own.directory) : directory;
  const tree = subtree(source, root);
  const pyproject = own ? { ...own.file, path: 'pyproject.toml' } : parsed;
  const declared =
    findPackageRoot(tree, pyproject) ??
    startDirectory(tree, await readWebCommand(tree)) ??
    (await djangoDirectory(tree));
  const inTree = (path: string) => relativePath(root, joinPath(directory, path));
  const memberRoots = (workspace?.members ?? []).map(member => inTree(member.root)).filter(path => path !== '');
  const roots = [...memberRoots, ...(declared ? [declared.value] : [])];
  const outside = workspace && !own ? foreignMembers(tree, workspace) : [];
  const isOutside = (path: string) => isForeign(path) || outside.some(other => path.startsWith(other));
  const beside = own ? workspace!.members.filter(member => member !== own) : [];
  const paths = [
    ...tree.paths.filter(path => path.endsWith('.py') && !isOutside(path)),
    ...beside.flatMap(member => codeOf(around, member.directory)).map(inTree),
  ].sort();
  const texts: PythonText[] = [];
  for (let at = 0; at < paths.length; at += PARALLEL_READS) {
    const batch = paths.slice(at, at + PARALLEL_READS).map(path => source.read(resolvePath(root, path)));
    texts.push(...(await Promise.all(batch.map(async text => readPython((await text) ?? '')))));
  }
  const read = (prefix: string, starts: readonly string[]) =>
    paths.map((path, index) => readModule(path, texts[index]!, starts, prefix));
  const plain = read('', roots);
  const above = declared ? undefined : importedFromAbove(plain, root);
  const within = declared || above || workspace ? undefined : importedFromWithin(plain);
  const packageRoot = declared ?? above ?? within;
  const modules = above ? read(root.split('/').at(-1)!, roots) : within ? read('', [...roots, within.value]) : plain;
  return found(
    defined({
      tree,
      source: surroundings(source, root),
      root,
      locked: around,
      lockedIn: directory,
      config,
      origins,
      modules,
      workspace,
      memberRoots: workspace && memberRoots,
      pyproject,
      packageRoot,
    }),
  );
}

const MANIFEST = /(^|\/)(pyproject\.toml|requirements\.txt|Pipfile|setup\.py|manage\.py)$/;

/** The source without what lies beside the app and is not its: other Python projects with all they have, and code to look at. */
function surroundings(source: Tree, root: string): Tree {
  if (root === '') return source;
  const projects = source.paths.filter(path => MANIFEST.test(path)).map(path => path.replace(/\/?[^/]*$/, ''));
  const others = [...new Set(projects)].filter(other => !isWithin(root, other) && !isWithin(other, root));
  const isOthers = (path: string) => isForeign(path) || others.some(other => isWithin(path, other));
  return { ...source, paths: source.paths.filter(path => isWithin(path, root) || !isOthers(path)) };
}

/** The Python files of another member, without its tests. */
function codeOf(tree: Tree, directory: string): readonly string[] {
  return tree.paths.filter(
    path => path.startsWith(`${directory}/`) && path.endsWith('.py') && !isForeign(path) && !isTestFile(path),
  );
}

/** The member of a workspace that is configured as the app. */
function configuredMember({ config, origins }: Configured): Sourced<string> | undefined {
  const value = config.python?.package;
  return value === undefined ? undefined : { value, place: configPlace(origins, 'python.package') };
}

function isRefused(workspace: Workspace | readonly Diagnostic[] | undefined): workspace is readonly Diagnostic[] {
  return Array.isArray(workspace);
}

/** Directories of projects that are beside the app in its repository, and no part of it. */
function foreignMembers(tree: Tree, { members }: Workspace): string[] {
  const projects = tree.paths
    .filter(path => path.endsWith('/pyproject.toml'))
    .map(path => path.replace(/pyproject\.toml$/, ''));
  return projects.filter(directory => !members.some(member => `${member.directory}/`.startsWith(directory)));
}

/** The directory that the command which starts the app changes to. */
function startDirectory(tree: Tree, web: WebCommand | undefined): Sourced<string> | undefined {
  const directory = web?.directory;
  if (directory === undefined || !tree.paths.some(path => path.startsWith(`${directory}/`))) return undefined;
  return { value: directory, place: web!.place, why: 'where the app is started' };
}

/** The directory of the one Django project, below the top: that of a manage.py beside the settings it names. */
async function djangoDirectory(tree: Tree): Promise<Sourced<string> | undefined> {
  const projects: Sourced<string>[] = [];
  for (const path of tree.paths.filter(candidate => /(^|\/)manage\.py$/.test(candidate) && !isForeign(candidate))) {
    const directory = path.replace(/manage\.py$/, '');
    const settings = /DJANGO_SETTINGS_MODULE["'],\s*["'](\w+)/.exec((await tree.read(path)) ?? '')?.[1];
    const isBeside = [`${directory}${settings}.py`, `${directory}${settings}/`].some(place =>
      tree.paths.some(other => other.startsWith(place)),
    );
    const value = directory.replace(/\/$/, '');
    if (isBeside && !isTestFile(path)) projects.push({ value, place: { file: path }, why: 'where manage.py lies' });
  }
  const [first, second] = projects;
  return first?.value === '' || second ? undefined : first;
}

/** `src` layout: declared to poetry or setuptools, or a src directory that holds the packages and is none itself. */
function findPackageRoot(tree: Tree, pyproject: TomlFile | undefined): Sourced<string> | undefined {
  const declared = tableAt(pyproject?.data ?? {}, 'tool', 'poetry').packages;
  const from = Array.isArray(declared)
    ? declared.filter(isTable).find(entry => typeof entry.from === 'string')
    : undefined;
  if (pyproject && from) {
    return { value: stringAt(from, 'from')!, place: tomlPlace(pyproject, 'tool', 'poetry', 'packages') };
  }
  const inner = tree.paths.find(path => /^src\/[^/]+\.py$|^src\/[^/]+\/__init__\.py$/.test(path));
  if (inner === undefined || tree.paths.includes('src/__init__.py')) return undefined;
  return { value: 'src', place: { file: inner }, why: 'src holds the packages and is none itself' };
}
