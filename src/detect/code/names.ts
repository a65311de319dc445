/** Names of things in Python code, wherever they are imported from. */
import type { PythonModule } from './module.js';

/** Modules by name, for each list of them that was asked about. */
const BY_NAME = new WeakMap<readonly PythonModule[], ReadonlyMap<string, PythonModule>>();

/** Follows re-exports: `shop.create_app` is `shop.factory.create_app` when shop/__init__.py imports it from there. */
export function canonicalName(name: string, modules: readonly PythonModule[], depth = 5): string {
  const known = BY_NAME.get(modules) ?? new Map(modules.toReversed().map(module => [module.name, module]));
  BY_NAME.set(modules, known);
  const at = name.lastIndexOf('.');
  const target = known.get(name.slice(0, at))?.imports.get(name.slice(at + 1));
  return target === undefined || depth === 0 || target === name ? name : canonicalName(target, modules, depth - 1);
}
