/** pkg_resources: a module of setuptools, which every environment had once. */
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { PythonModule } from '../code/module.js';

const MODULE = 'pkg_resources';

/** Finds where the app's own code imports it without naming setuptools among its dependencies. */
export function importedPkgResources(
  modules: readonly PythonModule[],
  dependencies: readonly Dependency[],
): Sourced<string> | undefined {
  if (dependencies.some(({ name, group }) => name === 'setuptools' && group === 'main')) return undefined;
  for (const { path, isTest, statements } of modules) {
    if (isTest || /(^|\/)setup\.py$/.test(path)) continue;
    const statement = statements.find(
      ({ tokens: [first, second] }) => /^(import|from)$/.test(first?.text ?? '') && second?.text === MODULE,
    );
    if (statement)
      return {
        value: 'setuptools 80',
        place: { file: path, line: statement.line },
        why: `${MODULE} is imported there`,
      };
  }
  return undefined;
}
