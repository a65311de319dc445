/** The files of suites: where tests lie, and what belongs to which. */
import type { SuiteFacts } from '../detect/facts.js';
import { joinPath } from '../source/paths.js';
import { RUNNER_OPTIONS } from '../support/test-tools/runner-options.js';

/** Names of directories and files that hold tests and nothing else. */
const TESTS =
  /(^|\/)(((unit|integration|functional|acceptance|system|browser|e2e|api|ui)[_-])?tests?|e2e|specs?|test_\w+\.py|\w+_test\.py)$/;

/** What production leaves out: what holds nothing but tests, by its name. Where tests lie among the app's code, they stay. */
export function testDirectories(suites: readonly SuiteFacts[]): readonly string[] {
  return placesOf(suites).filter(path => TESTS.test(path));
}

/** Directories and files that suites run. A directory named tests goes as a whole. */
function placesOf(suites: readonly SuiteFacts[]): readonly string[] {
  const paths = suites.flatMap(pathsOf).map(path => {
    const top = path.split('/')[0] ?? path;
    return /^tests?$/.test(top) ? top : path;
  });
  return [...new Set(paths)];
}

/** Patterns of files that a suite is made of. */
export interface TestFiles {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The files of a suite with the helpers around them, and without what only other suites run. */
export function filesOf(suite: SuiteFacts, all: readonly SuiteFacts[]): TestFiles {
  const own = pathsOf(suite);
  const others = all.filter(other => other !== suite).flatMap(pathsOf);
  // A file brings the fixtures beside it.
  const include = placesOf([suite]).flatMap(path =>
    path.endsWith('.py') ? [path, path.replace(/[^/]*$/, 'conftest.py')] : [`${path}/**`],
  );
  const foreign = others.filter(path => !own.some(mine => `${mine}/`.startsWith(`${path}/`)));
  return { include, exclude: [...foreign, ...(suite.without ?? []).map(({ value }) => value)] };
}

/** Words of a pytest command that are paths of tests; `tests` when there are none, nothing for another tool. */
export function pathsOf(suite: SuiteFacts): readonly string[] {
  if (!isPytest(suite)) return [];
  const words = suite.command.slice(suite.command.indexOf('pytest') + 1);
  const paths = words
    .map(word => word.split('::')[0]!)
    .filter((word, at) => /^\w[\w./-]*$/.test(word) && !takesValue(words[at - 1] ?? ''));
  const directory = suite.directory ?? '';
  return paths.length > 0
    ? paths.map(path => joinPath(directory, path.replace(/\/$/, '')))
    : [joinPath(directory, 'tests')];
}

/** Whether an option is followed by its value. */
function takesValue(word: string): boolean {
  return RUNNER_OPTIONS.pytest.some(({ names, takesValue }) => takesValue && names.test(word));
}

/** Whether a suite is run by pytest. */
export function isPytest(suite: SuiteFacts): boolean {
  return suite.command.includes('pytest');
}
