/** Finds the test suites: tests without a browser, browser tests, and the linter. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { toolVersion } from '../../support/test-tools/locked.js';
import type { PythonModule } from '../code/module.js';
import type { SuiteFacts } from '../facts.js';
import type { Project } from '../project.js';
import { groupsOf } from '../python/dependency-groups.js';
import type { LockedVersions } from '../python/locked-versions.js';
import type { PackageFacts } from '../python/package-facts.js';
import { broughtTools } from './brought-tools.js';
import { browserNeeds } from './browser-imports.js';
import { conftestsAround, fixturesOf, fixturesUsedBy } from './fixtures.js';
import { keptOptions } from './left-options.js';
import { collects, type PytestSettings, readPytestSettings } from './pytest-settings.js';
import { browserTargets } from './test-directories.js';
import { isTestModule } from './test-style.js';
import { toolSuite } from './tool-suites.js';
import { unitSuite } from './unit-suite.js';
import { testWitness } from './witness.js';

/** Fixtures of pytest-playwright: a test with one of them drives a browser. */
const BROWSER_FIXTURES = new Set(['page', 'browser', 'new_context', 'browser_context_args']);

const BROWSER_PACKAGES = /^(pytest-playwright|playwright)(-asyncio)?$/;

/** What suites are found with. */
export interface SuitesOf {
  readonly project: Project;
  readonly packages: PackageFacts;
  /** Names of suites that run in Node, for which there need be none in Python. */
  readonly inNode?: readonly SuiteFacts['name'][] | undefined;
  /** Minor version of Python, once it is chosen. */
  readonly python?: string | undefined;
}

/** Finds the suites in the order lint, typecheck, format, unit, e2e; those configured as false are left out. */
export async function detectSuites(given: SuitesOf): Promise<Finding<readonly SuiteFacts[]>> {
  const { project, packages, inNode = [] } = given;
  const { dependencies } = packages;
  const settings = await readPytestSettings(project.tree);
  const isNamed = (name: string) => collects(settings, name);
  const files = project.modules.filter(module => isTestModule(module, isNamed) && isCollected(module, settings));
  const browserFiles = browserTests(files, project, dependencies);
  const otherFiles = files.filter(module => !browserFiles.includes(module));
  const witness = await testWitness(project, dependencies, browserFiles);
  const tests = { project, dependencies, files: otherFiles, browserFiles, witness };
  const lay = (name: SuiteFacts['name'], detected: Finding<SuiteFacts>) => configured(project, name, detected, inNode);
  const findings = [
    ...(['lint', 'typecheck', 'format'] as const).map(name => lay(name, found(toolSuite(name, project, dependencies)))),
    lay('unit', unitSuite(tests)),
    lay('e2e', browserSuite(given, browserFiles, otherFiles)),
  ];
  const diagnostics = findings.flatMap(finding => finding.diagnostics);
  if (diagnostics.length > 0) return { diagnostics };
  const suites = findings.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const helpers = project.modules.filter(module => module.isTest && !files.includes(module));
  const around = conftestsAround(project.modules, browserFiles);
  return found(
    suites.map(suite => {
      const own =
        suite.name === 'e2e'
          ? [...browserFiles, ...around]
          : suite.name === 'unit'
            ? [...otherFiles, ...helpers]
            : undefined;
      return own === undefined ? suite : withTools(suite, own, { ...given, settings });
    }),
  );
}

/** Whether pytest takes a file by its name: `tests.py` only at the top, or where its settings say so. */
function isCollected({ path }: PythonModule, settings: PytestSettings): boolean {
  const name = path.split('/').at(-1)!;
  return name !== 'tests.py' || path === name || collects(settings, name);
}

/** A suite with what is brought for its tests, and the options of pytest's settings that it keeps. */
function withTools(
  suite: SuiteFacts,
  files: readonly PythonModule[],
  { packages, python, settings }: SuitesOf & { readonly settings: PytestSettings },
): SuiteFacts {
  const { dependencies, versions, tools: grouped = [] } = packages;
  const brought = broughtTools({ suite, files, settings, dependencies, versions, python });
  const own = suite.tools ?? [];
  const others = [...grouped, ...brought].filter(({ value }) => !own.some(tool => tool.value === value));
  const way = suite.name === 'unit' ? 'unit' : suite.app ? 'browser with the app' : 'browser';
  const options = suite.command.includes('pytest') ? keptOptions(settings, way) : undefined;
  return { ...suite, ...defined({ tools: unlessEmpty([...own, ...others]), options }) };
}

/** Lays the configuration over a detected suite. A configured command stands without anything detected. */
function configured(
  project: Project,
  name: SuiteFacts['name'],
  detected: Finding<SuiteFacts>,
  inNode: readonly SuiteFacts['name'][],
): Finding<SuiteFacts> {
  const options = project.config.suites?.[name];
  if (options === undefined) return detected;
  if (options === false) return { diagnostics: [] };
  const isInNode = inNode.includes(name) && !detected.value;
  // A command that lints or checks may be about Python all the same, with a tool that is not known here.
  if (options.command !== undefined && !(isInNode && name === 'e2e')) {
    const place = configPlace(project.origins, `suites.${name}.command`);
    return found({ ...detectedAround(detected.value), name, command: options.command, place });
  }
  if (detected.value || detected.diagnostics.length > 0 || isInNode) return detected;
  return failed(diagnose('QS603', { suite: name }, configPlace(project.origins, `suites.${name}`)));
}

/** What of a detected suite holds for any command: nothing of how its authors run it. */
function detectedAround(suite: SuiteFacts | undefined): Partial<SuiteFacts> {
  if (!suite) return {};
  const { blocked, leftOut, why, env, directory, optionsLeft, ...around } = suite;
  return around;
}

function browserSuite(
  { project, packages: { dependencies, versions } }: SuitesOf,
  browserFiles: readonly PythonModule[],
  otherFiles: readonly PythonModule[],
): Finding<SuiteFacts> {
  const [first] = browserFiles;
  if (!first) return { diagnostics: [] };
  const playwright = dependencies.filter(({ name }) => BROWSER_PACKAGES.test(name));
  const needed = groupsOf([...playwright, ...dependencies.filter(({ name }) => name === 'pytest')]);
  const { app, startsApp, without } = browserNeeds(project, dependencies, needed.groups ?? [], browserFiles);
  const browser = versions.get('playwright') ?? newestBrowser(first);
  return found({
    name: 'e2e',
    command: ['pytest', ...browserTargets(browserFiles, otherFiles)],
    place: { file: first.path },
    ...needed,
    browser,
    ...defined({
      app,
      startsApp,
      without: unlessEmpty(without),
      tools: unlessEmpty([...plugin(playwright, first), ...pinned(versions, browser)]),
    }),
  });
}

/** Playwright's plugin for pytest, where no dependency brings it. */
function plugin(playwright: readonly Dependency[], { path }: PythonModule): readonly Sourced<string>[] {
  if (playwright.some(({ name }) => name.startsWith('pytest-'))) return [];
  const value = `pytest-playwright==${toolVersion('pytest-playwright', BROWSER_PYTHON)}`;
  return [{ value, place: { file: path }, why: 'no dependency brings it' }];
}

/** The version of the image, where nothing pins one. */
function pinned(versions: LockedVersions, browser: Sourced<string>): readonly Sourced<string>[] {
  return versions.has('playwright') ? [] : [{ ...browser, value: `playwright==${browser.value}` }];
}

/** Python of Playwright's images. */
const BROWSER_PYTHON = '3.12';

/** The version of the browsers where nothing pins one. */
function newestBrowser({ path }: PythonModule): Sourced<string> {
  return {
    value: toolVersion('playwright', BROWSER_PYTHON),
    place: { file: path },
    why: 'the newest: nothing pins one',
  };
}

/**
 * Test files that drive a browser: those that take a browser fixture or import playwright, and with them all others in
 * a directory named for such tests.
 */
function browserTests(
  files: readonly PythonModule[],
  { modules }: Project,
  dependencies: readonly Dependency[],
): PythonModule[] {
  const anyPlaywright = modules.some(importsPlaywright);
  const own = new Set(modules.filter(({ isTest }) => isTest).flatMap(fixturesOf));
  const isThere = anyPlaywright || dependencies.some(({ name }) => BROWSER_PACKAGES.test(name));
  const byFixture = isThere || !own.has('page');
  return files.filter(
    module =>
      importsPlaywright(module) ||
      (anyPlaywright && /(^|\/)(e2e|browser|playwright|end_to_end)\//.test(module.path)) ||
      (byFixture && takesBrowserFixture(module)),
  );
}

function takesBrowserFixture(module: PythonModule): boolean {
  return fixturesUsedBy(module).some(name => BROWSER_FIXTURES.has(name));
}

function importsPlaywright(module: PythonModule): boolean {
  return module.isTest && [...module.imports.values()].some(name => /^(pytest_)?playwright\b/.test(name));
}
