/** Which tool keeps the dependencies, what pins them, and whether the pins are fresh. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { pyprojectDependencies, requirementsDependencies } from './dependencies.js';
import type { PythonFacts } from './facts.js';
import { poetryContentHashes } from './poetry-lock.js';
import { type Finding, failed, found, isForeign, type Project } from './project.js';
import { isTomlFile, parseToml, stringAt, type TomlFile, tableAt, tomlLine } from './toml-file.js';
import { uvLockDifference } from './uv-lock.js';

/** The part of the Python facts that package management decides; `lock` is the parsed lock file. */
export type PackageFacts = Omit<PythonFacts, 'version' | 'packageRoot' | 'devGroup'> & { readonly lock?: TomlFile };

const LOCKS = { 'poetry.lock': 'poetry', 'uv.lock': 'uv' } as const;

/** Files of tools that have no lock-strict install here, and what to do about them. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  'Pipfile.lock': 'Pipenv',
  Pipfile: 'Pipenv',
  'pdm.lock': 'PDM',
  'environment.yml': 'Conda',
  'pixi.lock': 'Pixi',
};

const DEV_REQUIREMENTS = [
  'requirements-dev.txt',
  'requirements-test.txt',
  'requirements-tests.txt',
  'dev-requirements.txt',
  'test-requirements.txt',
  'requirements_dev.txt',
  'requirements/dev.txt',
  'requirements/test.txt',
  'requirements/local.txt',
];
const MAIN_REQUIREMENTS = [
  'requirements.txt',
  'requirements/production.txt',
  'requirements/prod.txt',
  'requirements/base.txt',
];

/** Finds the package manager with its lock file and the declared dependencies. */
export async function detectPackages(project: Project): Promise<Finding<PackageFacts>> {
  const { tree, pyproject } = project;
  const locks = (Object.keys(LOCKS) as (keyof typeof LOCKS)[]).filter(path => tree.paths.includes(path));
  const [lock, other] = locks;
  if (lock && other) {
    return failed(
      diagnose('QS202', {
        place: { file: lock },
        problem: `both ${lock} and ${other} pin the dependencies`,
        expected: 'one lock file, of the package manager the project uses',
        fix: `remove the one that is no longer kept: ${lock} (${LOCKS[lock]}) or ${other} (${LOCKS[other]})`,
      }),
    );
  }
  if (lock && pyproject && isWorkspace(pyproject)) return failed(uvWorkspace(pyproject));
  if (lock && pyproject) return lockedPackages(project, pyproject, lock);
  const requirements = MAIN_REQUIREMENTS.find(path => tree.paths.includes(path));
  const usesPoetry = pyproject !== undefined && Object.keys(tableAt(pyproject.data, 'tool', 'poetry')).length > 0;
  const declares = pyproject !== undefined && pyprojectDependencies(pyproject).some(({ group }) => group === 'main');
  const unsupported = Object.keys(UNSUPPORTED).find(path => tree.paths.includes(path));
  if (requirements && !usesPoetry) return pipPackages(project, requirements);
  if (unsupported) return failed(unsupportedTool(unsupported));
  if (pyproject && (usesPoetry || declares)) return failed(noLock(pyproject, usesPoetry));
  return failed(noProject(project, lock));
}

async function lockedPackages(
  project: Project,
  pyproject: TomlFile,
  lockPath: keyof typeof LOCKS,
): Promise<Finding<PackageFacts>> {
  const manager = LOCKS[lockPath];
  const lock = parseToml(lockPath, (await project.tree.read(lockPath)) ?? '', 'QS209');
  if (!isTomlFile(lock)) return failed(lock);
  const stale = manager === 'poetry' ? stalePoetryLock(pyproject, lock) : staleUvLock(pyproject, lock);
  if (stale) return failed(stale);
  return found({
    packageManager: { value: manager, place: { file: lockPath } },
    lockfile: { value: lockPath, place: { file: lockPath } },
    dependencies: pyprojectDependencies(pyproject),
    lock,
  });
}

function stalePoetryLock(pyproject: TomlFile, lock: TomlFile): Diagnostic | undefined {
  const recorded = stringAt(lock.data, 'metadata', 'content-hash');
  if (recorded === undefined) {
    return diagnose('QS209', {
      place: { file: lock.path },
      problem: 'poetry.lock has no content-hash in its [metadata]',
      expected: 'a lock file as "poetry lock" writes it',
      fix: 'run "poetry lock" and commit poetry.lock',
    });
  }
  if (poetryContentHashes(pyproject).includes(recorded)) return undefined;
  const line = tomlLine(lock.text, 'metadata', 'content-hash');
  return diagnose('QS205', {
    place: { file: lock.path, ...(line && { line }) },
    problem: 'poetry.lock was written for another pyproject.toml: its content-hash does not match',
    expected: 'a lock file made after the last change of the dependencies',
    fix: 'run "poetry lock" (poetry 1: "poetry lock --no-update") and commit poetry.lock',
  });
}

function staleUvLock(pyproject: TomlFile, lock: TomlFile): Diagnostic | undefined {
  const difference = uvLockDifference(pyproject, lock);
  if (difference === undefined) return undefined;
  return diagnose('QS205', {
    place: { file: lock.path },
    problem: `uv.lock was written for another pyproject.toml: ${difference}`,
    expected: 'a lock file made after the last change of the dependencies',
    fix: 'run "uv lock" and commit uv.lock',
  });
}

async function pipPackages({ tree }: Project, path: string): Promise<Finding<PackageFacts>> {
  const main = await requirementsDependencies(tree, path, 'main');
  if (main.value === undefined) return { diagnostics: main.diagnostics };
  const devPath = DEV_REQUIREMENTS.find(candidate => tree.paths.includes(candidate));
  const dev = devPath === undefined ? found([]) : await requirementsDependencies(tree, devPath, 'dev');
  if (dev.value === undefined) return { diagnostics: dev.diagnostics };
  const names = new Set(main.value.map(({ name }) => name));
  const place = { file: path };
  return found({
    packageManager: { value: 'pip', place },
    requirements: {
      main: { value: path, place },
      ...(devPath !== undefined && { dev: { value: devPath, place: { file: devPath } } }),
    },
    dependencies: [...main.value, ...dev.value.filter(({ name }) => !names.has(name))],
  });
}

/** The root of a uv workspace without a project of its own. */
function isWorkspace({ data }: TomlFile): boolean {
  return 'workspace' in tableAt(data, 'tool', 'uv') && !('project' in data);
}

function uvWorkspace(pyproject: TomlFile): Diagnostic {
  const line = tomlLine(pyproject.text, 'tool.uv.workspace');
  return diagnose('QS203', {
    place: { file: pyproject.path, ...(line && { line }) },
    problem: 'pyproject.toml is the root of a uv workspace and no project itself',
    expected: 'a project with its own lock file beside its pyproject.toml',
    fix: 'take the app out of the workspace, run "uv lock" in its directory, and set root in quayside.yaml to it',
  });
}

function noProject({ tree }: Project, lock: string | undefined): Diagnostic {
  const below = tree.paths.filter(
    path => /^[^.][^/]*(\/[^/]+)?\/(pyproject\.toml|requirements\.txt)$/.test(path) && !isForeign(path),
  );
  const directories = [...new Set(below.map(path => path.slice(0, path.lastIndexOf('/'))))];
  const [first] = directories;
  return diagnose('QS201', {
    problem: lock ? `there is a ${lock} but no pyproject.toml` : 'no Python project found in the source directory',
    expected: 'a pyproject.toml with a lock file (poetry.lock or uv.lock), or a requirements.txt',
    fix:
      first === undefined
        ? 'point --source at the app, or write "root: DIRECTORY" in quayside.yaml when the app lies in a directory of it'
        : `write "root: ${first}" in quayside.yaml${directories.length > 1 ? `; there are projects in ${directories.slice(0, 4).join(', ')}` : ''}`,
  });
}

function unsupportedTool(path: string): Diagnostic {
  const tool = UNSUPPORTED[path]!;
  return diagnose('QS203', {
    place: { file: path },
    problem: `the dependencies are kept with ${tool}`,
    expected: 'poetry, uv, or pip with a requirements.txt',
    fix: `export the pinned dependencies of ${tool} to requirements.txt, or move the project to uv or poetry`,
  });
}

function noLock(pyproject: TomlFile, usesPoetry: boolean): Diagnostic {
  const [file, command] = usesPoetry ? ['poetry.lock', 'poetry lock'] : ['uv.lock', 'uv lock'];
  return diagnose('QS204', {
    place: { file: pyproject.path },
    problem: 'pyproject.toml declares dependencies, and no lock file pins their versions',
    expected: usesPoetry
      ? 'poetry.lock beside pyproject.toml'
      : 'uv.lock, poetry.lock or requirements.txt beside pyproject.toml',
    fix: `run "${command}" and commit ${file}`,
  });
}
