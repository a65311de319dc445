/** Packages that a suite's tests need and no dependency brings: they are installed for the suite alone. */
import { defined } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import { type Dependency, dependencyOn } from '../../support/dependency.js';
import { toolVersion } from '../../support/test-tools/locked.js';
import { type TestTool, type TestToolName, toolEntries } from '../../support/test-tools/table.js';
import type { PythonModule } from '../code/module.js';
import type { SuiteFacts } from '../facts.js';
import type { LockedVersions } from '../python/locked-versions.js';
import { fixturesOf, fixturesUsedBy } from './fixtures.js';
import type { PytestSettings } from './pytest-settings.js';
import { marksOf } from './test-style.js';

/** What is known of a suite's tests. */
export interface TestsOfSuite {
  readonly suite: SuiteFacts;
  /** Its test files with what is around them. */
  readonly files: readonly PythonModule[];
  readonly settings: PytestSettings;
  readonly dependencies: readonly Dependency[];
  readonly versions: LockedVersions;
  /** Minor version of Python that the suite runs on. */
  readonly python: string | undefined;
}

/** The packages, each with what asks for it, as requirements. */
export function broughtTools(tests: TestsOfSuite): readonly Sourced<string>[] {
  const { suite, dependencies, versions, python } = tests;
  const isThere = (name: string) => versions.has(name) || dependencyOn(dependencies, name) !== undefined;
  const asking = askingFor(tests);
  return toolEntries().flatMap(([name, tool]) => {
    const isForOthers = name.startsWith('pytest') && !suite.command.includes('pytest');
    // Browser tests that speak HTTP set up no framework.
    const isOfApp = tool.of !== undefined && suite.name === 'e2e' && suite.app === undefined;
    const asked = isThere(name) || isForOthers || isOfApp ? undefined : asking(name, tool);
    if (asked === undefined) return [];
    // A plugin of a framework that the app does not have is asked for by something else of the same name.
    if (tool.of !== undefined && !isThere(tool.of)) return [];
    if (dependencies.some(dependency => doesInstead(dependency, tool))) return [];
    return [{ ...asked, value: `${name}==${toolVersion(name, python)}` }];
  });
}

function doesInstead({ name, extras = [] }: Dependency, { instead = {} }: TestTool): boolean {
  const wanted = instead[name];
  return wanted !== undefined && (wanted.length === 0 || extras.some(extra => wanted.includes(extra)));
}

type Asked = Pick<Sourced<string>, 'place' | 'why'>;

function askingFor({ suite, files, settings }: TestsOfSuite) {
  const own = new Set(files.flatMap(fixturesOf));
  const seen = files.map(module => ({
    place: { file: module.path },
    imports: [...module.imports.values()],
    marks: new Set(marksOf(module)),
    fixtures: new Set(fixturesUsedBy(module).filter(name => !own.has(name))),
  }));
  const isPytest = suite.command.includes('pytest');
  return (name: TestToolName, tool: TestTool): Asked | undefined => {
    if (name === 'pytest' && isPytest) return { place: suite.place, why: 'no dependency brings it' };
    const { modules = [], marks = [], fixtures = [], settings: pattern } = tool;
    for (const { place, imports, ...file } of seen) {
      const module = modules.find(one => imports.some(other => other === one || other.startsWith(`${one}.`)));
      const mark = marks.find(one => file.marks.has(one));
      const fixture = fixtures.find(one => file.fixtures.has(one));
      const what = module !== undefined ? `imports ${module}` : mark !== undefined ? `has the mark ${mark}` : undefined;
      const why = what ?? (fixture === undefined ? undefined : `uses the fixture ${fixture}`);
      if (why !== undefined) return { place, why };
    }
    return isPytest && settings.file !== undefined && pattern?.test(settings.text)
      ? defined({ place: { file: settings.file }, why: "pytest's settings need it" })
      : undefined;
  };
}
