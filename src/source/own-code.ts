/** Which files of the source count as the app's code, as far as the list of paths can say. */

/** Hidden directories, and those that tools install into or leave compiled files in: nothing in them is the app's. */
const INSTALLED = /(^|\/)(\.[^/]*|node_modules|site-packages|__pycache__)\//;

/** Directories that are by convention there to look at, or made of the rest; packages may be called so as well. */
const ASIDE = new Set(['build', 'dist', 'docs', 'examples']);

/**
 * Tells whether a path is of something installed or generated and no code of the app: by its directory, in a virtual environment
 * (it has a pyvenv.cfg), or in setuptools' copy of the packages (build/lib beside what it was made of).
 */
export function installedIn(paths: readonly string[]): (path: string) => boolean {
  const known = installed.get(paths) ?? findInstalled(paths);
  installed.set(paths, known);
  return known;
}

/** What was found of a tree's paths: all parts of detection ask. */
const installed = new WeakMap<readonly string[], (path: string) => boolean>();
const aside = new WeakMap<readonly string[], (path: string) => string | undefined>();

function findInstalled(paths: readonly string[]): (path: string) => boolean {
  const environments = paths.filter(path => path.endsWith('/pyvenv.cfg')).map(path => path.replace(/pyvenv\.cfg$/, ''));
  const directories = [...environments, ...buildCopies(paths)];
  return path => INSTALLED.test(path) || directories.some(directory => path.startsWith(directory));
}

/** `build/lib/` and `build/lib.linux-x86_64-cpython-311/` where a file in them lies beside them or in src as well. */
function buildCopies(paths: readonly string[]): readonly string[] {
  const all = new Set(paths);
  const copies = new Set<string>();
  for (const path of paths) {
    const [, project = '', directory = '', inside = ''] =
      /^((?:.*\/)?)(build\/lib(?:\.[^/]+)?\/)(.+\.py)$/.exec(path) ?? [];
    if (all.has(project + inside) || all.has(`${project}src/${inside}`)) copies.add(project + directory);
  }
  copies.delete('');
  return [...copies];
}

/**
 * Tells the directory that a path lies in when it is aside by its name: docs, examples. Not inside a package, whose parts may be
 * called anything. Whether the app uses it all the same, only the code can say.
 */
export function asideIn(paths: readonly string[]): (path: string) => string | undefined {
  const known = aside.get(paths) ?? findAside(paths);
  aside.set(paths, known);
  return known;
}

function findAside(paths: readonly string[]): (path: string) => string | undefined {
  const packages = new Set(
    paths.filter(path => path.endsWith('/__init__.py')).map(path => path.replace(/\/[^/]*$/, '')),
  );
  return path => {
    const parts = path.split('/').slice(0, -1);
    const directories = parts.map((_, depth) => parts.slice(0, depth + 1).join('/'));
    const at = parts.findIndex(part => ASIDE.has(part));
    return directories.slice(0, Math.max(0, at)).some(directory => packages.has(directory))
      ? undefined
      : directories[at];
  };
}

/** Directories of tests, those of one kind of them included: `tests`, `tests_e2e`, `integration-tests`. */
const OF_TESTS =
  /(^|\/)(tests?|testing|e2e|tests?[_-](e2e|unit|integration|functional|browser)|(e2e|unit|integration|functional|browser)[_-]tests?)\//;

/** Whether a file belongs to tests: in a test directory, or named as pytest collects. */
export function isTestFile(path: string): boolean {
  return OF_TESTS.test(path) || /(^|\/)(tests|test_[^/]*|[^/]*_test|conftest)\.py$/.test(path);
}
