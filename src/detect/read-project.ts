/** Reads what detection needs of an app, once. */
import type { Configured } from '../config/load.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { configPlace } from '../source/config-place.js';
import { defined } from '../source/defined.js';
import { type Finding, failed, found } from '../source/finding.js';
import { installedIn, isTestFile } from '../source/own-code.js';
import { joinPath, relativePath } from '../source/paths.js';
import type { Sourced } from '../source/sourced.js';
import { isTomlFile, readToml, type TomlFile } from '../source/toml-file.js';
import type { Tree } from '../source/tree.js';
import { subtree } from '../source/tree.js';
import { importedFromAbove, importedFromWithin } from './code/import-start.js';
import type { PythonModule } from './code/module.js';
import { surroundings } from './files/surroundings.js';
import { readWebCommand } from './files/web-command.js';
import type { Member, Project, Workspace } from './project.js';
import { declaredStart } from './python/declared-start.js';
import { readWorkspace } from './python/workspace.js';
import { modulesOf, type PythonTexts, readTexts } from './read-modules.js';

/**
 * Reads what detection needs of the app in a directory of the source; in a workspace the app is the member that has one.
 * Fails when pyproject.toml cannot be read.
 */
export async function readProject(source: Tree, configured: Configured): Promise<Finding<Project>> {
  const located = await locate(source, configured);
  if (located.value === undefined) return failed(...located.diagnostics);
  const app = located.value;
  const web = await readWebCommand(app.tree);
  const declared = await declaredStart(app.tree, app.pyproject, web);
  const memberRoots = (app.workspace?.members ?? []).map(({ root }) => seenFrom(app, root)).filter(path => path !== '');
  const starts = [...memberRoots, ...(declared ? [declared.value] : [])];
  const { entry } = configured.config.server ?? {};
  const named = [entry?.split(':')[0], web?.app?.module].filter(name => name !== undefined);
  const texts = await readTexts({ source, root: app.root, paths: pythonPaths(app), starts, named });
  const { modules, packageRoot } = withImportStart(app, texts, { declared, starts });
  return found(
    defined({
      tree: app.tree,
      source: surroundings(source, app.root),
      root: app.root,
      locked: app.around,
      lockedIn: configured.root,
      config: configured.config,
      origins: configured.origins,
      pyproject: app.pyproject,
      workspace: app.workspace,
      memberRoots: app.workspace && memberRoots,
      packageRoot,
      modules,
    }),
  );
}

/** Where the app lies. */
interface Located {
  /** The directory that was asked for, with its place in the source: the app's own, or the workspace around it. */
  readonly around: Tree;
  readonly directory: string;
  /** The app's own directory, with its place in the source. */
  readonly tree: Tree;
  readonly root: string;
  readonly pyproject?: TomlFile;
  readonly workspace?: Workspace;
  /** The member of the workspace that is the app, when its root is not. */
  readonly own?: Member;
}

async function locate(source: Tree, configured: Configured): Promise<Finding<Located>> {
  const directory = configured.root;
  const around = subtree(source, directory);
  const parsed = await readToml(around, 'pyproject.toml');
  if (parsed !== undefined && !isTomlFile(parsed)) return failed(parsed);
  const workspace = parsed && (await readWorkspace(around, parsed, configuredMember(configured)));
  if (isRefused(workspace)) return failed(...workspace);
  const own = workspace?.members.find(({ file }) => file === workspace.app);
  const root = own ? joinPath(directory, own.directory) : directory;
  const pyproject = own ? { ...own.file, path: 'pyproject.toml' } : parsed;
  return found(defined({ around, directory, tree: subtree(source, root), root, pyproject, workspace, own }));
}

/** The member of a workspace that is configured as the app. */
function configuredMember({ config, origins }: Configured): Sourced<string> | undefined {
  const value = config.python?.package;
  return value === undefined ? undefined : { value, place: configPlace(origins, 'python.package') };
}

function isRefused(workspace: Workspace | readonly Diagnostic[] | undefined): workspace is readonly Diagnostic[] {
  return Array.isArray(workspace);
}

/** A path of the directory that was asked for, relative to the app's. */
function seenFrom({ directory, root }: Located, path: string): string {
  return relativePath(root, joinPath(directory, path));
}

/** The app's Python files and those of the workspace's other members, relative to the app's directory. */
function pythonPaths(app: Located): readonly string[] {
  const { around, tree, workspace, own } = app;
  const members = workspace?.members ?? [];
  const outside = own ? [] : foreignProjects(tree, workspace);
  const isInstalled = installedIn(around.paths);
  const python = around.paths.filter(path => path.endsWith('.py') && !isInstalled(path));
  const beside = python.filter(path =>
    members.some(member => own && member !== own && path.startsWith(`${member.directory}/`) && !isTestFile(path)),
  );
  const inside = python.filter(path =>
    own ? path.startsWith(`${own.directory}/`) : !outside.some(other => path.startsWith(other)),
  );
  return [...inside, ...beside].map(path => seenFrom(app, path));
}

/** Directories of projects that are beside the app in its repository, and no part of it. */
function foreignProjects(tree: Tree, workspace: Workspace | undefined): readonly string[] {
  if (workspace === undefined) return [];
  const projects = tree.paths
    .filter(path => path.endsWith('/pyproject.toml'))
    .map(path => path.replace(/pyproject\.toml$/, ''));
  return projects.filter(directory => !workspace.members.some(member => `${member.directory}/`.startsWith(directory)));
}

/** What is known of where imports start before the modules are looked at. */
interface DeclaredStarts {
  readonly declared: Sourced<string> | undefined;
  readonly starts: readonly string[];
}

/** The modules by the names that they import each other by. */
function withImportStart(
  { root, workspace }: Located,
  texts: PythonTexts,
  { declared, starts }: DeclaredStarts,
): { readonly modules: readonly PythonModule[]; readonly packageRoot: Sourced<string> | undefined } {
  const plain = modulesOf(texts, starts);
  if (declared) return { modules: plain, packageRoot: declared };
  const above = importedFromAbove(plain, root);
  if (above) return { modules: modulesOf(texts, starts, root.split('/').at(-1)!), packageRoot: above };
  const within = workspace ? undefined : importedFromWithin(plain);
  return within
    ? { modules: modulesOf(texts, [...starts, within.value]), packageRoot: within }
    : { modules: plain, packageRoot: undefined };
}
