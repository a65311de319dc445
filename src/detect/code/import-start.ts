/** Where imports start when no file says so: read from what the modules import of each other. */
import type { Sourced } from '../../source/sourced.js';
import type { PythonModule } from './module.js';

/** The directory above the app's own, when its modules are imported by the name of the app's directory: `from api.routes`. */
export function importedFromAbove(modules: readonly PythonModule[], root: string): Sourced<string> | undefined {
  const name = root.split('/').at(-1)!;
  if (!/^[A-Za-z_]\w*$/.test(name) || modules.some(module => module.name.split('.')[0] === name)) return undefined;
  const own = new Set(modules.map(module => `${name}.${module.name}`));
  // What the directory is as a package, nobody asks where manage.py starts in it.
  const isStartedInside = modules.some(module => module.path === 'manage.py');
  const importing = modules.find(
    module =>
      !module.isTest &&
      module.text.includes(name) &&
      !(isStartedInside && module.path === '__init__.py') &&
      [...module.imports.values()].some(target => own.has(target) || own.has(target.replace(/\.\w+$/, ''))),
  );
  return importing && { value: '..', place: { file: importing.path }, why: `imports its modules from ${name}` };
}

/** One module's import of a name from another one that lies in a directory, as if imports started there. */
interface Inside {
  readonly directory: string;
  readonly place: Sourced<string>['place'];
  readonly why: string;
}

/**
 * The directory inside the app's own that imports start from: most of the code lies there, and its modules take names from
 * those beside them as from the top, where there are no such modules, more often than by their whole path.
 */
export function importedFromWithin(modules: readonly PythonModule[]): Sourced<string> | undefined {
  const code = modules.filter(({ isTest }) => !isTest);
  const byPath = new Map(code.map(module => [module.path.replace(/(\/__init__)?\.py$/, ''), module]));
  const atTop = new Set([...byPath.keys()].map(path => path.split('/')[0]!));
  const inside = new Set([...byPath.keys()].flatMap(path => path.split('/').slice(1)).filter(name => !atTop.has(name)));
  const found = code
    .filter(({ path, text }) => path.includes('/') && mayImport(text, inside))
    .flatMap(module => importsInside(module, byPath, atTop));
  const [first] = found;
  if (first === undefined) return undefined;
  const { directory, place, why } = first;
  const isIn = ({ path }: PythonModule) => path.startsWith(`${directory}/`);
  const top = directory.split('/')[0]!;
  const whole = code.flatMap(({ imports }) => [...imports.values()].filter(target => target.startsWith(`${top}.`)));
  if (found.length <= whole.length || code.filter(isIn).length * 2 < code.length) return undefined;
  return { value: directory, place, why };
}

/** Lines that import; one that goes on behind its end may have any name. */
const IMPORTING = /^.*\bimport\b.*$/gm;
const GOES_ON = /\b(?:from|import)\b.*\\$/m;

/** Whether some of the names may be among those that a text imports from. */
function mayImport(text: string, names: ReadonlySet<string>): boolean {
  if (GOES_ON.test(text)) return true;
  const lines = text.match(IMPORTING) ?? [];
  return lines.some(line => line.match(/[\p{XID_Continue}]+/gu)!.some(word => names.has(word)));
}

function importsInside(
  module: PythonModule,
  byPath: ReadonlyMap<string, PythonModule>,
  atTop: ReadonlySet<string>,
): readonly Inside[] {
  const directories = directoriesAround(module.path);
  return [...module.imports.values()].flatMap(target => {
    const parts = target.split('.');
    if (parts.length < 2 || atTop.has(parts[0]!)) return [];
    const taken = parts.slice(0, -1);
    const directory = directories.find(at => hasName(byPath.get(`${at}/${taken.join('/')}`), parts));
    if (directory === undefined) return [];
    return [{ directory, place: { file: module.path }, why: `${module.path} imports ${taken.join('.')} from there` }];
  });
}

/** Directories that hold a file, the nearest first, without the top. */
function directoriesAround(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, depth) => parts.slice(0, depth + 1).join('/')).reverse();
}

/** Whether a module has the name that is taken from it. One that imports from its own name hides a package: celery.py. */
function hasName(module: PythonModule | undefined, parts: readonly string[]): boolean {
  if (module === undefined) return false;
  const name = parts.at(-1)!;
  const hides = [...module.imports.values()].some(target => target.split('.')[0] === parts[0]);
  return (
    !hides &&
    module.statements.some(
      ({ scope, tokens }) =>
        scope.length === 0 &&
        (tokens[0]?.text === name ||
          (/^(def|class|async)$/.test(tokens[0]?.text ?? '') && tokens.some(t => t.text === name))),
    )
  );
}
