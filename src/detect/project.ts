/** Everything detection reads of an app, read once: pyproject.toml, the Python files, the configuration. */
import type { Config } from '../config/schema.js';
import type { Diagnostic, Place } from '../diagnostics/diagnostic.js';
import { readWebCommand, type WebCommand } from './app/procfile.js';
import { importedFromAbove, importedFromWithin } from './code/import-start.js';
import { isTestFile, type PythonModule, readModule } from './code/module.js';
import type { Sourced, Tree } from './facts.js';
import { isWithin, joinPath, relativePath, resolvePath } from './paths.js';
import { readWorkspace, type Workspace } from './python/uv-workspace.js';
import { isTable, isTomlFile, parseToml, stringAt, type TomlFile, tableAt, tomlLine } from './toml-file.js';
import { subtree } from './tree.js';

export interface Project {
  /** The app's own directory: what is written in Python, its packages and its tests. */
  readonly tree: Tree;
  /** The app's directory with what lies beside it in the source: its frontend, its compose file. */
  readonly source: Tree;
  /** The app's directory in the source; '' for the source itself. */
  readonly root: string;
  /** Where the lock file lies: the app's own directory, or the workspace around it, with its place in the source. */
  readonly locked: Tree;
  readonly lockedIn: string;
  readonly config: Config;
  /** The app's own pyproject.toml: the root's, or that of the workspace member that is the app. */
  readonly pyproject?: TomlFile;
  readonly workspace?: Workspace;
  /** Directories that imports of the workspace's members start from, relative to the app's directory. */
  readonly memberRoots?: readonly string[];
  readonly packageRoot?: Sourced<string>;
  /** All Python files of the app and its tests, without vendored and generated ones. */
  readonly modules: readonly PythonModule[];
}

/** What a provider found: a value, or the reasons why there is none. Neither: the app has no such thing. */
export interface Finding<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** A finding with a value, or with none when it is undefined. */
export function found<T>(value: T | undefined): Finding<T> {
  return value === undefined ? { diagnostics: [] } : { value, diagnostics: [] };
}

/** A finding that failed. */
export function failed<T>(...diagnostics: readonly Diagnostic[]): Finding<T> {
  return { diagnostics };
}

/** Path of a file at the top of the source, relative to the app's directory as all other places in it. */
export function aroundApp({ root }: Pick<Project, 'root'>, path: string): string {
  return relativePath(root, path);
}

/** The place of a key in the app's quayside.yaml. */
export function configPlace(key: string): Place {
  return { file: 'quayside.yaml', key };
}

/** Directories that hold no code of the app: installed, generated, or there to look at. */
const FOREIGN = new Set([
  'node_modules',
  'venv',
  'env',
  '__pycache__',
  'site-packages',
  'build',
  'dist',
  'docs',
  'examples',
]);

/** Whether a path lies in a directory that is hidden or holds no code of the app. */
export function isForeign(path: string): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some(part => part.startsWith('.') || FOREIGN.has(part));
}

/** Files read at the same time: each read is a request when the tree is a Dagger directory. */
const PARALLEL_READS = 16;

/**
 * Reads what detection needs of the app in a directory of the source; in a workspace the app is the member that has one.
 * Fails when pyproject.toml cannot be read.
 */
export async function readProject(source: Tree, directory: string, config: Config): Promise<Finding<Project>> {
  const around = subtree(source, directory);
  const text = await around.read('pyproject.toml');
  const parsed = text === undefined ? undefined : parseToml('pyproject.toml', text, 'QS206');
  if (parsed !== undefined && !isTomlFile(parsed)) return failed(parsed);
  const workspace = parsed && (await readWorkspace(around, parsed, config));
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
  const texts: (string | undefined)[] = [];
  for (let at = 0; at < paths.length; at += PARALLEL_READS) {
    const batch = paths.slice(at, at + PARALLEL_READS).map(path => source.read(resolvePath(root, path)));
    texts.push(...(await Promise.all(batch)));
  }
  const read = (prefix: string, starts: readonly string[]) =>
    paths.map((path, index) => readModule(path, texts[index] ?? '', starts, prefix));
  const plain = read('', roots);
  const above = declared ? undefined : importedFromAbove(plain, root);
  const within = declared || above || workspace ? undefined : importedFromWithin(plain);
  const packageRoot = declared ?? above ?? within;
  const modules = above ? read(root.split('/').at(-1)!, roots) : within ? read('', [...roots, within.value]) : plain;
  const project = {
    tree,
    source: surroundings(source, root),
    root,
    locked: around,
    lockedIn: directory,
    config,
    modules,
  };
  return found({
    ...project,
    ...(workspace && { workspace, memberRoots }),
    ...(pyproject && { pyproject }),
    ...(packageRoot && { packageRoot }),
  });
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
    const line = tomlLine(pyproject.text, 'tool.poetry', 'packages');
    return { value: stringAt(from, 'from')!, place: { file: pyproject.path, ...(line && { line }) } };
  }
  const inner = tree.paths.find(path => /^src\/[^/]+\.py$|^src\/[^/]+\/__init__\.py$/.test(path));
  if (inner === undefined || tree.paths.includes('src/__init__.py')) return undefined;
  return { value: 'src', place: { file: inner }, why: 'src holds the packages and is none itself' };
}
