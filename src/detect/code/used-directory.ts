/** Whether code uses a directory that by its name is no part of the app, such as docs or examples. */
import type { PythonModule } from './module.js';

/** A directory of the app, by its path. */
export interface CodeDirectory {
  readonly path: string;
  /** It has an `__init__.py`. */
  readonly isPackage: boolean;
}

/** What could use it. */
export interface Users {
  readonly modules: readonly PythonModule[];
  /** Dotted names that start commands and the configuration give. */
  readonly named: readonly string[];
  /** Name of the directory that all paths are relative to: imports may start above it. */
  readonly top: string;
}

/**
 * Whether a directory is imported by other code than tests, named at start, or, being a package, named in the code by its
 * dotted name as Django's list of apps does.
 */
export function isUsed(directory: CodeDirectory, { modules, named, top }: Users): boolean {
  const names = namesOf(directory.path, top);
  const isIn = (target: string) => names.some(name => target === name || target.startsWith(`${name}.`));
  const last = directory.path.split('/').at(-1)!;
  const code = modules.filter(
    ({ path, isTest, text, name }) =>
      !isTest && (text.includes(last) || name.includes(last)) && !path.startsWith(`${directory.path}/`),
  );
  if (named.some(isIn) || code.some(({ imports }) => [...imports.values()].some(isIn))) return true;
  if (!directory.isPackage) return false;
  return code.some(({ statements }) =>
    statements.some(({ tokens }) => tokens.some(({ kind, text }) => kind === 'string' && isIn(text))),
  );
}

/** Dotted names that the directory may be imported by: imports start at the top, above it, or in any directory on the way. */
function namesOf(directory: string, top: string): readonly string[] {
  const parts = directory.split('/').filter(part => part !== '..');
  const names = parts.map((_, start) => parts.slice(start).join('.'));
  return top === '' ? names : [...names, `${top}.${names[0]}`];
}
