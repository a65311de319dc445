/** Where in the source the app lies, when the source itself is no Python project: `backend` beside `frontend`. */

import { asideIn, installedIn, isTestFile } from '../../source/own-code.js';
import { isWithin, joinPath, parentOf } from '../../source/paths.js';
import { isTable, isTomlFile, readToml, type TomlFile } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import type { Dependency } from '../../support/dependency.js';
import { listingManager, lockingFor, manifestNames } from '../../support/python-managers.js';
import { bringsWebFramework } from '../../support/web-frameworks.js';
import { DOCKERFILES } from '../files/app-dockerfile.js';
import { declaredIn } from './dependencies.js';
import { readRequirements } from './requirements.js';

/** Directories deeper than `services/shop/api` are parts of something. */
const DEEPEST = 3;

/** A setup.py that makes a package; others are scripts that people set the source up with. */
const MAKES_PACKAGE = /^\s*(?:from|import)\s+(?:setuptools|distutils|skbuild|numpy\.distutils)\b/m;

/**
 * Finds the directories below the source whose own dependencies name a web framework, the outermost of those that lie in
 * each other. None when the source itself is a project with one, or a workspace.
 */
export async function findAppDirectories(tree: Tree): Promise<readonly string[]> {
  // What a setup.py depends on is not always written there.
  if (MAKES_PACKAGE.test((await tree.read('setup.py')) ?? '')) return [];
  if (await isWebProject(tree, '')) {
    const below = await listedBelow(tree);
    return below.length > 0 ? below : deployedInside(tree);
  }
  const manifests = tree.paths.filter(path => projectOf(path) !== undefined);
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  // Beside a project of Django at the top, another one is not the app, even where that says nothing of what it depends on.
  const isBeside = (path: string) =>
    tree.paths.includes('manage.py') && tree.paths.includes(joinPath(projectOf(path) ?? '', 'manage.py'));
  const counted = manifests.filter(path => !isInstalled(path) && !isTestFile(path) && !isBeside(path));
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

/** What starts an app from the top of its source. */
const STARTS_AT_TOP = /^(Procfile|app\.json|manage\.py|render\.yaml|fly\.toml)$/;

/**
 * The directory of a project with a container of its own whose list the list at the top takes the web framework from: that one is there for who
 * works on all of the source. None where anything at the top starts the app, or declares the framework itself.
 */
async function listedBelow(tree: Tree): Promise<readonly string[]> {
  const isAtTop = (path: string) => !path.includes('/') && (STARTS_AT_TOP.test(path) || DOCKERFILES.test(path));
  const [list, another] = listingManager().mainFiles.filter(name => tree.paths.includes(name));
  if (list === undefined || another !== undefined || tree.paths.some(isAtTop)) return [];
  const { value: read } = await readRequirements(tree, list, 'main');
  const bringing = (read?.dependencies ?? []).filter(dependency => bringsWebFramework([dependency]));
  const directories = new Set(bringing.map(({ place }) => projectOf(place.file)));
  const [directory, other] = directories;
  if (!directory || other !== undefined) return [];
  const isOwn = tree.paths.some(
    path => path.startsWith(`${directory}/`) && DOCKERFILES.test(path.slice(directory.length + 1)),
  );
  return isOwn && !(await manifestSays(tree, declaresFramework))
    ? webProjects(tree, [`${directory}/requirements.txt`])
    : [];
}

type Manifest = ReturnType<typeof manifestNames>[number];

/** Whether a manifest at the top cannot be read, or says something. */
async function manifestSays(tree: Tree, says: (file: TomlFile, name: Manifest) => boolean): Promise<boolean> {
  for (const name of manifestNames()) {
    const file = await readToml(tree, name);
    if (file !== undefined && (!isTomlFile(file) || says(file, name))) return true;
  }
  return false;
}

function declaresFramework(file: TomlFile, name: Manifest): boolean {
  return bringsWebFramework(declaredIn(file, name)) || lockingFor(name).some(({ workspace }) => workspace?.(file));
}

/** What shows that the source itself is what is deployed, beside its list. */
const DEPLOYS_TOP =
  /^(Procfile|Dockerfile|Containerfile|app\.json|render\.ya?ml|fly\.toml|railway\.\w+|setup\.(py|cfg)|[^/]+\.py)$/;

/**
 * Where the source has a list of packages and no code of its own, the one directory that has all of the code, with a list and a Dockerfile:
 * the list at the top is another copy, and nothing that is deployed reads it.
 */
async function deployedInside(tree: Tree): Promise<readonly string[]> {
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  // One that declares nothing may be there for tools alone.
  const isDeclared = await manifestSays(tree, (file, name) => declaredIn(file, name).length > 0);
  if (isDeclared || tree.paths.some(path => DEPLOYS_TOP.test(path))) return [];
  const code = tree.paths.filter(
    path => path.endsWith('.py') && !isInstalled(path) && asideOf(path) === undefined && !isTestFile(path),
  );
  const [only, another] = [...new Set(code.map(path => path.split('/')[0]!))];
  const isDeployed = tree.paths.includes(joinPath(only ?? '', 'Dockerfile')) && !(await isIncluded(tree, only ?? ''));
  return only !== undefined && another === undefined && isDeployed && (await isWebProject(tree, only)) ? [only] : [];
}

/** Whether the list at the top takes what a directory has: then it is no copy. */
async function isIncluded(tree: Tree, directory: string): Promise<boolean> {
  const lists = listingManager().mainFiles.filter(path => tree.paths.includes(path));
  const read = await Promise.all(lists.map(path => readRequirements(tree, path, 'main')));
  return read.some(({ value }) => value?.files.some(file => isWithin(file, directory)));
}

async function webProjects(tree: Tree, manifests: readonly string[]): Promise<readonly string[]> {
  const apps: string[] = [];
  for (const directory of [...new Set(manifests.map(projectOf))].sort()) {
    // `{{cookiecutter.name}}/backend` is the draft of another project's.
    if (!directory || directory.includes('{') || directory.split('/').length > DEEPEST) continue;
    if (apps.some(app => directory.startsWith(`${app}/`))) continue;
    const hasCode = tree.paths.some(path => path.startsWith(`${directory}/`) && path.endsWith('.py'));
    if (hasCode && (await isWebProject(tree, directory))) apps.push(aroundPackage(tree, directory));
  }
  return apps;
}

/** A package whose list of requirements lies in it is imported from where the project's own program lies, around it. */
function aroundPackage({ paths }: Tree, directory: string): string {
  const around = parentOf(directory);
  const isPackage = paths.includes(joinPath(directory, '__init__.py'));
  const isStarted = paths.includes(joinPath(around, 'manage.py')) && !paths.includes(joinPath(directory, 'manage.py'));
  return isPackage && isStarted ? around : directory;
}

/** The directory of the project that a file declares what is needed for. */
function projectOf(path: string): string | undefined {
  const [, directory = '', name] = /^(?:(.*?)\/)?(requirements(?:[/.]\w+)?\.txt|[^/]+)$/.exec(path) ?? [];
  const isManifest =
    /^requirements([/.]\w+)?\.txt$/.test(name ?? '') || manifestNames().some(manifest => manifest === name);
  return isManifest ? directory : undefined;
}

/** The only such directory; undefined when there is none, or several. */
export async function onlyAppDirectory(tree: Tree): Promise<string | undefined> {
  const [only, second] = await findAppDirectories(tree);
  return second === undefined ? only : undefined;
}

async function isWebProject(tree: Tree, directory: string): Promise<boolean> {
  const declared: Dependency[] = [];
  for (const name of manifestNames()) {
    const path = joinPath(directory, name);
    const file = await readToml(tree, path);
    if (file === undefined) continue;
    // A file that cannot be read belongs to a project, and is told of there.
    if (!isTomlFile(file) || lockingFor(name).some(({ workspace }) => workspace?.(file))) return true;
    const installed = await installedExtras(tree, directory);
    declared.push(
      ...counted(file, declaredIn(file, name)).map(dependency =>
        dependency.groupName !== undefined && installed.has(dependency.groupName)
          ? { ...dependency, group: 'main' as const }
          : dependency,
      ),
    );
  }
  const requirements = listingManager()
    .mainFiles.map(name => joinPath(directory, name))
    .find(path => tree.paths.includes(path));
  const listed = requirements === undefined ? undefined : await readRequirements(tree, requirements, 'main');
  if (bringsWebFramework([...declared, ...(listed?.value?.dependencies ?? [])])) return true;
  return (
    declared.length === 0 && requirements === undefined && (await otherRequirements(tree, directory)) !== undefined
  );
}

/** Names of extras that Dockerfiles in a directory install: `pip install /app[api]`, `uv sync --extra api`. */
async function installedExtras(tree: Tree, directory: string): Promise<ReadonlySet<string>> {
  const prefix = joinPath(directory, '');
  const paths = tree.paths.filter(path => path.startsWith(prefix) && DOCKERFILES.test(path.slice(prefix.length)));
  const texts = await Promise.all(paths.map(path => tree.read(path)));
  return new Set(
    texts.flatMap(text =>
      [...(text ?? '').matchAll(/(?:\s|["'])[./][\w./-]*\[([\w,-]+)\]|--extras?[= ]["']?([\w-]+)/g)].flatMap(
        ([, listed, named]) => (listed ?? named ?? '').split(','),
      ),
    ),
  );
}

/** The only requirements file of a directory that has an unusual name and a web framework among what it lists. */
export async function otherRequirements(tree: Tree, directory: string): Promise<string | undefined> {
  const { otherFiles, devFiles } = listingManager();
  const prefix = joinPath(directory, '');
  const paths = tree.paths.filter(path => {
    const name = path.slice(prefix.length);
    return path.startsWith(prefix) && otherFiles.test(name) && !devFiles.test(name);
  });
  const read = await Promise.all(paths.map(path => readRequirements(tree, path, 'main')));
  const [only, another] = paths.filter((_, at) => bringsWebFramework(read[at]?.value?.dependencies ?? []));
  return another === undefined ? only : undefined;
}

/** Of a file that declares groups and nothing else, any of them may be the app's. */
function counted({ data }: TomlFile, declared: readonly Dependency[]): readonly Dependency[] {
  const isOfGroups = !isTable(data.project) && declared.every(({ groupName }) => groupName !== undefined);
  return isOfGroups ? declared.map(dependency => ({ ...dependency, group: 'main' })) : declared;
}
