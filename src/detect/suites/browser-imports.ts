/** What browser tests import: they run in an image that has Playwright and the tests, and neither the app nor its packages. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Place } from '../../diagnostics/place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { normaliseName } from '../../support/pep508/requirement.js';
import { importsAtTop, type PythonModule } from '../code/module.js';
import type { Project } from '../project.js';
import { conftestsAround, fixturesOf, fixturesUsedBy } from './fixtures.js';

/** The fixture of pytest-django and pytest-flask that runs the app inside the tests. */
const LIVE_SERVER = 'live_server';

/** An import that fails in that image. */
interface AppImport {
  readonly name: string;
  readonly place: Place;
}

/**
 * Finds the conftest.py files around the browser tests that import the app: they are for other tests, and stay out of the
 * image. Fails when the tests need such a file, or import the app themselves.
 * @param groups the dependency groups that the tests run with; none: the app's own packages may be among theirs
 */
export function conftestsOfApp(
  { modules }: Project,
  dependencies: readonly Dependency[],
  groups: readonly string[],
  browserFiles: readonly PythonModule[],
): Finding<readonly Sourced<string>[]> {
  const isMissing = missingIn(modules, dependencies, groups);
  const offence = (module: PythonModule) => appImport(module, modules, isMissing);
  for (const file of browserFiles) {
    const imported = offence(file);
    if (imported === undefined) continue;
    const through = imported.place.file === file.path ? undefined : file.path;
    return failed(diagnose('QS606', { reason: 'import', imported: imported.name, through }, imported.place));
  }
  const conftests = conftestsAround(modules, browserFiles);
  const left = conftests.flatMap(module => {
    const imported = offence(module);
    return imported ? [{ module, imported }] : [];
  });
  const kept = [...browserFiles, ...conftests.filter(module => !left.some(other => other.module === module))];
  const own = new Set(kept.flatMap(fixturesOf));
  const used = new Set(kept.flatMap(fixturesUsedBy).filter(name => !own.has(name)));
  const [live] = used.has(LIVE_SERVER) ? browserFiles : [];
  if (live) return failed(diagnose('QS606', { reason: 'server', fixture: LIVE_SERVER }, { file: live.path }));
  for (const { module, imported } of left) {
    const fixture = fixturesOf(module).find(name => used.has(name));
    if (fixture === undefined) continue;
    const data = { reason: 'fixture', imported: imported.name, fixture, conftest: module.path } as const;
    return failed(diagnose('QS606', data, imported.place));
  }
  return found(
    left.map(({ module, imported }) => ({
      value: module.path,
      place: imported.place,
      why: `imports ${imported.name}, which browser tests do without`,
    })),
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
