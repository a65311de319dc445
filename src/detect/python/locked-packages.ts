/** Projects whose packages a lock file pins: what they declare, what the lock has, and what may be wrong with it. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { joinPath, relativePath, resolvePath } from '../../source/paths.js';
import { isTomlFile, stringsAt, type TomlFile } from '../../source/toml-file.js';
import { type Dependency, declared } from '../../support/dependency.js';
import type { LockedManifest, LockedPackage, LockingManager } from '../../support/managers/python/definition.js';
import { readRequirement } from '../../support/pep508/requirement.js';
import type { Named } from '../../support/python-managers.js';
import type { Project } from '../project.js';
import { declaredIn, extraNames } from './dependencies.js';
import { readLocalProject } from './local-project.js';
import { versionsOf } from './locked-versions.js';
import type { PackageFacts } from './package-facts.js';
import { fromSource, lockedBuildRules, settle } from './source-builds.js';

/** Reads the lock of a manager; `manifest` is what the app declares. */
export async function lockedPackages(
  project: Project,
  manager: Named<LockingManager>,
  manifest: TomlFile,
): Promise<Finding<PackageFacts>> {
  const { root, locked, lockedIn, workspace, memberRoots = [] } = project;
  const path = relativePath(root, joinPath(lockedIn, manager.lock.path));
  const lock = manager.readLock(path, (await locked.read(manager.lock.path)) ?? '');
  if (!isTomlFile(lock)) return failed(lock);
  const pins = manager.lockedPackages(lock);
  const unhashed = pins.find(({ from }) => from && !isCertain(project, manager, from));
  if (unhashed) return failed(withoutHash(unhashed));
  const doubt = manager.doubt(manifestsOf(project, manifest), lock);
  const place = { file: path };
  const builds = settle(await lockedBuildRules(manager, locked, manifest));
  const built = fromSource(builds);
  const commits = pins.flatMap(pin => {
    const { name, from } = pin;
    // A place is worked out when it is asked for, and a lock has hundreds of packages.
    return from?.kind === 'git' && from.commit
      ? [{ value: name, place: pin.place, why: `commit ${from.commit.slice(0, 12)}` }]
      : [];
  });
  const { extras, shared } = extraNames(manifest, manager.manifest);
  return found({
    packageManager: { value: manager.name, place },
    lockfile: { value: manager.lock.path, place },
    ...defined({ lockedIn: lockedIn === root ? undefined : lockedIn }),
    dependencies: [...declaredIn(manifest, manager.manifest), ...(await leftToBuild(project, manifest))],
    ...defined({
      extras: unlessEmpty(extras),
      sharedNames: unlessEmpty(shared),
      member: workspace?.member,
      memberRoots: workspace && workspace.members.length > 0 ? memberRoots.map(value => ({ value, place })) : undefined,
      fromSource: built.length > 0 ? built : undefined,
      fromGit: commits.length > 0 ? commits : undefined,
      builtProjects: unlessEmpty(builtProjects(project, manager, manifest, DEPENDENCIES)),
      lockDoubt: doubt && { value: doubt.reason, place: doubt.place },
    }),
    pins,
    versions: versionsOf(pins),
    builds,
  });
}

/** What a manifest declares that has no lock: its manager makes one when the app is built. */
export function unlockedPackages(project: Project, manager: Named<LockingManager>, manifest: TomlFile): PackageFacts {
  const { root, lockedIn, workspace, memberRoots = [] } = project;
  const place = { file: manifest.path };
  const { extras, shared } = extraNames(manifest, manager.manifest);
  const why = `no ${manager.lock.path}: ${manager.name} chooses versions when the app is built, and "./quayside lock" keeps them`;
  return {
    packageManager: { value: manager.name, place, why },
    unlocked: { value: manager.lock.path, place },
    ...defined({
      lockedIn: lockedIn === root ? undefined : lockedIn,
      extras: unlessEmpty(extras),
      sharedNames: unlessEmpty(shared),
      member: workspace?.member,
      memberRoots: workspace && workspace.members.length > 0 ? memberRoots.map(value => ({ value, place })) : undefined,
      builtProjects: unlessEmpty(builtProjects(project, manager, manifest, /./)),
    }),
    dependencies: declaredIn(manifest, manager.manifest),
    pins: [],
    versions: versionsOf([]),
  };
}

/** What a project leaves to its build to say that it depends on, as far as its files show it. */
async function leftToBuild({ tree }: Project, { path, data }: TomlFile): Promise<readonly Dependency[]> {
  if (!stringsAt(data, 'project', 'dynamic').includes('dependencies')) return [];
  const project = await readLocalProject(tree, '', []);
  return (project?.declared ?? []).flatMap(requirement => {
    const read = readRequirement(requirement);
    return read ? declared(read, { place: { file: path } }) : [];
  });
}

/** What of a project a lock holds. */
const DEPENDENCIES = /dependencies$/;

/** The directories of projects that leave such a field to their build. */
function builtProjects(
  project: Project,
  manager: LockingManager,
  manifest: TomlFile,
  field: RegExp,
): readonly string[] {
  if (!manager.buildsProjects) return [];
  return manifestsOf(project, manifest).flatMap(({ file, directory }) =>
    stringsAt(file.data, 'project', 'dynamic').some(name => field.test(name)) ? [resolvePath('', directory)] : [],
  );
}

/** Whether something says what is in the code that the lock names: it is at a commit, or in the source and imported from there. */
function isCertain({ workspace }: Project, { exported }: LockingManager, from: NonNullable<LockedPackage['from']>) {
  // The whole hash of a commit says what is in it as well as a file's does.
  if (from.kind === 'git') return from.commit !== undefined;
  // The reader lists every package of a lock, these among them.
  if (exported.by === 'reader') return false;
  return from.path === '.' || workspace?.members.some(({ directory }) => directory === from.path);
}

function withoutHash({ name, from, place }: LockedPackage): Diagnostic {
  const directory = from?.kind === 'directory' ? from.path : undefined;
  return diagnose('QS211', { kind: 'locked', package: name, directory }, place);
}

/** What the lock was made of: the manifest, or those of all projects in a workspace. */
function manifestsOf({ workspace }: Project, manifest: TomlFile): readonly LockedManifest[] {
  const top = { file: workspace?.app ?? manifest, directory: '.' };
  // The root of a workspace is read for its own sake alone when it is the app.
  const isTop = !workspace || top.file.path === 'pyproject.toml';
  return [...(isTop ? [top] : []), ...(workspace?.isLoose ? [] : (workspace?.members ?? []))];
}
