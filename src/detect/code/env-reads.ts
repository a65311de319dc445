/** Environment variables that the code reads, with their lines: os.environ, getenv, pydantic settings, environ libraries. */

import { type EnvRead, fallbackOf } from './env-read.js';
import { argumentsOf, callsIn, dottedNameBefore, literalString, type PythonModule, qualify } from './module.js';
import { canonicalName, resolvedName } from './names.js';
import { findSettingsReads } from './settings-reads.js';
import type { PythonToken } from './tokens.js';

/** Calls that read a variable named by their first argument. */
const READERS = new Set(['os.getenv', 'os.environ.get', 'os.environ.pop', 'decouple.config']);

/** Classes whose objects read a variable when called, or by a method. */
const READER_CLASSES = new Set([
  'environ.Env',
  'environs.Env',
  'environs.EnvReader',
  'starlette.config.Config',
  'decouple.Config',
]);

const FAILS = { without: 'fails' } as const;

/** Methods that read a variable of a fixed name when they are called without one. */
const DEFAULT_NAMES: Readonly<Record<string, string>> = {
  db: 'DATABASE_URL',
  db_url: 'DATABASE_URL',
  cache: 'CACHE_URL',
  cache_url: 'CACHE_URL',
};

/** Calls that read a variable named by the keyword `env` or their first argument, else DATABASE_URL. */
const DATABASE_READERS = new Set(['dj_database_url.config']);

/** Whether a file lies in a directory at the top whose code is not what is served: it prepares or checks it. */
export function isBesideApp(path: string): boolean {
  return /^(scripts|docker|deploy|deployment|tools|bench|benchmarks)\//.test(path);
}

/** Finds the reads in the app's own modules, in their order; tests' and those of scripts beside the app do not count. */
export function findEnvReads(all: readonly PythonModule[]): EnvRead[] {
  const modules = all.filter(({ path, isTest }) => !isTest && !isBesideApp(path));
  const helpers = findHelpers(modules);
  const objects = new Set(modules.flatMap(module => readerObjects(module, modules)));
  const inPlace = modules.flatMap(module => readsOf(module, modules, helpers, objects));
  const reads = [...inPlace, ...findSettingsReads(modules)];
  return reads.filter(read => /^[A-Za-z_][A-Za-z0-9_]*$/.test(read.name));
}

function readsOf(
  module: PythonModule,
  modules: readonly PythonModule[],
  helpers: ReadonlySet<string>,
  objects: ReadonlySet<string>,
): EnvRead[] {
  const aliases = environAliases(module);
  const isEnviron = (written: string) =>
    resolvedName(module, written, modules) === 'os.environ' || aliases.has(written);
  const reads: EnvRead[] = [];
  for (const { tokens } of module.statements) {
    tokens.forEach((token, at) => {
      if (token.text !== '[' || token.kind !== 'op') return;
      const base = dottedNameBefore(tokens, at);
      const key = tokens[at + 1];
      const isStore = tokens[at + 3]?.text === '=';
      if (base === undefined || key?.kind !== 'string' || key.formatted || tokens[at + 2]?.text !== ']') return;
      if (isEnviron(base) && !isStore)
        reads.push({ name: key.text, path: module.path, line: key.line, required: true, without: 'fails' });
    });
    for (const call of callsIn(tokens)) {
      const [head = '', method] = splitLast(call.callee);
      const name = canonicalName(resolvedName(module, call.callee, modules), modules);
      if (DATABASE_READERS.has(name)) {
        reads.push(databaseRead(module.path, call.line, argumentsOf(tokens, call.open)));
        continue;
      }
      const isGet = method === 'get' && isEnviron(head);
      const isObject = objects.has(name) || (method !== undefined && objects.has(splitLast(name)[0]));
      if (!isGet && !isObject && !READERS.has(name) && !helpers.has(name)) continue;
      const parts = argumentsOf(tokens, call.open);
      const [first] = parts;
      const literal = first && (first.keyword === undefined ? literalString(first.tokens) : undefined);
      const variable = literal ?? (isObject && first === undefined ? DEFAULT_NAMES[method ?? ''] : undefined);
      if (variable === undefined) continue;
      const fallback =
        parts.find(part => part.keyword === 'default') ?? parts.slice(1).find(part => part.keyword === undefined);
      const fails = fallback === undefined && (isObject || name === 'decouple.config');
      const at = { path: module.path, line: call.line };
      reads.push({ name: variable, ...at, ...fallbackOf(fallback?.tokens), ...(fails ? FAILS : {}) });
    }
  }
  return reads;
}

function databaseRead(path: string, line: number, parts: ReturnType<typeof argumentsOf>): EnvRead {
  const positional = parts.filter(part => part.keyword === undefined);
  const named = parts.find(part => part.keyword === 'env') ?? positional[0];
  const fallback = parts.find(part => part.keyword === 'default') ?? positional[1];
  const name = (named && literalString(named.tokens)) ?? 'DATABASE_URL';
  return { name, path, line, ...fallbackOf(fallback?.tokens) };
}

/** Names that stand for os.environ: `env = os.environ`, or a parameter with that default. */
function environAliases(module: PythonModule): Set<string> {
  const aliases = new Set<string>();
  for (const { tokens } of module.statements) {
    tokens.forEach((token, at) => {
      const end = token.text === 'environ' ? at + 1 : -1;
      if (end < 0 || qualify(module, dottedNameBefore(tokens, end) ?? '') !== 'os.environ') return;
      if (tokens[end]?.text === '.' || tokens[end]?.text === '[') return;
      const start = end - 2 * (dottedNameBefore(tokens, end) ?? '').split('.').length + 1;
      const name = targetBefore(tokens, start - 1);
      if (name !== undefined) aliases.add(name);
    });
  }
  return aliases;
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

/** Dotted names of objects of the environ libraries: `env = environ.Env()`, which other modules import. */
function readerObjects(module: PythonModule, modules: readonly PythonModule[]): string[] {
  return module.statements.flatMap(({ tokens }) => {
    const [call] = callsIn(tokens);
    const [target, equals] = tokens;
    if (!call || equals?.text !== '=' || target?.kind !== 'name') return [];
    return READER_CLASSES.has(canonicalName(qualify(module, call.callee), modules))
      ? [qualify(module, target.text)]
      : [];
  });
}

/** Functions that read the variable their first parameter names, and other names for those that do: `env = os.getenv`. */
function findHelpers(modules: readonly PythonModule[]): Set<string> {
  const helpers = new Set<string>();
  for (const module of modules) {
    const aliases = environAliases(module);
    for (const statement of module.statements) {
      const { tokens, scope } = statement;
      const value = tokens[1]?.text === '=' ? tokens.slice(2).map(({ text }) => text) : [];
      if (READERS.has(qualify(module, value.join('')))) helpers.add(qualify(module, tokens[0]!.text));
      if (tokens[0]?.text !== 'def' || scope.length > 0 || tokens[3]?.kind !== 'name') continue;
      const [name, parameter] = [tokens[1]!.text, tokens[3].text];
      const body = module.statements.filter(inner => inner.scope[0] === name);
      const reads = body.some(inner =>
        inner.tokens.some((token, at) => {
          if (token.text !== parameter || !/^[[(]$/.test(inner.tokens[at - 1]?.text ?? '')) return false;
          const before = dottedNameBefore(inner.tokens, at - 1) ?? '';
          const [head = '', method] = splitLast(before);
          return (
            READERS.has(qualify(module, before)) ||
            qualify(module, before) === 'os.environ' ||
            aliases.has(before) ||
            (method === 'get' && aliases.has(head))
          );
        }),
      );
      if (reads) helpers.add(qualify(module, name));
    }
  }
  return helpers;
}

function splitLast(dotted: string): [string, string | undefined] {
  const at = dotted.lastIndexOf('.');
  return at < 0 ? [dotted, undefined] : [dotted.slice(0, at), dotted.slice(at + 1)];
}
