/** Modules of Python's own that the app's code imports and a later Python no longer has. */
import { firstWithout, isRemoved, REMOVED_MODULES } from '../../diagnostics/removed-modules.js';
import { mentioning } from '../code/mentions.js';
import { importsAtTop, type PythonModule } from '../code/module.js';
import type { LockedVersions } from './locked-versions.js';

/** Packages that bring such a module back. */
const BRINGING: Readonly<Record<string, readonly string[]>> = {
  audioop: ['audioop-lts'],
  cgi: ['legacy-cgi'],
  cgitb: ['legacy-cgi'],
  distutils: ['setuptools'],
};

/** Gives, for a minor version, the modules that it no longer has: imported whatever happens, brought by no package and not the app's own. */
export function importsRemoved(
  modules: readonly PythonModule[],
  versions: LockedVersions,
): (minor: string) => readonly string[] {
  const own = new Set(modules.map(({ name }) => name.split('.')[0]!));
  const isBrought = (name: string) =>
    [...(BRINGING[name] ?? []), `standard-${name}`].some(bringing => versions.has(bringing));
  const code = modules.filter(({ isTest }) => !isTest);
  const imported = mentioning(code, REMOVED_MODULES).flatMap(module => importsAtTop(module));
  const tops = new Set(imported.map(({ name }) => name.split('.')[0]!));
  const gone = [...tops].filter(name => firstWithout(name) !== undefined && !own.has(name) && !isBrought(name));
  return minor => gone.filter(name => isRemoved(name, minor));
}
