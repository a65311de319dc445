/** What the authors' own command says of how the tests are run, made of all their commands that run them. */
import type { Place } from '../../diagnostics/place.js';
import { defined } from '../../source/defined.js';
import { isWithin, joinPath, relativePath, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { type Dependency, dependencyOn } from '../../support/dependency.js';
import { isSecretName } from '../../support/secret-names.js';
import type { PythonModule } from '../code/module.js';
import { ADDRESS } from '../files/deployment.js';
import type { Project } from '../project.js';
import { type RunnerArguments, readArguments } from './runner-arguments.js';
import { type TestCommand, type TestRunner, testCommands } from './test-commands.js';

/** How the authors run the tests. */
export interface Witness {
  readonly runner: TestRunner;
  readonly options: readonly string[];
  /** Paths where the tests run, or names of modules; none: all that the runner finds. */
  readonly targets: readonly string[];
  /** Directory of the app that they run in; '' for the app's own. */
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
  readonly place: Place;
  readonly why: string;
  /** Options that are left out. */
  readonly left?: Sourced<string>;
}

/** Variables that are for the machine that tests, and not for the app. */
const OF_MACHINE =
  /^(CI|PATH|HOME|SHELL|TERM|LANG|LC_\w+|TZ|VIRTUAL_ENV|DEBIAN_FRONTEND|FORCE_COLOR|NO_COLOR|PY_COLORS|PYTEST_ADDOPTS|TOXENV|TOX_\w+|(GITHUB|RUNNER|ACTIONS|GITLAB|CIRCLE|TRAVIS|AZURE|BUILD|PIP|UV|POETRY|PDM|PIPENV|HATCH|PYTHON|COVERAGE|CODECOV|COVERALLS|DOCKER|COMPOSE|BUILDKIT|NODE|NPM|YARN|PNPM|CARGO|RUST|SONAR|SENTRY_AUTH|POSTGRES|MYSQL|MARIADB)_?\w*)$/;

/** Versions of what is tested with, and what drives a browser that is not there. */
const OF_TOOLS = /_VERSION$|SELENIUM|WEBDRIVER|BROWSER|DISPLAY/;

/** Values that nobody else is to see, with names that need not be words of their own. */
const CREDENTIAL = /PASS(WORD|WD)?$|SECRET|TOKEN$/;

/** A command that can be followed here. */
interface Usable {
  readonly command: TestCommand;
  readonly args: RunnerArguments;
  readonly directory: string;
}

/** Finds how the authors run the tests that need no browser; undefined where nothing says it. */
export async function testWitness(
  project: Project,
  dependencies: readonly Dependency[],
  browserFiles: readonly PythonModule[],
): Promise<Witness | undefined> {
  const commands = await testCommands(project);
  const usable = commands.flatMap(command => usableOf(project, dependencies, command) ?? []);
  const unit = usable.filter(({ args, directory }) => !isOfBrowsers(args.targets, directory, browserFiles));
  const [first] = unit.toSorted((a, b) => narrowness(a) - narrowness(b));
  if (!first) return undefined;
  const alike = unit.filter(
    other =>
      other.command.runner === first.command.runner &&
      other.directory === first.directory &&
      isBeside(other) === isBeside(first) &&
      sameWords(other.args.options, first.args.options),
  );
  return witnessOf(first, alike);
}

function usableOf(project: Project, dependencies: readonly Dependency[], command: TestCommand): Usable | undefined {
  const { tree, modules, root } = project;
  const isAbove = /^\.\.(\/\.\.)*$/.test(command.directory);
  if (command.directory.startsWith('..') && !isAbove) return undefined;
  const directory = isAbove ? '' : command.directory;
  const isThere = (path: string) => tree.paths.some(other => other === path || isWithin(other, path));
  if (directory !== '' && !isThere(directory)) return undefined;
  const pathOf = (written: string) => {
    const path = resolvePath('', `${root}/${command.directory}/${written}`);
    if (!isWithin(path, root)) return undefined;
    const inApp = relativePath(root, path);
    return inApp !== '' && isThere(inApp) ? relativePath(directory, inApp) : undefined;
  };
  const args = readArguments(command.runner, command.args, {
    hasPackage: name => dependencyOn(dependencies, name) !== undefined,
    isOwn: name => modules.some(module => isConftest(module) && names(module, name)),
    pathOf,
  });
  if (!args) return undefined;
  const targets = args.targets.flatMap(target => targetOf(command.runner, target, pathOf) ?? []);
  // All that was named is gone, or is another app's.
  if (args.targets.length > 0 && targets.length === 0 && !args.targets.every(target => isRoot(target)))
    return undefined;
  return { command, args: { ...args, targets }, directory };
}

function isRoot(target: string): boolean {
  return resolvePath('', target) === '';
}

/** `tests/test_a.py::test_b` is a path with a name behind it; Django and unittest take names of modules too. */
function targetOf(runner: TestRunner, target: string, pathOf: (written: string) => string | undefined) {
  const [path = '', ...inside] = target.split('::');
  if (runner === 'unittest') return target;
  if (runner === 'django' && !path.includes('/')) return target;
  const found = pathOf(path);
  return found === undefined ? undefined : [found, ...inside].join('::');
}

function isConftest({ path, isTest }: PythonModule): boolean {
  return isTest || /(^|\/)conftest\.py$|plugin/.test(path);
}

function names({ statements }: PythonModule, option: string): boolean {
  return statements.some(({ tokens }) => tokens.some(({ kind, text }) => kind === 'string' && text === option));
}

/** Whether nothing but tests of browsers is named. */
function isOfBrowsers(targets: readonly string[], directory: string, browserFiles: readonly PythonModule[]): boolean {
  const isOne = (target: string) => {
    const path = joinPath(directory, target.split('::')[0]!);
    return (
      /(^|\/)(e2e|end_to_end|playwright|selenium|browser)(\/|$)/.test(path) ||
      browserFiles.some(file => file.path === path)
    );
  };
  return targets.length > 0 && targets.every(isOne);
}

/** What workflows are called that test something else than the app as it is. */
const BESIDE = /release|publish|deploy|nightly|docs|bench|e2e|end.to.end|migration|upgrade|canary|lint|smoke|jmeter/i;

/** What tests everything comes before what tests a part, and that before what is run beside: on another day, or for a release. */
function narrowness(usable: Usable): number {
  const { args } = usable;
  const isPart =
    args.options.some(option => /^-k/.test(option)) || (args.marks !== undefined && !/^not\b/.test(args.marks));
  return (isBeside(usable) ? 4 : 0) + (isPart ? 2 : 0) + (args.targets.length > 0 ? 1 : 0);
}

function isBeside({ command }: Usable): boolean {
  return BESIDE.test(`${command.place.file} ${command.by}`);
}

function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, at) => word === b[at]);
}

function witnessOf(first: Usable, alike: readonly Usable[]): Witness {
  const { runner, place, by } = first.command;
  const marks = joinedMarks(alike.map(({ args }) => args.marks));
  const isWhole = alike.some(({ args }) => args.targets.length === 0);
  const targets = isWhole ? [] : [...new Set(alike.flatMap(({ args }) => args.targets))];
  const left = [...new Set(alike.flatMap(({ args }) => args.left))];
  return {
    runner,
    options: [...(marks === undefined ? [] : ['-m', marks]), ...first.args.options],
    targets,
    directory: first.directory,
    env: sharedEnv(alike.map(({ command }) => command.env)),
    place,
    why: by,
    ...defined({ left: left.length > 0 ? { value: left.join(' '), place } : undefined }),
  };
}

/** What several runs test together: a run of all tests has all, and what is left out of one and tested by another is none. */
function joinedMarks(all: readonly (string | undefined)[]): string | undefined {
  const marks = [...new Set(all.map(text => text?.trim()))];
  if (marks.includes(undefined)) return undefined;
  const [only, second] = marks;
  if (second === undefined) return only;
  if (marks.some(text => marks.includes(`not ${text}`))) return undefined;
  return marks.map(text => `(${text})`).join(' or ');
}

/** Variables that every such run is given alike. */
function sharedEnv(all: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> {
  const [first = {}] = all;
  return Object.fromEntries(
    Object.entries(first).filter(
      ([name, value]) =>
        all.every(env => env[name] === value) &&
        value !== '' &&
        ![OF_MACHINE, OF_TOOLS, CREDENTIAL].some(pattern => pattern.test(name)) &&
        !isSecretName(name) &&
        !ADDRESS.test(value),
    ),
  );
}
