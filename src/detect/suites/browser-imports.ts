/** What browser tests need of the app's code: mostly nothing, for they speak HTTP, and then their image has neither it nor its packages. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { normaliseName } from '../../support/pep508/requirement.js';
import { TEST_TOOLS } from '../../support/test-tools/table.js';
import { importsAtTop, type PythonModule } from '../code/module.js';
import type { Project } from '../project.js';
import { conftestsAround, fixturesOf, fixturesUsedBy } from './fixtures.js';

/** The fixture of pytest-django and pytest-flask that runs the app inside the tests. */
const LIVE_SERVER = 'live_server';

/** Fixtures that work on the app's own database, and the one that starts it. */
const OF_APP: ReadonlySet<string> = new Set([LIVE_SERVER, ...TEST_TOOLS['pytest-django'].fixtures]);

/** Classes of cases that start the app. */
const LIVE_CASE = /\.(Static)?LiveServerTestCase$/;

/** An import that fails in that image. */
interface AppImport {
  readonly name: string;
  readonly place: Place;
}

/** What browser tests have to do with the app's code. */
export interface BrowserNeeds {
  /** Why they cannot do without it: what they import, or the name of what starts the app. */
  readonly app?: Sourced<string>;
  /** Whether it is the tests that start the app. */
  readonly startsApp?: boolean;
  /** The conftest.py files around them that import the app, where they do without it: these are for other tests. */
  readonly without: readonly Sourced<string>[];
}

/**
 * Finds out what browser tests need of the app.
 * @param groups the dependency groups that the tests run with; none: the app's own packages may be among theirs
 */
export function browserNeeds(
  { modules }: Project,
  dependencies: readonly Dependency[],
  groups: readonly string[],
  browserFiles: readonly PythonModule[],
): BrowserNeeds {
  const isMissing = missingIn(modules, dependencies, groups);
  const offence = (module: PythonModule) => appImport(module, modules, isMissing);
  const conftests = conftestsAround(modules, browserFiles);
  const left = conftests.flatMap(module => {
    const imported = offence(module);
    return imported ? [{ module, imported }] : [];
  });
  const kept = [...browserFiles, ...conftests.filter(module => !left.some(other => other.module === module))];
  const starting = startOf(browserFiles, kept);
  if (starting) return { app: starting, startsApp: true, without: [] };
  const needed = neededImport(browserFiles.map(offence), left, kept);
  if (needed) return { app: { value: needed.name, place: needed.place, why: 'browser tests use it' }, without: [] };
  return {
    without: left.map(({ module, imported }) => ({
      value: module.path,
      place: imported.place,
      why: `imports ${imported.name}, which browser tests do without`,
    })),
  };
}

/** What of the tests starts the app, or works on its database by fixtures of a plugin. */
function startOf(files: readonly PythonModule[], kept: readonly PythonModule[]): Sourced<string> | undefined {
  const own = new Set(kept.flatMap(fixturesOf));
  for (const module of kept) {
    const place = { file: module.path };
    const fixture = fixturesUsedBy(module).find(name => OF_APP.has(name) && !own.has(name));
    if (fixture !== undefined) return { value: fixture, place, why: 'browser tests use it' };
    const cases = files.includes(module) ? [...module.imports.values()].find(name => LIVE_CASE.test(name)) : undefined;
    if (cases !== undefined) return { value: cases.split('.').at(-1)!, place, why: 'browser tests are of this kind' };
  }
  return undefined;
}

/** The first import that tests cannot do without: one of their own, or of a conftest.py with a fixture that they use. */
function neededImport(
  own: readonly (AppImport | undefined)[],
  left: readonly { readonly module: PythonModule; readonly imported: AppImport }[],
  kept: readonly PythonModule[],
): AppImport | undefined {
  const defined = new Set(kept.flatMap(fixturesOf));
  const used = new Set(kept.flatMap(fixturesUsedBy).filter(name => !defined.has(name)));
  return (
    own.find(imported => imported !== undefined) ??
    left.find(({ module }) => fixturesOf(module).some(name => used.has(name)))?.imported
  );
}

/** Whether a dotted name is the app's, or that of a package which only the app's own environment has. */
function missingIn(
  modules: readonly PythonModule[],
  dependencies: readonly Dependency[],
  groups: readonly string[],
): (name: string) => boolean {
  const own = new Set(modules.filter(({ isTest }) => !isTest).map(({ name }) => topOf(name)));
  const isTest = (name: string) => modules.some(module => module.isTest && isWithin(name, module));
  const there = new Set(
    dependencies.filter(({ groupName }) => groups.includes(groupName ?? '')).map(({ name }) => name),
  );
  const packages = dependencies.filter(({ group, name }) => groups.length > 0 && group === 'main' && !there.has(name));
  const installed = new Set(packages.map(({ name }) => name));
  return name => (own.has(topOf(name)) && !isTest(name)) || installed.has(normaliseName(topOf(name)));
}

/** The first import of the app that happens when a test module is imported, by itself or by a test module it imports. */
function appImport(
  module: PythonModule,
  modules: readonly PythonModule[],
  isMissing: (name: string) => boolean,
  seen: ReadonlySet<PythonModule> = new Set(),
): AppImport | undefined {
  for (const { name, line } of importsAtTop(module)) {
    if (isMissing(name)) return { name, place: { file: module.path, line } };
    const inner = modules.find(other => other.isTest && isWithin(name, other));
    if (!inner || inner === module || seen.has(inner)) continue;
    const further = appImport(inner, modules, isMissing, new Set([...seen, module]));
    if (further) return further;
  }
  return undefined;
}

function isWithin(name: string, module: PythonModule): boolean {
  return name === module.name || name.startsWith(`${module.name}.`);
}

function topOf(name: string): string {
  return name.split('.')[0]!;
}
