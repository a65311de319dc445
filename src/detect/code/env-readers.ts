/** What reads environment variables in the app's code: objects of libraries for that, and functions of its own. */
import { defined } from '../../source/defined.js';
import { missed } from './checked-names.js';
import { headersOf } from './circumstances.js';
import { fallbackOf, type Wanted } from './env-read.js';
import { argumentsOf, callsIn, dottedNameBefore, literalString, type PythonModule, qualify } from './module.js';
import { canonicalName } from './names.js';
import type { PythonToken } from './tokens.js';
import { castTo } from './value-use.js';

/** What a read ends in without its variable. */
export type Outcome = 'fails' | 'gives None';

/** Calls that read a variable named by their first argument, and whether they fail without it. */
export const READERS: ReadonlyMap<string, Outcome> = new Map([
  ['os.getenv', 'gives None'],
  ['os.environ.get', 'gives None'],
  ['os.environ.pop', 'fails'],
  ['decouple.config', 'fails'],
]);

/** What functions of libraries are called that read a variable: `env_str("NAME", "default")` of whichever. */
const OF_LIBRARIES =
  /\.(env|get_?env|read_env|env_(str|int|bool|float|list|opt|var|get)|get_env_(str|int|bool|var|value))$/;

/** Whether a call by a dotted name reads the variable that its first argument names, though the function is in no code of the app. */
export function isLibraryReader(name: string, variable: string, modules: readonly PythonModule[]): boolean {
  const isOwn = modules.some(module => module.name !== '' && name.startsWith(`${module.name}.`));
  return OF_LIBRARIES.test(name) && !isOwn && /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(variable);
}

/** Classes whose objects read a variable when called, or by a method; whether the second argument of a call is a cast, not a default. */
const READER_CLASSES: ReadonlyMap<string, { readonly castSecond: boolean }> = new Map([
  ['environ.Env', { castSecond: true }],
  ['environ.FileAwareEnv', { castSecond: true }],
  // `from environ import environ`: the module of the package that has them.
  ['environ.environ.Env', { castSecond: true }],
  ['environ.environ.FileAwareEnv', { castSecond: true }],
  ['environs.Env', { castSecond: false }],
  ['environs.EnvReader', { castSecond: false }],
  ['environs.FileAwareEnv', { castSecond: false }],
  ['envparse.Env', { castSecond: false }],
  ['starlette.config.Config', { castSecond: true }],
  ['decouple.Config', { castSecond: false }],
  ['decouple.AutoConfig', { castSecond: false }],
]);

/** Objects that libraries have ready: `from environs import env`, as its documentation has it since release 14. */
const READY_OBJECTS = ['environs.env', 'envparse.env'].map(
  name => [name, { castSecond: false, declared: new Map<string, Declared>() }] as const,
);

/** What an object was told of a variable when it was made: `Env(DEBUG=(bool, False))`. */
export interface Declared {
  readonly wanted: Wanted;
  readonly hasDefault: boolean;
  readonly fallback?: string;
  readonly off?: string;
}

/** An object of a library that reads variables. */
export interface ReaderObject {
  readonly castSecond: boolean;
  readonly declared: ReadonlyMap<string, Declared>;
}

/** Everything of the app that reads variables, by dotted names. */
export interface Readers {
  readonly objects: ReadonlyMap<string, ReaderObject>;
  readonly helpers: ReadonlyMap<string, Outcome>;
}

/** Finds the app's own readers. */
export function findReaders(modules: readonly PythonModule[]): Readers {
  return {
    objects: new Map([...READY_OBJECTS, ...modules.flatMap(module => readerObjects(module, modules))]),
    helpers: findHelpers(modules),
  };
}

/** Dotted names of objects of the environ libraries: `env = environ.Env()`, which other modules import. */
function readerObjects(
  module: PythonModule,
  modules: readonly PythonModule[],
): readonly (readonly [string, ReaderObject])[] {
  return module.statements.flatMap(({ tokens }) => {
    const [call] = callsIn(tokens);
    const [target, equals] = tokens;
    if (!call || equals?.text !== '=' || target?.kind !== 'name') return [];
    const known = READER_CLASSES.get(canonicalName(qualify(module, call.callee), modules));
    if (known === undefined) return [];
    const declared = argumentsOf(tokens, call.open).flatMap(({ keyword, tokens: value }) =>
      keyword === undefined ? [] : [[keyword, declaredBy(value)] as const],
    );
    return [[qualify(module, target.text), { ...known, declared: new Map(declared) }] as const];
  });
}

/** `(bool, False)`, or a cast alone. */
function declaredBy(value: readonly PythonToken[]): Declared {
  if (value[0]?.text !== '(') return { wanted: castTo(value), hasDefault: false };
  const [cast, fallback] = argumentsOf(value, 0);
  const { fallback: given, off } = fallbackOf(fallback?.tokens);
  return defined({
    wanted: castTo(cast?.tokens ?? []),
    hasDefault: fallback !== undefined,
    fallback: given,
    off,
  });
}

/** Names that stand for os.environ: `env = os.environ`, or a parameter with that default. */
export function environAliases(module: PythonModule): ReadonlySet<string> {
  const aliases = new Set<string>();
  for (const { tokens } of module.statements) {
    tokens.forEach((token, at) => {
      const end = token.text === 'environ' ? at + 1 : -1;
      if (end < 0 || !isEnviron(qualify(module, dottedNameBefore(tokens, end) ?? ''))) return;
      const isCopied = tokens[end]?.text === '.' && tokens[end + 1]?.text === 'copy' && tokens[end + 4] === undefined;
      if ((tokens[end]?.text === '.' && !isCopied) || tokens[end]?.text === '[') return;
      const start = end - 2 * (dottedNameBefore(tokens, end) ?? '').split('.').length + 1;
      const name = targetBefore(tokens, start - 1);
      if (name !== undefined) aliases.add(name);
    });
  }
  return aliases;
}

/** Whether a dotted name is the mapping of all variables, as Python has it or as Starlette wraps it. */
export function isEnviron(name: string): boolean {
  return name === 'os.environ' || name === 'starlette.config.environ';
}

/** The name that `=` (or `or`, in `environ = environ or os.environ`) at an index gives a value, annotations skipped. */
function targetBefore(tokens: readonly PythonToken[], at: number): string | undefined {
  let index = at;
  if (tokens[index]?.text === 'or') index = tokens.findIndex(token => token.text === '=');
  if (tokens[index]?.text !== '=') return undefined;
  let depth = 0;
  for (let back = index - 1; back >= 0; back--) {
    const { text } = tokens[back]!;
    if (/^[)\]]$/.test(text)) depth++;
    else if (/^[([]$/.test(text) && depth > 0) depth--;
    else if (depth === 0 && text === ':') return tokens[back - 1]?.text;
    else if (depth === 0 && /^[,(]$/.test(text)) break;
  }
  return tokens[index - 1]?.kind === 'name' ? tokens[index - 1]!.text : undefined;
}

/** Functions that read the variable their first parameter names, and other names for those that do: `env = os.getenv`. */
function findHelpers(modules: readonly PythonModule[]): ReadonlyMap<string, Outcome> {
  const helpers = new Map<string, Outcome>();
  const isOwn = (name: string) => modules.some(module => module.name !== '' && name.startsWith(`${module.name}.`));
  const ofLibraries = (name: string) => (OF_LIBRARIES.test(name) && !isOwn(name) ? ('gives None' as const) : undefined);
  addHelpers(modules, helpers, name => READERS.get(name) ?? ofLibraries(name));
  // Those that hand their name on to one of these.
  const first = new Map(helpers);
  if (first.size > 0) addHelpers(modules, helpers, name => first.get(canonicalName(name, modules)));
  return helpers;
}

/** What holds the name of a variable in a function: its first parameter, or each of all, which it goes through: `def env(*names)`. */
function nameParameter(
  tokens: readonly PythonToken[],
  body: readonly Pick<PythonModule['statements'][number], 'tokens'>[],
): string | undefined {
  const [star, all] = tokens.slice(3);
  if (star?.kind === 'name') return star.text;
  if (star?.text !== '*' || all?.kind !== 'name') return undefined;
  const loop = body.find(({ tokens: [word, , , of] }) => word?.text === 'for' && of?.text === all.text);
  return loop?.tokens[1]?.text;
}

/** What lies in the function whose definition is at an index. */
function bodyAt(statements: PythonModule['statements'], at: number): PythonModule['statements'] {
  const [name, rest] = [statements[at]!.tokens[1]!.text, statements.slice(at + 1)];
  const end = rest.findIndex(({ scope }) => scope[0] !== name);
  return end < 0 ? rest : rest.slice(0, end);
}

function addHelpers(modules: readonly PythonModule[], helpers: Map<string, Outcome>, readers: FindReader): void {
  for (const module of modules) {
    const aliases = environAliases(module);
    module.statements.forEach(({ tokens, scope }, at) => {
      const value = tokens[1]?.text === '=' ? tokens.slice(2) : [];
      const same = value.length === 0 ? undefined : readers(qualify(module, value.map(({ text }) => text).join('')));
      if (same) helpers.set(qualify(module, tokens[0]!.text), same);
      if (tokens[0]?.text !== 'def' || scope.length > 0) return;
      const name = tokens[1]!.text;
      if (helpers.has(qualify(module, name))) return;
      const body = bodyAt(module.statements, at);
      const parameter = nameParameter(tokens, body);
      if (parameter === undefined) return;
      const how = body.flatMap(inner => readsOfParameter(inner.tokens, parameter, { module, aliases, readers }));
      if (how.length === 0) return;
      // One that catches what fails gives something else, unless it raises in its turn.
      const isCaught = body.some(inner => inner.tokens[0]?.text === 'try');
      const isStrict = (how.includes('fails') && !isCaught) || raisesWithout(module, name, parameter);
      helpers.set(qualify(module, name), isStrict ? 'fails' : 'gives None');
    });
  }
}

/** Whether a function raises because there is no value: where a failed read is caught, or where what it gave is found missing. */
function raisesWithout({ statements }: PythonModule, name: string, parameter: string): boolean {
  const isBody = ({ scope }: (typeof statements)[number]) => scope[0] === name;
  const read = statements.filter(isBody).flatMap(({ tokens }) => {
    const isRead = tokens.some(({ text }, at) => text === parameter && /^[[(]$/.test(tokens[at - 1]?.text ?? ''));
    return isRead && tokens[1]?.text === '=' ? [tokens[0]!.text] : [];
  });
  const asked = new Set([...read, parameter, 'default']);
  return statements.some((statement, at) => {
    if (!isBody(statement) || statement.tokens[0]?.text !== 'raise') return false;
    const [header] = headersOf(statements, at);
    if (header?.tokens[0]?.text === 'except') return true;
    return header?.tokens[0]?.text === 'if' && missed(header.tokens.slice(1)).some(word => asked.has(word));
  });
}

/** What a name reads, as far as it is known to read variables. */
type FindReader = (name: string) => Outcome | undefined;

/** Where the body of a function stands. */
interface ReadingModule {
  readonly module: PythonModule;
  readonly aliases: ReadonlySet<string>;
  readonly readers: FindReader;
}

function readsOfParameter(
  tokens: readonly PythonToken[],
  parameter: string,
  { module, aliases, readers }: ReadingModule,
): readonly Outcome[] {
  return tokens.flatMap((token, index) => {
    // By its name as well: `read(key=key)`.
    const isNamed = tokens[index - 1]?.text === '=' && tokens[index - 3]?.text === '(';
    const at = isNamed ? index - 2 : index;
    if (token.text !== parameter || !/^[[(]$/.test(tokens[at - 1]?.text ?? '')) return [];
    const before = dottedNameBefore(tokens, at - 1) ?? '';
    const [head = '', method] = splitLast(before);
    const name = qualify(module, before);
    const isSubscript = tokens[at - 1]!.text === '[';
    if (isEnviron(name) || aliases.has(before)) return [isSubscript ? 'fails' : 'gives None'];
    const how = readers(name);
    return how ? [how] : method === 'get' && aliases.has(head) ? ['gives None'] : [];
  });
}

/** A dotted name without its last part, and that. */
export function splitLast(dotted: string): readonly [string, string | undefined] {
  const at = dotted.lastIndexOf('.');
  return at < 0 ? [dotted, undefined] : [dotted.slice(0, at), dotted.slice(at + 1)];
}

/** The text of an argument that is a literal and has no keyword. */
export function literalArgument(part: ReturnType<typeof argumentsOf>[number] | undefined): string | undefined {
  return part && part.keyword === undefined ? literalString(part.tokens) : undefined;
}

/** Classes whose objects stand for variables and read them later: `StringVariable("DATABASE_URL")`. */
const TYPED = /^(?:typed_environment_configuration\.)?(Filled)?(String|Bool|Boolean|Integer|Float|StringList)Variable$/;

/** What such a class takes the value of its variable for; undefined of every other call. */
export function typedVariable(callee: string, name: string, { stars }: PythonModule): Wanted | undefined {
  const isOfAll = stars.includes('typed_environment_configuration') && !callee.includes('.');
  const kind = TYPED.exec(name.startsWith('typed_environment_configuration.') ? name : isOfAll ? callee : '')?.[2];
  if (kind === undefined) return undefined;
  return kind.startsWith('Bool')
    ? { kind: 'flag' }
    : /^(Integer|Float)$/.test(kind)
      ? { kind: 'number' }
      : { kind: 'text' };
}
