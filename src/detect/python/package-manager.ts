/** Which tool keeps the dependencies. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { configPlace } from '../../source/config-place.js';
import { defined } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { asideIn, installedIn } from '../../source/own-code.js';
import { isWithin, joinPath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile, readToml } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import type { LockingManager } from '../../support/managers/python/definition.js';
import type { PythonPackageManager } from '../../support/managers/python/index.js';
import { REFUSED_MANAGERS } from '../../support/managers/python/shared/refused.js';
import {
  listingManager,
  lockingFor,
  lockingManagers,
  type Named,
  pythonManagers,
} from '../../support/python-managers.js';
import { bringsWebFramework } from '../../support/web-frameworks.js';
import type { Project } from '../project.js';
import { declaredIn } from './dependencies.js';
import { findAppDirectories, otherRequirements } from './directory.js';
import { listedPackages } from './listed-packages.js';
import { declaresLater } from './local-project.js';
import { lockedPackages, unlockedPackages } from './locked-packages.js';
import { installedRequirements, type UsedManager, usedManager } from './manager-evidence.js';
import type { PackageFacts } from './package-facts.js';

/** Finds the package manager with its lock file and the declared dependencies. */
export async function detectPackages(project: Project): Promise<Finding<PackageFacts>> {
  const { config, origins } = project;
  const locked = lockingManagers().filter(({ lock }) => project.locked.paths.includes(lock.path));
  const configured = config.python?.manager;
  if (configured !== undefined) {
    const chosen = { value: { manager: configured }, place: configPlace(origins, 'python.manager') };
    return withManager(project, chosen, locked);
  }
  const offered = await offeredManagers(project, locked);
  const used = offered.length > 1 ? await usedManager(project, offered) : await listedElsewhere(project, offered);
  if (used) return withManager(project, used, locked);
  const [first, second] = locked;
  if (first && second) {
    const both = [first, second].map(({ name, lock }) => ({ lock: lock.path, manager: name }));
    return failed(diagnose('QS202', both, { file: first.lock.path }));
  }
  return first ? withLock(project, first) : withoutLock(project, undefined);
}

/** The file that its Dockerfile installs, where requirements alone say what is needed and it is another one. */
async function listedElsewhere(
  project: Project,
  offered: readonly PythonPackageManager[],
): Promise<Sourced<UsedManager> | undefined> {
  const { name, mainFiles } = listingManager();
  const main = mainFiles.find(path => project.tree.paths.includes(path));
  return main !== undefined && offered.every(manager => manager === name)
    ? installedRequirements(project, main)
    : undefined;
}

/** The managers that the app's files offer a way with: by their locks, by tables of theirs, by requirements. */
async function offeredManagers(
  { tree, pyproject }: Project,
  locked: readonly Named<LockingManager>[],
): Promise<readonly PythonPackageManager[]> {
  const listing = listingManager();
  const claiming = lockingFor('pyproject.toml').filter(({ claims }) => pyproject && claims?.(pyproject));
  const isListed = listing.mainFiles.some(path => tree.paths.includes(path));
  const names = [...locked, ...(locked.length > 0 ? [] : claiming), ...(isListed ? [listing] : [])];
  return [...new Set(names.map(({ name }) => name))];
}

/** The packages as one manager has them. */
async function withManager(
  project: Project,
  { value: { manager: name, requirements }, place, why }: Sourced<UsedManager>,
  locked: readonly Named<LockingManager>[],
): Promise<Finding<PackageFacts>> {
  const listing = listingManager();
  const { tree } = project;
  const manager = locked.find(other => other.name === name);
  const main = requirements ?? listing.mainFiles.find(path => tree.paths.includes(path));
  const finding =
    name === listing.name && main !== undefined
      ? await listedPackages(tree, mainOf(tree, main), listing)
      : manager
        ? await withLock(project, manager)
        : await unlocked(
            project,
            lockingManagers().find(other => other.name === name),
          );
  if (finding.value === undefined) return finding;
  const { packageManager } = finding.value;
  const said = [packageManager.why, why].filter(text => text !== undefined).join(', ');
  return found({
    ...finding.value,
    packageManager: { ...packageManager, place, ...defined({ why: said || undefined }) },
  });
}

/** The file that production installs: where an image installs one for development, the usual one. */
function mainOf(tree: Tree, path: string): string {
  const { devFiles, mainFiles } = listingManager();
  return devFiles.test(path) ? (mainFiles.find(main => tree.paths.includes(main)) ?? path) : path;
}

async function withLock(project: Project, manager: Named<LockingManager>): Promise<Finding<PackageFacts>> {
  const manifest = await readManifest(project, manager);
  if (manifest && !isTomlFile(manifest)) return failed(manifest);
  return manifest ? lockedPackages(project, manager, manifest) : withoutLock(project, manager);
}

/** What a manager's manifest declares, where it has no lock: the manager makes one when the app is built. */
async function unlocked(project: Project, manager: Named<LockingManager> | undefined): Promise<Finding<PackageFacts>> {
  const manifest = manager && (await readManifest(project, manager));
  if (manifest && !isTomlFile(manifest)) return failed(manifest);
  return manager && manifest ? found(unlockedPackages(project, manager, manifest)) : withoutLock(project, undefined);
}

/** The file that a manager's project is declared in; undefined when it is not there. */
export async function readManifest({ tree, pyproject }: Project, { manifest }: LockingManager) {
  if (manifest === 'pyproject.toml') return pyproject;
  return readToml(tree, manifest);
}

/**
 * A project that no lock belongs to: requirements files, or what is declared alone; `orphan` has a lock without a manifest. A tool that only
 * sets up a developer's machine is told of where nothing else brings a web framework.
 */
async function withoutLock(project: Project, orphan: LockingManager | undefined): Promise<Finding<PackageFacts>> {
  const isThere = (path: string) => project.tree.paths.includes(path);
  const refused = Object.keys(REFUSED_MANAGERS).filter(isThere);
  const requirements = listingManager().mainFiles.some(isThere);
  const locking = requirements ? undefined : refused.find(path => REFUSED_MANAGERS[path]?.isLock);
  if (locking !== undefined) return failed(refusedTool(locking));
  const declared = await declaredAlone(project);
  const [first] = refused;
  const isApp = declared?.value && bringsWebFramework(declared.value.dependencies);
  if (first !== undefined && !requirements && !isApp) return failed(refusedTool(first));
  return declared ?? failed(await noProject(project, orphan));
}

/** What is declared where nothing locks it; undefined when nothing declares anything. */
async function declaredAlone(project: Project): Promise<Finding<PackageFacts> | undefined> {
  const { tree, pyproject } = project;
  const listing = listingManager();
  const isThere = (path: string) => tree.paths.includes(path);
  const requirements = listing.mainFiles.find(isThere);
  if (requirements) return listedPackages(tree, requirements, listing);
  const manifested = lockingManagers().find(({ manifest }) => manifest !== 'pyproject.toml' && isThere(manifest));
  if (manifested) return unlocked(project, manifested);
  const input = listing.inputs.find(isThere);
  if (input) return listedPackages(tree, input, listing);
  // Building the project shows what it depends on, which no manager can lock without all of it.
  if (pyproject && declaresLater(pyproject)) return listedPackages(tree, pyproject.path, listing);
  const declared = pyproject ? declaredIn(pyproject, 'pyproject.toml') : [];
  const [claiming] = lockingFor('pyproject.toml').filter(({ claims }) => pyproject && claims?.(pyproject));
  const suggested = lockingFor('pyproject.toml')[0];
  if (pyproject && (claiming || declared.some(({ group }) => group === 'main'))) {
    return unlocked(project, claiming ?? suggested);
  }
  const installed = await installedRequirements(project, undefined);
  if (installed?.value.requirements) return listedPackages(tree, installed.value.requirements, listing);
  const setup = await projectSetup(tree);
  if (setup) return listedPackages(tree, setup, listing);
  if (pyproject && declared.length > 0) return unlocked(project, suggested);
  const other = (await otherRequirements(tree, '')) ?? listInPackage(tree);
  return other === undefined ? undefined : listedPackages(tree, other, listing);
}

/** The list that a Django project keeps in its own package, below the directory that its program lies in. */
function listInPackage({ paths }: Tree): string | undefined {
  const packages = paths.flatMap(path => /^([\w-]+)\/(?:wsgi|asgi)\.py$/.exec(path)?.[1] ?? []);
  const isThere = paths.includes('manage.py');
  const lists = listingManager().mainFiles.flatMap(name => packages.map(directory => joinPath(directory, name)));
  return isThere ? lists.find(path => paths.includes(path)) : undefined;
}

/** The file that setuptools reads a project from: a setup.cfg may hold settings of tools and nothing else. */
async function projectSetup(tree: Tree): Promise<string | undefined> {
  const setups = listingManager().setups.filter(path => tree.paths.includes(path));
  const texts = await Promise.all(setups.map(path => tree.read(path)));
  return setups.find((path, at) => !path.endsWith('.cfg') || /^\[(metadata|options)\b/m.test(texts[at] ?? ''));
}

function refusedTool(path: string): Diagnostic {
  const supported = pythonManagers().map(({ spoken }) => spoken);
  const suggested = lockingFor('pyproject.toml').slice(0, 2);
  return diagnose(
    'QS203',
    { tool: REFUSED_MANAGERS[path]!.tool, supported, suggested: suggested.map(({ spoken }) => spoken) },
    { file: path },
  );
}

async function noProject({ tree }: Project, orphan: LockingManager | undefined): Promise<Diagnostic> {
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const below = tree.paths.filter(
    path =>
      /^[^.][^/]*(\/[^/]+)?\/(pyproject\.toml|requirements\.txt)$/.test(path) &&
      !isInstalled(path) &&
      asideOf(path) === undefined,
  );
  const apps = await findAppDirectories(tree);
  // A list of requirements may lie beside a Dockerfile, away from the code.
  const hasCode = (directory: string) => tree.paths.some(path => isWithin(path, directory) && path.endsWith('.py'));
  const projects = below.flatMap(path => {
    const directory = path.slice(0, path.lastIndexOf('/'));
    return path.endsWith('.toml') || hasCode(directory) ? [directory] : [];
  });
  const directories = apps.length > 0 ? apps : [...new Set(projects)];
  const program = tree.paths.find(path => /(^|\/)manage\.py$/.test(path) && !isInstalled(path));
  return diagnose('QS201', {
    orphan: orphan && { lock: orphan.lock.path, manifest: orphan.manifest },
    apps: apps.length,
    directories,
    program: directories.length === 0 ? program : undefined,
    locks: lockingFor('pyproject.toml').map(({ lock }) => lock.path),
  });
}
