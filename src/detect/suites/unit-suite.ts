/** The suite of the tests without a browser: what runs them, and which of them. */
import { defined } from '../../source/defined.js';
import { type Finding, found } from '../../source/finding.js';
import { isWithin, joinPath, relativePath } from '../../source/paths.js';
import { stringsAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Dependency } from '../../support/dependency.js';
import { packagesOf } from '../../support/test-tools/table.js';
import { dependencyOnFramework } from '../../support/web-frameworks.js';
import type { PythonModule } from '../code/module.js';
import type { SuiteFacts } from '../facts.js';
import type { Project } from '../project.js';
import { groupsOf } from '../python/dependency-groups.js';
import { managePath } from '../python/manage-path.js';
import { conftestsAround } from './fixtures.js';
import { type OwnContainers, ownContainers } from './own-containers.js';
import { browserTargets, ignored, topDirectories } from './test-directories.js';
import { needsPytest } from './test-style.js';
import type { Witness } from './witness.js';

/** What the suite is found with. */
export interface UnitTests {
  readonly project: Project;
  readonly dependencies: readonly Dependency[];
  /** What pytest would collect, without browser tests; and these. */
  readonly files: readonly PythonModule[];
  readonly browserFiles: readonly PythonModule[];
  /** How the authors run them, where something says it. */
  readonly witness?: Witness | undefined;
}

/**
 * Finds the suite. What runs it is what the authors' own command runs, where there is one; else pytest where it is a dependency, or
 * nothing else can; else Django's runner where there is one, else the standard library's.
 */
export function unitSuite(tests: UnitTests): Finding<SuiteFacts> {
  const { project, dependencies, files, witness } = tests;
  const isPytest = witness
    ? witness.runner === 'pytest'
    : dependencies.some(({ name }) => /^pytest(-|$)/.test(name)) ||
      files.some(file => needsPytest(file, project.modules));
  const suite = detectedSuite(tests, isPytest);
  return found(suite && (witness ? asWitnessed(suite, tests, witness) : suite));
}

function detectedSuite(tests: UnitTests, isPytest: boolean): SuiteFacts | undefined {
  const { project, dependencies, files } = tests;
  const [first] = files;
  const django = isPytest && first ? undefined : djangoTests(project, dependencies);
  if (django) return django;
  if (!first) return undefined;
  const suite = isPytest ? pytestSuite(tests, first) : (casesOfDjango(tests, first) ?? unittestSuite(tests, first));
  const containers = ownContainers(files, project.modules);
  return containers ? withoutContainers(suite, containers, files.length) : suite;
}

/** A suite as its authors run it. What detection keeps out of it, such as browser tests, stays out. */
function asWitnessed(suite: SuiteFacts, tests: UnitTests, witness: Witness): SuiteFacts {
  const { place, why, env, directory, left } = witness;
  const said = {
    place,
    why,
    ...defined({
      env: Object.keys(env).length > 0 ? env : undefined,
      directory: directory === '' ? undefined : directory,
      optionsLeft: left,
    }),
  };
  const command = witnessedCommand(suite, tests, witness);
  return command ? { ...suite, ...said, command } : suite;
}

function witnessedCommand(
  { command }: SuiteFacts,
  { project, files, browserFiles }: UnitTests,
  { runner, options, targets, directory }: Witness,
): readonly string[] | undefined {
  const isDjango = command.includes('test') && !command.includes('pytest');
  switch (runner) {
    case 'pytest': {
      if (!command.includes('pytest')) return undefined;
      const own = command.slice(1).filter(word => !word.startsWith('--ignore='));
      const within = own.flatMap(path => (isWithin(path, directory) ? [relativePath(directory, path)] : []));
      // In a directory of its own pytest finds what its settings there name.
      const paths = targets.length > 0 ? targets : directory === '' ? own : within.filter(path => path !== '');
      const kept = command.slice(1).filter(word => word.startsWith('--ignore='));
      const outside =
        targets.length > 0 || directory !== '' ? ignoredBelow(paths, { files, browserFiles, directory }) : [];
      const ignores = [...kept.map(word => ignoreFrom(word, directory)), ...outside];
      return ['pytest', ...paths, ...new Set(ignores), ...options];
    }
    case 'django': {
      const manage = managePath(project);
      const program = manage === undefined ? ['python', '-m', 'django'] : ['python', relativePath(directory, manage)];
      if (!isDjango) return undefined;
      const usual = directory === '' ? command.slice(command.indexOf('test') + 1) : [];
      return [...program, 'test', ...(targets.length > 0 ? targets : usual), ...options];
    }
    case 'unittest':
      return ['python', '-m', 'unittest', ...targets, ...options];
  }
}

function ignoreFrom(word: string, directory: string): string {
  return `--ignore=${relativePath(directory, word.replace('--ignore=', ''))}`;
}

/** Browser tests that lie below the paths that are tested. */
function ignoredBelow(
  paths: readonly string[],
  { files, browserFiles, directory }: Pick<UnitTests, 'files' | 'browserFiles'> & { readonly directory: string },
): readonly string[] {
  const below = browserFiles.filter(({ path }) =>
    paths.length === 0 ? isWithin(path, directory) : paths.some(target => isWithin(path, joinPath(directory, target))),
  );
  return browserTargets(below, files).map(path => `--ignore=${relativePath(directory, path)}`);
}

/** Cases of Django in a project without a manage.py: its runner sets up what they work with. */
function casesOfDjango({ dependencies, files, browserFiles }: UnitTests, first: PythonModule): SuiteFacts | undefined {
  const imports = files.flatMap(file => [...file.imports.values()]);
  if (!dependencyOnFramework(dependencies, 'django') || !imports.some(name => /^django(\.|$)/.test(name)))
    return undefined;
  const command = ['python', '-m', 'django', 'test', ...topDirectories(files, browserFiles)];
  return { name: 'unit', command, place: { file: first.path }, ...groupsOf(importedBy(dependencies, files)) };
}

/** A suite without the tests that need a Docker of their own; where all do, it cannot run at all. */
function withoutContainers(suite: SuiteFacts, { place, library, files }: OwnContainers, all: number): SuiteFacts {
  if (files.length === all) return { ...suite, blocked: { value: library, place } };
  const why = `it starts containers itself, with ${library}`;
  const leftOut = files.map(file => ({ value: file, place, why }));
  const isLeft = (word: string) => files.includes(word);
  const command = suite.command.includes('pytest')
    ? [...suite.command, ...files.map(file => `--ignore=${file}`)]
    : suite.command.filter(word => !isLeft(word));
  return { ...suite, command, leftOut };
}

/** Cases of the standard library run with it: each file is named, so that no package layout is needed. */
function unittestSuite({ files, dependencies }: UnitTests, first: PythonModule): SuiteFacts {
  const targets = files.map(({ path }) => path);
  const needed = groupsOf(importedBy(dependencies, files));
  return { name: 'unit', command: ['python', '-m', 'unittest', ...targets], place: { file: first.path }, ...needed };
}

function pytestSuite(
  { project: { pyproject, modules }, dependencies, files, browserFiles }: UnitTests,
  first: PythonModule,
): SuiteFacts {
  const needed = groupsOf(neededBy(dependencies, [...files, ...conftestsAround(modules, files)]));
  const testpaths = pyproject ? stringsAt(pyproject.data, 'tool', 'pytest', 'ini_options', 'testpaths') : [];
  const inBrowserDirectory = (path: string) => browserFiles.some(file => file.path.startsWith(`${path}/`));
  if (pyproject && testpaths.length > 0 && !testpaths.some(inBrowserDirectory)) {
    const place = tomlPlace(pyproject, 'tool', 'pytest', 'ini_options', 'testpaths');
    return { name: 'unit', command: ['pytest', ...testpaths], place, ...needed };
  }
  const arguments_ = [...topDirectories(files, browserFiles), ...ignored(files, browserFiles)];
  return { name: 'unit', command: ['pytest', ...arguments_], place: { file: first.path }, ...needed };
}

/** Pytest with what usually comes with it, and the packages that tests import. */
function neededBy(dependencies: readonly Dependency[], files: readonly PythonModule[]): readonly Dependency[] {
  return [
    ...dependencies.filter(({ name }) => /^pytest(-django|-cov)?$/.test(name)),
    ...importedBy(dependencies, files),
  ];
}

/** Packages of groups for development that tests import. */
function importedBy(dependencies: readonly Dependency[], files: readonly PythonModule[]): readonly Dependency[] {
  const imported = new Set(files.flatMap(({ imports }) => [...imports.values()].flatMap(packagesOf)));
  return dependencies.filter(({ name, group }) => group === 'dev' && imported.has(name) && !/playwright/.test(name));
}

/** Django's own runner, which looks for tests from the directory of manage.py down. */
function djangoTests(project: Project, dependencies: readonly Dependency[]): SuiteFacts | undefined {
  const manage = dependencyOnFramework(dependencies, 'django') && managePath(project);
  const tests = project.modules.filter(({ path }) => /(^|\/)tests?(\.py|\/)/.test(path));
  const hasTests = tests.some(({ statements }) => statements.some(({ tokens }) => tokens[0]?.text === 'class'));
  if (manage === undefined || !hasTests) return undefined;
  const directory = manage.split('/').slice(0, -1).join('/');
  return {
    name: 'unit',
    command: ['python', manage, 'test', ...(directory === '' ? [] : [directory])],
    place: { file: manage },
    ...groupsOf(importedBy(dependencies, tests)),
  };
}
