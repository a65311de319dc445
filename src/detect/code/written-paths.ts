/** Paths that Python code spells out: as text, or joined to the directory of a file or to a name that stands for one. */
import { resolvePath } from '../../source/paths.js';
import { callsIn, type PythonModule, qualify } from './module.js';
import type { PythonToken } from './tokens.js';

/** What joins and cleans paths, as opposed to names that stand for one. */
const TOOLS =
  /^(os|path|join|joinpath|Path|PurePath|pathlib|str|abspath|realpath|normpath|resolve|absolute|dirname|parent|parents|cwd|getcwd|__file__)$/;

/**
 * The path that an expression stands for, absolute or relative to the app's directory; undefined when it takes running
 * the code to know.
 */
export function writtenPath(
  written: readonly PythonToken[],
  module: PythonModule,
  modules: readonly PythonModule[],
  depth = 4,
): string | undefined {
  if (depth === 0 || written.length === 0) return undefined;
  const tokens = withDefaults(written);
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

/** How variables are read with a default: by Python itself, by environs and django-environ, by decouple. */
const READS: readonly (readonly [call: RegExp, receiver: RegExp])[] = [
  [/^getenv$/, /^(os)?$/],
  [/^get$/, /^(os)?environ$/],
  [/^(str|path)$/, /^\w*env$/i],
  [/^(config|env)$/, /^$/],
];

/** An expression with the default in the place of each variable that it reads: `os.getenv("FILE", "data.db")`. */
function withDefaults(tokens: readonly PythonToken[]): readonly PythonToken[] {
  for (const [at, { kind, text }] of tokens.entries()) {
    const reads = kind === 'name' ? READS.filter(([call]) => call.test(text)) : [];
    const read = reads.length > 0 ? defaultAt(tokens, at) : undefined;
    if (!read) continue;
    const start = receiverOf(tokens, at);
    const receiver = tokens.slice(start, at).flatMap(token => (token.kind === 'name' ? [token.text] : []));
    if (reads.some(([, pattern]) => pattern.test(receiver.join(''))))
      return [...tokens.slice(0, start), read.fallback, ...withDefaults(tokens.slice(read.end))];
  }
  return tokens;
}

/** The text that a call with the name of a variable has as its default, and what comes behind the call. */
function defaultAt(tokens: readonly PythonToken[], at: number) {
  const [open, name, comma, ...rest] = tokens.slice(at + 1, at + 8);
  if (open?.text !== '(' || name?.kind !== 'string' || comma?.text !== ',') return undefined;
  const isNamed = rest[0]?.text === 'default' && rest[1]?.text === '=';
  const [fallback, close] = isNamed ? rest.slice(2) : rest;
  const end = at + 6 + (isNamed ? 2 : 0);
  return fallback?.kind === 'string' && close?.text === ')' ? { fallback, end } : undefined;
}

/** Where the object begins of which something is called: `os.environ.` before `get`. */
function receiverOf(tokens: readonly PythonToken[], at: number): number {
  let start = at;
  while (tokens[start - 1]?.text === '.' && tokens[start - 2]?.kind === 'name') start -= 2;
  return start;
}

/**
 * The statement that gives a name its value: at the top of a module, else the only one in it, in a class or a function. A name that a function
 * takes as a parameter may be anything.
 */
function givingOf(name: string, { statements }: PythonModule) {
  const giving = statements.filter(({ tokens }) => tokens[0]?.text === name && tokens[1]?.text === '=');
  const atTop = giving.find(({ scope }) => scope.length === 0);
  if (atTop || giving.length !== 1) return atTop;
  const isTaken = statements.some(
    ({ tokens }) => /^(def|async)$/.test(tokens[0]?.text ?? '') && tokens.some(({ text }) => text === name),
  );
  return isTaken ? undefined : giving[0];
}

/** The path that a name of a module stands for. */
function givenPath(
  name: string,
  module: PythonModule,
  modules: readonly PythonModule[],
  depth: number,
): string | undefined {
  const given = givingOf(name, module);
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
  if (more.length === 1 && more[0] === 'root_path') return rootPath(name, module, modules);
  if (more.length === 1 && tokens.length === 3) {
    const given = fieldPath(name, more[0]!, module, modules, depth);
    if (given !== undefined) return given;
  }
  if (more.length === 1 && more[0] === 'instance_path') return 'instance';
  if (more.length > 0) return more.length === 1 ? attributePath(name, more[0]!, module, modules, depth) : undefined;
  return givenPath(name, module, modules, depth);
}

/** The path that an attribute holds: `self.folder`, or `Settings.FOLDER` of a class, or of the object made of it in its module. */
function attributePath(
  name: string,
  attribute: string,
  module: PythonModule,
  modules: readonly PythonModule[],
  depth: number,
): string | undefined {
  if (name === 'self') {
    const given = module.statements.flatMap(({ tokens: [self, dot, own, equals, ...value] }) =>
      self?.text === 'self' && dot?.text === '.' && own?.text === attribute && equals?.text === '=' ? [value] : [],
    );
    return given.length === 1 ? writtenPath(given[0]!, module, modules, depth - 1) : undefined;
  }
  const origin = module.imports.get(name);
  const at = origin?.lastIndexOf('.') ?? -1;
  const other = origin === undefined ? module : modules.find(candidate => candidate.name === origin.slice(0, at));
  const own = origin === undefined ? name : origin.slice(at + 1);
  if (!other) return undefined;
  const made = other.statements.find(({ tokens, scope }) => scope.length === 0 && tokens[0]?.text === own);
  const type = made?.tokens[1]?.text === '=' && made.tokens[3]?.text === '(' ? made.tokens[2]!.text : own;
  const given = other.statements.filter(
    ({ tokens: [first, second], scope }) =>
      scope.at(-1) === type && first?.text === attribute && /^[=:]$/.test(second?.text ?? ''),
  );
  const equals = given[0]?.tokens.findIndex(({ kind, text }) => kind === 'op' && text === '=') ?? -1;
  return given.length === 1 && equals > 0
    ? writtenPath(given[0]!.tokens.slice(equals + 1), other, modules, depth - 1)
    : undefined;
}

/** The default of a field of an object of settings: `MEDIA_ROOT` of `setup = Setup()`, whose class has `MEDIA_ROOT: str = "media"`. */
function fieldPath(
  name: string,
  field: string,
  module: PythonModule,
  modules: readonly PythonModule[],
  depth: number,
): string | undefined {
  const made = module.statements.find(({ tokens: [target, equals] }) => target?.text === name && equals?.text === '=');
  const [call] = made ? callsIn(made.tokens.slice(2)) : [];
  const definition = call && { owner: ownerOf(qualify(module, call.callee), modules) ?? module, name: call.callee };
  const given = definition?.owner.statements.find(
    ({ tokens, scope }) => scope.at(-1) === definition.name.split('.').at(-1) && tokens[0]?.text === field,
  );
  const equals = given?.tokens.findIndex(({ text }) => text === '=') ?? -1;
  if (definition && given && equals > 0)
    return writtenPath(given.tokens.slice(equals + 1), definition.owner, modules, depth - 1);
  const origin = module.imports.get(name);
  const other = origin === undefined ? undefined : ownerOf(origin, modules);
  return other && other !== module && depth > 1
    ? fieldPath(origin!.split('.').at(-1)!, field, other, modules, depth - 1)
    : undefined;
}

/** The module that a dotted name is in. */
function ownerOf(dotted: string, modules: readonly PythonModule[]): PythonModule | undefined {
  return modules.find(({ name }) => name === dotted.replace(/\.[^.]*$/, ''));
}

/** The directory that Flask calls an app's root: that of the module that makes it. */
function rootPath(name: string, module: PythonModule, modules: readonly PythonModule[]): string | undefined {
  const isMade = module.statements.some(
    ({ tokens: [target, equals, ...value] }) =>
      target?.text === name &&
      equals?.text === '=' &&
      callsIn(value).some(({ callee }) => qualify(module, callee) === 'flask.Flask'),
  );
  if (isMade) return module.path.replace(/\/?[^/]*$/, '');
  const origin = module.imports.get(name) ?? '';
  const at = origin.lastIndexOf('.');
  const other = modules.find(candidate => candidate.name === origin.slice(0, at));
  return at > 0 && other && other !== module ? rootPath(origin.slice(at + 1), other, modules) : undefined;
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
