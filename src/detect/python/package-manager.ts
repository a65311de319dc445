/** Which tool keeps the dependencies, what pins them, and whether the pins are fresh. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { type Finding, failed, found } from '../../source/finding.js';
import { isForeign } from '../../source/own-code.js';
import { joinPath, relativePath } from '../../source/paths.js';
import { isTomlFile, parseToml, stringAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import { findAppDirectories } from '../app/directory.js';
import type { PythonFacts } from '../facts.js';
import type { Project } from '../project.js';
import { extraNames, pyprojectDependencies } from './dependencies.js';
import { type LockedVersions, pipfileVersions, tomlVersions } from './locked-versions.js';
import { pdmLockProblem } from './pdm-lock.js';
import { MAIN_REQUIREMENTS, pipPackages } from './pip-packages.js';
import { parsePipfileLock, pipfileDependencies, stalePipfileLock } from './pipenv-lock.js';
import { poetryContentHashes } from './poetry-lock.js';
import { type Builds, fromSource, lockedBuildRules, settle } from './source-builds.js';
import { unhashedInPipfile, unhashedInToml } from './unhashed-packages.js';
import { uvLockDifference } from './uv-lock.js';

/**
 * The part of the Python facts that package management decides; `versions` are those the lock or the pins name, `builds`
 * the packages that are built from source, or never.
 */
export type PackageFacts = Omit<PythonFacts, 'version' | 'packageRoot' | 'devGroup'> & {
  readonly versions: LockedVersions;
  readonly builds?: Builds;
};

const LOCKS = { 'poetry.lock': 'poetry', 'uv.lock': 'uv', 'pdm.lock': 'pdm', 'Pipfile.lock': 'pipenv' } as const;

/** Files of tools that have no lock-strict install here, and what to do about them. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  'pixi.lock': 'Pixi',
  'pixi.toml': 'Pixi',
  'conda-lock.yml': 'Conda',
  'environment.yml': 'Conda',
  'environment.yaml': 'Conda',
  'pylock.toml': 'pylock.toml',
};

/** Finds the package manager with its lock file and the declared dependencies. */
export async function detectPackages(project: Project): Promise<Finding<PackageFacts>> {
  const { tree, pyproject } = project;
  const locks = (Object.keys(LOCKS) as (keyof typeof LOCKS)[]).filter(path => project.locked.paths.includes(path));
  const [lock, other] = locks;
  if (lock && other) {
    return failed(
      worded('QS202', {
        place: { file: lock },
        problem: `both ${lock} and ${other} pin the dependencies`,
        expected: 'one lock file, of the package manager the project uses',
        fix: `remove the one that is no longer kept: ${lock} (${LOCKS[lock]}) or ${other} (${LOCKS[other]})`,
      }),
    );
  }
  if (lock === 'Pipfile.lock' && tree.paths.includes('Pipfile')) return pipenvPackages(project);
  if (lock && lock !== 'Pipfile.lock' && pyproject) return lockedPackages(project, pyproject, lock);
  const requirements = MAIN_REQUIREMENTS.find(path => tree.paths.includes(path));
  const usesPoetry = pyproject !== undefined && Object.keys(tableAt(pyproject.data, 'tool', 'poetry')).length > 0;
  const usesPdm = pyproject !== undefined && Object.keys(tableAt(pyproject.data, 'tool', 'pdm')).length > 0;
  const declares = pyproject !== undefined && pyprojectDependencies(pyproject).some(({ group }) => group === 'main');
  const unsupported = Object.keys(UNSUPPORTED).find(path => tree.paths.includes(path));
  if (requirements && !usesPoetry) return pipPackages(tree, requirements);
  if (unsupported) return failed(unsupportedTool(unsupported));
  if (tree.paths.includes('Pipfile')) return failed(noLock('Pipfile', 'Pipfile.lock', 'pipenv lock'));
  const input = ['requirements.in', 'requirements/base.in', 'requirements/main.in'].find(path =>
    tree.paths.includes(path),
  );
  if (input) return failed(noLock(input, input.replace(/in$/, 'txt'), `pip-compile --generate-hashes ${input}`));
  if (pyproject && (usesPoetry || usesPdm || declares)) {
    const tool = usesPoetry ? 'poetry' : usesPdm ? 'pdm' : 'uv';
    return failed(noLock(pyproject.path, `${tool}.lock`, `${tool} lock`));
  }
  const setup = ['setup.cfg', 'setup.py'].find(path => tree.paths.includes(path));
  if (setup) return failed(noLock(setup, 'requirements.txt', `uv pip compile ${setup} -o requirements.txt`));
  if (pyproject && pyprojectDependencies(pyproject).length > 0)
    return failed(noLock(pyproject.path, 'uv.lock', 'uv lock'));
  return failed(await noProject(project, lock));
}

async function pipenvPackages({ tree }: Project): Promise<Finding<PackageFacts>> {
  const pipfile = parseToml('Pipfile', (await tree.read('Pipfile')) ?? '', 'QS206');
  if (!isTomlFile(pipfile)) return failed(pipfile);
  const lock = parsePipfileLock('Pipfile.lock', (await tree.read('Pipfile.lock')) ?? '');
  if ('code' in lock) return failed(lock);
  const problem = stalePipfileLock(pipfile, lock) ?? unhashedInPipfile(lock);
  if (problem) return failed(problem);
  const place = { file: lock.path };
  return found({
    packageManager: { value: 'pipenv', place },
    lockfile: { value: lock.path, place },
    dependencies: pipfileDependencies(pipfile),
    versions: pipfileVersions(lock),
  });
}

async function lockedPackages(
  project: Project,
  pyproject: TomlFile,
  lockPath: Exclude<keyof typeof LOCKS, 'Pipfile.lock'>,
): Promise<Finding<PackageFacts>> {
  const manager = LOCKS[lockPath];
  const { root, locked, lockedIn, workspace, memberRoots = [] } = project;
  const path = relativePath(root, joinPath(lockedIn, lockPath));
  const lock = parseToml(path, (await locked.read(lockPath)) ?? '', 'QS209');
  if (!isTomlFile(lock)) return failed(lock);
  const inside = (workspace?.members ?? []).map(({ directory }) => directory);
  const problem = STALE[manager](project, pyproject, lock) ?? unhashedInToml(lock, inside);
  if (problem) return failed(problem);
  const place = { file: path };
  const builds = settle(await lockedBuildRules(manager, locked, pyproject));
  const built = fromSource(builds);
  const extras = extraNames(pyproject);
  return found({
    packageManager: { value: manager, place },
    lockfile: { value: lockPath, place },
    ...(lockedIn !== root && { lockedIn }),
    dependencies: pyprojectDependencies(pyproject),
    ...(extras.length > 0 && { extras }),
    ...(workspace?.member && { member: workspace.member }),
    ...(workspace && workspace.members.length > 0 && { memberRoots: memberRoots.map(value => ({ value, place })) }),
    ...(built.length > 0 && { fromSource: built }),
    versions: tomlVersions(lock),
    builds,
  });
}

const STALE = {
  poetry: (_project: Project, pyproject: TomlFile, lock: TomlFile) => stalePoetryLock(pyproject, lock),
  pdm: (_project: Project, pyproject: TomlFile, lock: TomlFile) => pdmLockProblem(pyproject, lock),
  uv: ({ workspace }: Project, pyproject: TomlFile, lock: TomlFile) =>
    [{ file: workspace?.app ?? pyproject, directory: '.' }, ...(workspace?.members ?? [])]
      .filter(({ file }, index) => index > 0 || file.path === 'pyproject.toml')
      .map(({ file, directory }) => staleUvLock(file, lock, directory))
      .find(problem => problem !== undefined),
};

function stalePoetryLock(pyproject: TomlFile, lock: TomlFile): Diagnostic | undefined {
  const recorded = stringAt(lock.data, 'metadata', 'content-hash');
  if (recorded === undefined) {
    return worded('QS209', {
      place: { file: lock.path },
      problem: 'poetry.lock has no content-hash in its [metadata]',
      expected: 'a lock file as "poetry lock" writes it',
      fix: 'run "poetry lock" and commit poetry.lock',
    });
  }
  if (poetryContentHashes(pyproject).includes(recorded)) return undefined;
  return worded('QS205', {
    place: tomlPlace(lock, 'metadata', 'content-hash'),
    problem: 'poetry.lock was written for another pyproject.toml: its content-hash does not match',
    expected: 'a lock file made after the last change of the dependencies',
    fix: 'run "poetry lock" (poetry 1: "poetry lock --no-update") and commit poetry.lock',
  });
}

function staleUvLock(pyproject: TomlFile, lock: TomlFile, directory: string): Diagnostic | undefined {
  const difference = uvLockDifference(pyproject, lock, directory);
  if (difference === undefined) return undefined;
  return worded('QS205', {
    place: { file: lock.path },
    problem: `uv.lock was written for another ${pyproject.path}: ${difference}`,
    expected: 'a lock file made after the last change of the dependencies',
    fix: 'run "uv lock" and commit uv.lock',
  });
}

async function noProject({ tree }: Project, lock: string | undefined): Promise<Diagnostic> {
  const below = tree.paths.filter(
    path => /^[^.][^/]*(\/[^/]+)?\/(pyproject\.toml|requirements\.txt)$/.test(path) && !isForeign(path),
  );
  const apps = await findAppDirectories(tree);
  const [first, ...others] = apps.length > 0 ? apps : new Set(below.map(path => path.slice(0, path.lastIndexOf('/'))));
  const state = apps.length > 1 ? `${apps.length} web apps lie in directories of the source` : undefined;
  return worded('QS201', {
    problem: lock
      ? `there is a ${lock} but no ${lock === 'Pipfile.lock' ? 'Pipfile' : 'pyproject.toml'}`
      : (state ?? 'no Python project found in the source directory'),
    expected:
      'a pyproject.toml with a lock file (uv.lock, poetry.lock or pdm.lock), a Pipfile.lock, or a requirements.txt',
    fix:
      first === undefined
        ? 'point --source at the app, or write "root: DIRECTORY" in quayside.yaml when the app lies in a directory of it'
        : `write "root: ${first}" in quayside.yaml${others.length > 0 ? `; there are projects in ${[first, ...others].slice(0, 4).join(', ')}` : ''}`,
  });
}

function unsupportedTool(path: string): Diagnostic {
  const tool = UNSUPPORTED[path]!;
  return worded('QS203', {
    place: { file: path },
    problem: `the dependencies are kept with ${tool}`,
    expected: 'poetry, uv, pdm, pipenv, or pip with a requirements.txt',
    fix: `export the pinned dependencies of ${tool} to requirements.txt, or move the project to uv or poetry`,
  });
}

function noLock(file: string, lock: string, command: string): Diagnostic {
  const others = lock === 'uv.lock' ? 'uv.lock, poetry.lock, pdm.lock or requirements.txt' : lock;
  return worded('QS204', {
    place: { file },
    problem: `${file} declares dependencies, and no lock file pins their versions`,
    expected: `${others} beside ${file}`,
    fix: `run "${command}" and commit ${lock}`,
  });
}
