/** Names of things in Python code, wherever they are imported from. */
import { type PythonModule, qualify, type ScopedStatement } from './module.js';

/** Modules by name, for each list of them that was asked about. */
const BY_NAME = new WeakMap<readonly PythonModule[], ReadonlyMap<string, PythonModule>>();

/** Follows re-exports: `shop.create_app` is `shop.factory.create_app` when shop/__init__.py imports it from there. */
export function canonicalName(name: string, modules: readonly PythonModule[], depth = 5): string {
  const known = byName(modules);
  const at = name.lastIndexOf('.');
  const [module, last] = [known.get(name.slice(0, at)), name.slice(at + 1)];
  const target = module && (module.imports.get(last) ?? throughStar(module, last, known));
  return target === undefined || depth === 0 || target === name ? name : canonicalName(target, modules, depth - 1);
}

/** The full dotted name of a name written in a module, also where its head came with all names of another module. */
export function resolvedName(module: PythonModule, written: string, modules: readonly PythonModule[]): string {
  const [head = '', ...rest] = written.split('.');
  if (module.stars.length === 0 || module.imports.has(head)) return qualify(module, written);
  return [canonicalName(qualify(module, head), modules), ...rest].join('.');
}

/** The module that is imported by a dotted name; the first one, where several are. */
export function moduleNamed(name: string, modules: readonly PythonModule[]): PythonModule | undefined {
  return byName(modules).get(name);
}

function byName(modules: readonly PythonModule[]): ReadonlyMap<string, PythonModule> {
  const known = BY_NAME.get(modules) ?? new Map(modules.toReversed().map(module => [module.name, module]));
  BY_NAME.set(modules, known);
  return known;
}

/** Where a name comes from that a module does not give a value itself: `from .base import *`. */
function throughStar(module: PythonModule, name: string, known: ReadonlyMap<string, PythonModule>): string | undefined {
  if (module.stars.length === 0 || gives(module, name)) return undefined;
  const from = module.stars.findLast(star => {
    const other = known.get(star);
    return other !== undefined && (other.imports.has(name) || other.stars.length > 0 || gives(other, name));
  });
  return from === undefined ? undefined : `${from}.${name}`;
}

/** Names that a module gives a value or defines, for each module that was asked about. */
const GIVEN = new WeakMap<PythonModule, ReadonlySet<string>>();

function gives(module: PythonModule, name: string): boolean {
  const known = GIVEN.get(module) ?? new Set(module.statements.flatMap(namesGiven));
  GIVEN.set(module, known);
  return known.has(name);
}

function namesGiven({ scope, tokens: [first, second] }: ScopedStatement): readonly string[] {
  const given = scope.length === 0 && second?.text === '=' ? first?.text : undefined;
  const defined = /^(def|class)$/.test(first?.text ?? '') ? second?.text : undefined;
  return [given, defined].filter(name => name !== undefined);
}
