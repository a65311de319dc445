/** Environment variables that the code reads, with their lines: os.environ, getenv, pydantic settings, environ libraries. */
import { defined } from '../../source/defined.js';
import { checkedNames } from './checked-names.js';
import { circumstancesOf, headersOf } from './circumstances.js';
import { type EnvRead, fallbackOf, type ReadNeed, type Wanted } from './env-read.js';
import {
  environAliases,
  findReaders,
  isEnviron,
  isLibraryReader,
  literalArgument,
  READERS,
  type ReaderObject,
  type Readers,
  splitLast,
  typedVariable,
} from './env-readers.js';
import { argumentsOf, callsIn, closingOf, dottedNameBefore, type PythonCall, type PythonModule } from './module.js';
import { textOf } from './named-texts.js';
import { canonicalName, resolvedName } from './names.js';
import { findFileReads } from './settings-files.js';
import { findSettingsReads } from './settings-reads.js';
import {
  castTo,
  failsWithNone,
  isListAskedAsText,
  offAsText,
  readAs,
  type Span,
  targetOf,
  testOf,
  useOf,
} from './value-use.js';

const FAILS = { without: 'fails' } as const;

/** Methods that read a variable of a fixed name when they are called without one. */
const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  db: 'DATABASE_URL',
  db_url: 'DATABASE_URL',
  cache: 'CACHE_URL',
  cache_url: 'CACHE_URL',
};

/** Methods of such objects that read no variable. */
const NO_READS = /^(read_env|read_envfile|prefixed|seal|dump|add_parser|parser_for|sub_env)$/;

/** Calls that read a variable named by the keyword `env` or their first argument, else DATABASE_URL. */
const DATABASE_READERS = new Set(['dj_database_url.config']);

/** How many lines a field and its default take together, at most. */
const DEFAULT_LINES = 5;

/** Whether a file lies in a directory at the top whose code is not what is served: it prepares or checks it. */
export function isBesideApp(path: string): boolean {
  return /^(scripts|docker|deploy|deployment|tools|bench|benchmarks)\//.test(path);
}

/** Finds the reads in the app's own modules, in their order; tests' and those of scripts beside the app do not count. */
export function findEnvReads(modules: readonly PythonModule[]): EnvRead[] {
  return readsIn(modules.filter(({ path, isTest }) => !isTest && !isBesideApp(path)));
}

/** Finds the reads in the tests and what stands beside them. */
export function findTestReads(modules: readonly PythonModule[]): EnvRead[] {
  return readsIn(modules.filter(({ isTest }) => isTest));
}

function readsIn(modules: readonly PythonModule[]): EnvRead[] {
  const readers = findReaders(modules);
  const inPlace = modules.flatMap(module => readsOf({ module, modules, readers }));
  // A field whose default reads the variable of its own name has no other: `KEY: str = config("KEY")`.
  const isDefault = (field: EnvRead) =>
    inPlace.some(
      ({ name, path, line }) =>
        name === field.name && path === field.path && line >= field.line && line - field.line < DEFAULT_LINES,
    );
  const fields = findSettingsReads(modules).filter(field => !isDefault(field));
  const read = [...inPlace, ...fields, ...findFileReads(modules)];
  const names = new Set(read.map(({ name }) => name));
  const reads = [
    ...read,
    ...modules.flatMap(module => askedFor(module, modules).filter(({ name }) => !names.has(name))),
  ];
  return reads.filter(read => /^[A-Za-z_][A-Za-z0-9_]*$/.test(read.name));
}

/** A module with what reads are found by. */
interface Reading {
  readonly module: PythonModule;
  readonly modules: readonly PythonModule[];
  readonly readers: Readers;
}

/** A statement with its place in the module. */
interface At extends Reading {
  readonly index: number;
  readonly checked: ReadonlySet<string>;
  readonly isEnviron: (written: string) => boolean;
}

function readsOf(reading: Reading): EnvRead[] {
  const { module } = reading;
  const aliases = environAliases(module);
  const around = {
    ...reading,
    checked: checkedNames(module),
    isEnviron: (written: string) => isEnviron(resolvedName(module, written, reading.modules)) || aliases.has(written),
  };
  return module.statements.flatMap(({ tokens }, index) => {
    const at = { ...around, index };
    const calls = callsIn(tokens).flatMap(call => calledRead(at, call) ?? []);
    return [...subscripts(at), ...calls];
  });
}

/** `"NAME" in os.environ`: a library reads what is only asked for. */
function askedFor(module: PythonModule, modules: readonly PythonModule[]): readonly EnvRead[] {
  return module.statements.flatMap(({ tokens }) =>
    tokens.flatMap(({ kind, text: name, line }, at) => {
      if (kind !== 'string' || tokens[at + 1]?.text !== 'in') return [];
      const named = tokens.slice(at + 2, at + 5).map(({ text }) => text);
      const isAsked = named.join('').startsWith('os.environ');
      const isEnvironment = isAsked && isEnviron(resolvedName(module, 'os.environ', modules));
      return isEnvironment ? [{ name, path: module.path, line, required: false, without: 'nothing' as const }] : [];
    }),
  );
}

/** `os.environ["NAME"]`, unless that is given a value or taken away. */
function subscripts(at: At): readonly EnvRead[] {
  const { module, index } = at;
  const { tokens } = module.statements[index]!;
  return tokens.flatMap((token, open) => {
    if (token.text !== '[' || token.kind !== 'op') return [];
    const base = dottedNameBefore(tokens, open);
    if (base === undefined || !at.isEnviron(base)) return [];
    const to = closingOf(tokens, open);
    const isRead = tokens[to + 1]?.text !== '=' && tokens[0]?.text !== 'del';
    const name = textOf(tokens.slice(open + 1, to), module, at.modules);
    if (name === undefined || !isRead) return [];
    const span = { tokens, from: open - 2 * base.split('.').length + 1, to };
    const read = { name, path: module.path, line: tokens[open + 1]!.line, required: true, ...FAILS };
    return [defined({ ...read, need: needOf(at, span.from, useOf(span, at.modules)) })];
  });
}

function calledRead(at: At, call: PythonCall): EnvRead | undefined {
  const { module, modules, readers, index } = at;
  const { tokens } = module.statements[index]!;
  const parts = argumentsOf(tokens, call.open);
  const [head, method] = splitLast(call.callee);
  const name = canonicalName(resolvedName(module, call.callee, modules), modules);
  if (DATABASE_READERS.has(name)) return databaseRead(module.path, call.line, parts);
  const place = { path: module.path, line: call.line };
  if (method === 'from_envvar') return settingsFile(at, place, parts);
  const span = { tokens, from: call.open - 2 * call.callee.split('.').length + 1, to: closingOf(tokens, call.open) };
  const object = readers.objects.get(name) ?? readers.objects.get(splitLast(name)[0]);
  if (object)
    return objectRead(at, { object, method: readers.objects.has(name) ? undefined : method, parts, place, span });
  const isGet = method === 'get' && at.isEnviron(head);
  const known = READERS.get(name) ?? readers.helpers.get(name);
  const isReader = isGet || known !== undefined;
  const variable = isReader ? nameIn(at, parts[0]) : literalArgument(parts[0]);
  const isOther = variable !== undefined && isLibraryReader(name, variable, modules);
  const how = isGet ? 'gives None' : (known ?? (isOther ? 'gives None' : undefined));
  const fallback =
    parts.find(part => part.keyword === 'default') ?? parts.slice(1).find(part => part.keyword === undefined);
  const typed = variable === undefined ? undefined : typedVariable(call.callee, name, module);
  if (typed && variable !== undefined) {
    const need = fallback === undefined ? needOf(at, span.from, typed) : undefined;
    return defined({ name: variable, ...place, ...fallbackOf(fallback?.tokens), ...(need ? FAILS : {}), need });
  }
  if (how === undefined || variable === undefined) return undefined;
  const cast = parts.find(part => part.keyword === 'cast');
  const isLost = fallback === undefined && how === 'fails';
  const read = { name: variable, ...place, ...fallbackOf(fallback?.tokens), ...(isLost ? FAILS : {}) };
  const isLacking = fallback === undefined || isListAskedAsText(fallback.tokens, span);
  const isNone = isLacking || read.required;
  const fails = how === 'fails' ? isLacking : isNone && mayNotBeNone(at, span, variable);
  const isText = isGet || name === 'os.getenv';
  return defined({
    ...read,
    off: read.off !== undefined && isText ? offAsText(read.off, span) : read.off,
    tested: testOf(span),
    need: fails ? needOf(at, span.from, cast ? castTo(cast.tokens) : useOf(span, modules)) : undefined,
  });
}

/** The name of the variable that an argument is: written there, or as a constant. */
function nameIn({ module, modules }: At, part: ReturnType<typeof argumentsOf>[number] | undefined): string | undefined {
  return part && part.keyword === undefined ? textOf(part.tokens, module, modules) : undefined;
}

/** Whether None ends the program: by what is asked of it, or because a check of it raises. */
function mayNotBeNone({ checked }: At, span: Span, variable: string): boolean {
  const target = targetOf(span.tokens);
  return failsWithNone(span) || checked.has(variable) || (target !== undefined && checked.has(target));
}

interface ObjectCall {
  readonly object: ReaderObject;
  /** Absent: the object itself is called. */
  readonly method: string | undefined;
  readonly parts: ReturnType<typeof argumentsOf>;
  readonly place: Pick<EnvRead, 'path' | 'line'>;
  readonly span: Span;
}

function objectRead(at: At, { object, method, parts, place, span }: ObjectCall): EnvRead | undefined {
  if (method !== undefined && NO_READS.test(method)) return undefined;
  const written = nameIn(at, parts[0]) ?? (parts[0] === undefined ? DEFAULT_NAMES[method ?? ''] : undefined);
  if (written === undefined) return undefined;
  const name = `${prefixAt(at)}${written}`;
  const declared = object.declared.get(name);
  const positional = parts.filter(({ keyword }) => keyword === undefined);
  const isCastSecond = object.castSecond && (method === undefined || method === 'get');
  const fallback = parts.find(({ keyword }) => keyword === 'default') ?? positional[isCastSecond ? 2 : 1];
  const cast = parts.find(({ keyword }) => keyword === 'cast') ?? (isCastSecond ? positional[1] : undefined);
  if (fallback === undefined && declared?.hasDefault)
    return { name, ...place, ...defined({ fallback: declared.fallback, off: declared.off }), required: false };
  const wanted = readAs(method) ?? (cast ? castTo(cast.tokens) : (declared?.wanted ?? useOf(span, at.modules)));
  const fails = fallback === undefined || isListAskedAsText(fallback.tokens, span);
  const need = fails ? needOf(at, span.from, wanted) : undefined;
  const lost = fallback === undefined ? FAILS : {};
  return defined({ name, ...place, ...fallbackOf(fallback?.tokens), ...lost, need });
}

/** What `with env.prefixed("SHOP_")` around a statement puts before names. */
function prefixAt({ module, index }: At): string {
  return headersOf(module.statements, index)
    .flatMap(({ tokens }) => {
      const call = callsIn(tokens).find(({ callee }) => callee.endsWith('.prefixed'));
      return (call && literalArgument(argumentsOf(tokens, call.open)[0])) ?? [];
    })
    .toReversed()
    .join('');
}

/** Flask's `app.config.from_envvar("NAME")`: the file with its settings. */
function settingsFile(
  at: At,
  place: Pick<EnvRead, 'path' | 'line'>,
  parts: ReturnType<typeof argumentsOf>,
): EnvRead | undefined {
  const name = literalArgument(parts[0]);
  if (name === undefined) return undefined;
  const isSilent = parts.some(({ keyword, tokens }) => keyword === 'silent' && tokens[0]?.text === 'True');
  const need = isSilent ? undefined : needOf(at, 0, { kind: 'path', value: '/dev/null' });
  return defined({ name, ...place, required: !isSilent, need });
}

function needOf({ module, index }: At, from: number, wanted: Wanted): ReadNeed | undefined {
  const when = circumstancesOf(module, index, from);
  return when === 'never' || when === 'handled' ? undefined : { ...wanted, always: when === 'always' };
}

function databaseRead(path: string, line: number, parts: ReturnType<typeof argumentsOf>): EnvRead {
  const positional = parts.filter(part => part.keyword === undefined);
  const named = parts.find(part => part.keyword === 'env') ?? positional[0];
  const fallback = parts.find(part => part.keyword === 'default') ?? positional[1];
  const name = (named && literalArgument({ tokens: named.tokens })) ?? 'DATABASE_URL';
  return { name, path, line, ...fallbackOf(fallback?.tokens) };
}
