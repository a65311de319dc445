/** Paths that Python code spells out: as text, or joined to the directory of a file or to a name that stands for one. */
import { resolvePath } from '../../source/paths.js';
import type { PythonModule } from './module.js';
import type { PythonToken } from './tokens.js';

/** What joins and cleans paths, as opposed to names that stand for one. */
const TOOLS =
  /^(os|path|join|joinpath|Path|PurePath|pathlib|str|abspath|realpath|normpath|resolve|absolute|dirname|parent|parents|cwd|getcwd|__file__)$/;

/**
 * The path that an expression stands for, absolute or relative to the app's directory; undefined when it takes running
 * the code to know.
 */
export function writtenPath(
  tokens: readonly PythonToken[],
  module: PythonModule,
  modules: readonly PythonModule[],
  depth = 4,
): string | undefined {
  if (depth === 0 || tokens.length === 0) return undefined;
  if (tokens.some(({ kind, text, formatted }) => formatted || (kind === 'op' && !/^[()[\].,/]$/.test(text))))
    return undefined;
  const strings = tokens.flatMap(({ kind, text }) => (kind === 'string' ? [text] : []));
  const names = tokens.flatMap(({ kind, text }) => (kind === 'name' && !TOOLS.test(text) ? [text] : []));
  const base = baseOf(tokens, names, module, modules, depth);
  if (base === undefined) return undefined;
  return strings.reduce(
    (path, text) => (text.startsWith('/') ? `/${resolvePath('', text)}` : below(path, text)),
    climb(base, tokens, names.length > 0),
  );
}

/** The path that a name of a module stands for, where it is given one at the top. */
function givenPath(
  name: string,
  module: PythonModule,
  modules: readonly PythonModule[],
  depth: number,
): string | undefined {
  const given = module.statements.find(
    ({ tokens, scope }) => scope.length === 0 && tokens[0]?.text === name && tokens[1]?.text === '=',
  );
  if (given) return writtenPath(given.tokens.slice(2), module, modules, depth - 1);
  const origin = module.imports.get(name);
  const at = origin?.lastIndexOf('.') ?? -1;
  const other = at > 0 ? modules.find(candidate => candidate.name === origin!.slice(0, at)) : undefined;
  return other && other !== module ? givenPath(origin!.slice(at + 1), other, modules, depth - 1) : undefined;
}

function baseOf(
  tokens: readonly PythonToken[],
  names: readonly string[],
  module: PythonModule,
  modules: readonly PythonModule[],
  depth: number,
): string | undefined {
  if (tokens.some(({ text, kind }) => kind === 'name' && text === '__file__'))
    return names.length > 0 ? undefined : module.path;
  const [name, ...more] = names;
  if (name === undefined) return '';
  if (more.length > 0) return more.length === 1 && more[0] === 'instance_path' ? 'instance' : undefined;
  return givenPath(name, module, modules, depth);
}

/** Goes up as often as the expression says: dirname, .parent, .parents[1]. */
function climb(base: string, tokens: readonly PythonToken[], isNamed: boolean): string {
  const ups = tokens.reduce((count, { kind, text }, at) => {
    if (kind !== 'name') return count;
    if (text === 'dirname' || text === 'parent') return count + 1;
    return text === 'parents' ? count + Number(tokens[at + 2]?.text ?? 0) + 1 : count;
  }, 0);
  const parts = base.split('/');
  if (ups === 0) return base;
  return isNamed && base === '' ? '' : parts.slice(0, Math.max(0, parts.length - ups)).join('/');
}

function below(path: string, text: string): string {
  return path.startsWith('/') ? `/${resolvePath(path, text)}` : resolvePath(path, text);
}
