/** Which files of the source are code of the app, by their paths. */

/** Directories that hold no code of the app: installed, generated, or there to look at. */
const FOREIGN = new Set([
  'node_modules',
  'venv',
  'env',
  '__pycache__',
  'site-packages',
  'build',
  'dist',
  'docs',
  'examples',
]);

/** Whether a path lies in a directory that is hidden or holds no code of the app. */
export function isForeign(path: string): boolean {
  return path
    .split('/')
    .slice(0, -1)
    .some(part => part.startsWith('.') || FOREIGN.has(part));
}

/** Whether a file belongs to tests: in a test directory, or named as pytest collects. */
export function isTestFile(path: string): boolean {
  return /(^|\/)(tests?|testing|e2e)\//.test(path) || /(^|\/)(tests|test_[^/]*|[^/]*_test|conftest)\.py$/.test(path);
}
