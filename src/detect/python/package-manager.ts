/** Which tool keeps the dependencies. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { type Finding, failed } from '../../source/finding.js';
import { asideIn, installedIn } from '../../source/own-code.js';
import { isTomlFile, parseToml } from '../../source/toml-file.js';
import type { LockingManager, UnpinnedFile } from '../../support/managers/python/definition.js';
import { REFUSED_MANAGERS } from '../../support/managers/python/shared/refused.js';
import { listingManager, lockingFor, lockingManagers, pythonManagers } from '../../support/python-managers.js';
import type { Project } from '../project.js';
import { declaredIn } from './dependencies.js';
import { findAppDirectories } from './directory.js';
import { listedPackages } from './listed-packages.js';
import { lockedPackages } from './locked-packages.js';
import type { PackageFacts } from './package-facts.js';

/** Finds the package manager with its lock file and the declared dependencies. */
export async function detectPackages(project: Project): Promise<Finding<PackageFacts>> {
  const locked = lockingManagers().filter(({ lock }) => project.locked.paths.includes(lock.path));
  const [first, second] = locked;
  if (first && second) {
    const both = [first, second].map(({ name, lock }) => ({ lock: lock.path, manager: name }));
    return failed(diagnose('QS202', both, { file: first.lock.path }));
  }
  const manifest = first && (await readManifest(project, first));
  if (manifest && !isTomlFile(manifest)) return failed(manifest);
  if (first && manifest) return lockedPackages(project, first, manifest);
  return withoutLock(project, first);
}

async function readManifest({ tree, pyproject }: Project, { manifest }: LockingManager) {
  if (manifest === 'pyproject.toml') return pyproject;
  const text = await tree.read(manifest);
  return text === undefined ? undefined : parseToml(manifest, text, 'QS206');
}

/** A project that no lock belongs to: requirements files, or what says how to get a lock; `orphan` has a lock without a manifest. */
async function withoutLock(project: Project, orphan: LockingManager | undefined): Promise<Finding<PackageFacts>> {
  const { tree, pyproject } = project;
  const listing = listingManager();
  const isThere = ({ path }: { readonly path: string }) => tree.paths.includes(path);
  const claiming = lockingFor('pyproject.toml').filter(({ claims }) => pyproject && claims?.by(pyproject));
  const requirements = listing.mainFiles.find(path => isThere({ path }));
  if (requirements && !claiming.some(({ claims }) => claims?.strength === 'strong')) {
    return listedPackages(tree, requirements, listing);
  }
  const refused = Object.keys(REFUSED_MANAGERS).find(path => isThere({ path }));
  if (refused) return failed(refusedTool(refused));
  const other = lockingManagers().find(({ manifest }) => manifest !== 'pyproject.toml' && isThere({ path: manifest }));
  if (other) return failed(noLock(other.manifest, other));
  const input = listing.inputs.find(isThere);
  if (input) return failed(notCompiled(input));
  const declared = pyproject ? declaredIn(pyproject, 'pyproject.toml') : [];
  if (pyproject && (claiming.length > 0 || declared.some(({ group }) => group === 'main'))) {
    return failed(noLock(pyproject.path, claiming[0]));
  }
  const setup = listing.setups.find(isThere);
  if (setup) return failed(notCompiled(setup));
  if (pyproject && declared.length > 0) return failed(noLock(pyproject.path, undefined));
  return failed(await noProject(project, orphan));
}

function refusedTool(path: string): Diagnostic {
  const supported = pythonManagers().map(({ spoken }) => spoken);
  const suggested = lockingFor('pyproject.toml').slice(0, 2);
  return diagnose(
    'QS203',
    { tool: REFUSED_MANAGERS[path]!, supported, suggested: suggested.map(({ spoken }) => spoken) },
    { file: path },
  );
}

/** A manifest without a lock: that of its manager, else of the one to take up, or what else would do. */
function noLock(file: string, manager: LockingManager | undefined): Diagnostic {
  const [suggested, ...others] = lockingFor('pyproject.toml');
  const { lock } = manager ?? suggested!;
  const instead = manager ? [] : [...others.map(other => other.lock.path), listingManager().mainFiles[0]!];
  return diagnose('QS204', { file, lock: lock.path, command: lock.command, others: instead }, { file });
}

function notCompiled({ path, makes, command }: UnpinnedFile): Diagnostic {
  return diagnose('QS204', { file: path, lock: makes, command, others: [] }, { file: path });
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
  const directories = apps.length > 0 ? apps : [...new Set(below.map(path => path.slice(0, path.lastIndexOf('/'))))];
  return diagnose('QS201', {
    orphan: orphan && { lock: orphan.lock.path, manifest: orphan.manifest },
    apps: apps.length,
    directories,
    locks: lockingFor('pyproject.toml').map(({ lock }) => lock.path),
  });
}
