/** What the code makes of a value: a number, a flag, a list, by the functions that it is given to and by what is asked of it. */
import type { ValueKind } from '../../support/value-kinds.js';
import { wantedByAnnotation } from './annotation-values.js';
import type { Wanted } from './env-read.js';
import { argumentsOf, callsIn, dottedNameBefore, type PythonModule } from './module.js';
import type { PythonToken } from './tokens.js';

const ONE: Wanted = { kind: 'number', value: '1' };
const ID = '00000000-0000-4000-8000-000000000000';

/** Functions and types by what they take a text for. All fail when they are given None. */
const STRICT: Readonly<Record<string, Wanted>> = {
  int: { kind: 'number' },
  float: ONE,
  Decimal: ONE,
  strtobool: { kind: 'flag' },
  loads: { kind: 'JSON' },
  literal_eval: { kind: 'JSON' },
  Fernet: { kind: 'secret' },
  b64decode: { kind: 'secret' },
  urlsafe_b64decode: { kind: 'secret' },
  fromhex: { kind: 'text', value: '00'.repeat(32) },
  unhexlify: { kind: 'text', value: '00'.repeat(32) },
  UUID: { kind: 'text', value: ID },
  Path: { kind: 'path' },
  ZoneInfo: { kind: 'text', value: 'UTC' },
  join: {},
  len: {},
};

/** Those that do with None. */
const LENIENT: Readonly<Record<string, Wanted>> = {
  bool: { kind: 'flag' },
  str2bool: { kind: 'flag' },
  to_bool: { kind: 'flag' },
  parse_bool: { kind: 'flag' },
  urlparse: { kind: 'URL' },
  urlsplit: { kind: 'URL' },
  // As casts of libraries, which read the text themselves.
  Csv: { kind: 'list' },
  CommaSeparatedStrings: { kind: 'list' },
  Secret: { kind: 'secret' },
  URL: { kind: 'URL' },
};

/** What a function of that name takes a text for. */
function takenFor(callee: string): Wanted | undefined {
  const name = callee.slice(callee.lastIndexOf('.') + 1);
  if (Object.hasOwn(STRICT, name)) return STRICT[name];
  return Object.hasOwn(LENIENT, name) ? LENIENT[name] : undefined;
}

/** A part of a statement: the tokens from one index to another, both in it. */
export interface Span {
  readonly tokens: readonly PythonToken[];
  readonly from: number;
  readonly to: number;
}

/** What is made of the value of an expression in its statement, or of the name that it is given to. */
export function useOf(span: Span, modules: readonly PythonModule[]): Wanted {
  const asked = askedOf(span);
  if (asked) return asked;
  for (const callee of callsAround(span)) {
    const wanted = takenFor(callee);
    if (wanted?.kind !== undefined) return wanted;
  }
  if (isHost(span)) return { kind: 'text', value: 'localhost' };
  const declared = declaredAs(span);
  if (declared?.kind !== undefined) return declared;
  const target = targetOf(span.tokens);
  return (target === undefined ? undefined : usesByName(modules).get(target)) ?? {};
}

/** Whether a value is one of Django's names of the site, or stands behind the scheme of an address: `"https://" + os.getenv("APP_URL")`. */
function isHost({ tokens, from, to }: Span): boolean {
  const [before, after] = [tokens[from - 1]?.text ?? '', tokens[to + 1]?.text ?? ''];
  const isBehindScheme = before === '+' && /^https?:\/\/$/.test(tokens[from - 2]?.text ?? '');
  return isBehindScheme || (tokens[0]?.text === 'ALLOWED_HOSTS' && /^[[(,]$/.test(before) && /^[\]),]$/.test(after));
}

/** What the type says that is declared for an expression's whole statement: `MINUTES: int = config("MINUTES")`. */
function declaredAs({ tokens, from, to }: Span): Wanted | undefined {
  const equals = tokens.findIndex(({ text, kind }) => text === '=' && kind === 'op');
  const isWhole = from === equals + 1 && to === tokens.length - 1;
  if (tokens[1]?.text !== ':' || tokens[0]?.kind !== 'name' || equals < 3 || !isWhole) return undefined;
  return wantedByAnnotation(tokens[0].text, tokens.slice(2, equals), () => undefined);
}

/** Whether the statement fails when the expression is None: something is asked of it, or it goes where only text may. */
export function failsWithNone({ tokens, from, to }: Span): boolean {
  const [before, after] = [tokens[from - 1]?.text, tokens[to + 1]?.text];
  if (after === 'or' || after === 'if') return false;
  if (after === '.' || after === '[' || after === '+' || before === '+') return true;
  const [callee] = callsAround({ tokens, from, to });
  const name = callee?.slice(callee.lastIndexOf('.') + 1);
  return name !== undefined && before === '(' && Object.hasOwn(STRICT, name);
}

/** Whether a default is an empty list of which something is asked that only text has: `os.getenv("HOSTS", []).split(",")`. */
export function isListAskedAsText(fallback: readonly PythonToken[], { tokens, to }: Span): boolean {
  const [dot, method] = tokens.slice(to + 1, to + 3);
  const isEmptyList = fallback.some(
    ({ text, kind }, at) => kind === 'op' && text === '[' && fallback[at + 1]?.text === ']',
  );
  return isEmptyList && dot?.text === '.' && /^(split|splitlines|strip|lower|upper|replace)$/.test(method?.text ?? '');
}

/** Whether nothing but its presence, or its being some text, is asked of a value: `is not None`, `bool(…)`. */
export function testOf({ tokens, from, to }: Span): 'presence' | 'truth' | undefined {
  const [is, next] = tokens.slice(to + 1, to + 3).map(({ text }) => text);
  if (is === 'is' && (next === 'not' || next === 'None')) return 'presence';
  const isInside = tokens[from - 1]?.text === '(' && tokens[to + 1]?.text === ')';
  return isInside && tokens[from - 2]?.text === 'bool' ? 'truth' : undefined;
}

/**
 * What turns off a variable that is read as it is and whose default is no text: nothing at all where any text is on, a number where one is made of it,
 * else the word.
 * @param off what a reader that knows of words for on and off takes
 */
export function offAsText(off: string, span: Span): string {
  const isCompared = /^(==|!=|in|not)$/.test(span.tokens[span.to + 1]?.text ?? '');
  const [call] = callsAround(span);
  if (call === 'int') return '0';
  return !isCompared && (call === undefined || call === 'bool') ? '' : off;
}

/** The name that a statement gives a value. */
export function targetOf(tokens: readonly PythonToken[]): string | undefined {
  const equals = tokens.findIndex(({ text, kind }) => text === '=' && kind === 'op');
  const isPlain = equals === 1 || tokens[1]?.text === ':';
  if (isPlain && equals > 0 && tokens[0]?.kind === 'name') return tokens[0].text;
  // `self.key = …` and `app.config["KEY"] = …`
  const last = tokens[equals - 1];
  if (equals > 2 && last?.kind === 'name' && tokens[equals - 2]?.text === '.') return last.text;
  return equals > 3 && last?.text === ']' && tokens[equals - 2]?.kind === 'string'
    ? tokens[equals - 2]!.text
    : undefined;
}

/** The functions that an expression is an argument of, the innermost first. */
function callsAround({ tokens, from }: Span): readonly string[] {
  const callees: string[] = [];
  let depth = 0;
  for (let at = from - 1; at >= 0; at--) {
    const { text, kind } = tokens[at]!;
    if (kind !== 'op') continue;
    if (/^[)\]}]$/.test(text)) depth++;
    else if (/^[([{]$/.test(text) && depth > 0) depth--;
    else if (text === '(') callees.push(dottedNameBefore(tokens, at) ?? '');
  }
  return callees;
}

function askedOf({ tokens, to }: Span): Wanted | undefined {
  const rest = tokens.slice(to + 1);
  const method = rest[0]?.text === '.' ? rest[1]?.text : undefined;
  const isOfNumbers = tokens.some(({ kind, text }) => kind === 'name' && text === 'int');
  if (method === 'split' || method === 'splitlines') return { kind: 'list', ...(isOfNumbers ? { value: '10' } : {}) };
  const compared = rest.findIndex(({ text }) => /^(==|!=|in)$/.test(text));
  const others = compared < 0 ? [] : rest.slice(compared + 1);
  const isYes = others.some(({ kind, text }) => kind === 'string' && /^(true|t|1|yes|y|on)$/i.test(text));
  return isYes && (compared === 0 || method !== undefined) ? { kind: 'flag' } : undefined;
}

const USES = new WeakMap<readonly PythonModule[], ReadonlyMap<string, Wanted>>();

/** What is made of names of settings wherever they are used: `int(settings.MAX_ITEMS)`. */
function usesByName(modules: readonly PythonModule[]): ReadonlyMap<string, Wanted> {
  const known = USES.get(modules);
  if (known) return known;
  const uses = new Map<string, Wanted>();
  for (const { statements, isTest } of modules) {
    if (isTest) continue;
    for (const { tokens } of statements) {
      for (const { callee, open } of callsIn(tokens)) {
        const wanted = takenFor(callee);
        const [only, ...others] = wanted?.kind === undefined ? [] : argumentsOf(tokens, open);
        const name = others.length === 0 ? only?.tokens.at(-1) : undefined;
        if (wanted && callee !== 'bool' && name?.kind === 'name' && isSetting(name.text)) uses.set(name.text, wanted);
      }
      tokens.forEach(({ text, kind }, at) => {
        const isSplit = tokens[at + 1]?.text === '.' && tokens[at + 2]?.text === 'split';
        if (isSplit && kind === 'name' && isSetting(text)) uses.set(text, { kind: 'list' });
      });
    }
  }
  USES.set(modules, uses);
  return uses;
}

/** Names in capitals mean the same in all modules. */
function isSetting(name: string): boolean {
  return /^[A-Z][A-Z0-9_]+$/.test(name);
}

/** Methods of the libraries that read variables, by what they make of them. */
const METHODS: Readonly<Record<string, Wanted>> = {
  int: { kind: 'number' },
  float: ONE,
  decimal: ONE,
  bool: { kind: 'flag' },
  list: { kind: 'list' },
  tuple: { kind: 'list' },
  set: { kind: 'list' },
  dict: { kind: 'list', value: 'trial=trial' },
  json: { kind: 'JSON' },
  url: { kind: 'URL' },
  db: { kind: 'URL', value: 'sqlite:////data/trial.sqlite3' },
  db_url: { kind: 'URL', value: 'sqlite:////data/trial.sqlite3' },
  cache: { kind: 'URL', value: 'locmemcache://' },
  cache_url: { kind: 'URL', value: 'locmemcache://' },
  email: { kind: 'email' },
  email_url: { kind: 'URL', value: 'smtp://localhost:25' },
  path: { kind: 'path' },
  uuid: { kind: 'text', value: ID },
  date: { kind: 'text', value: '2000-01-01' },
  datetime: { kind: 'text', value: '2000-01-01T00:00:00' },
  timedelta: { kind: 'number' },
  log_level: { kind: 'text', value: 'INFO' },
};

/** What a method of a library's reader makes of a variable. */
export function readAs(method: string | undefined): Wanted | undefined {
  return method !== undefined && Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
}

/** What a cast makes of a text: `int`, `Csv()`, `lambda v: v.split(",")`. */
export function castTo(tokens: readonly PythonToken[]): Wanted {
  const names = tokens.flatMap(({ kind, text }) => (kind === 'name' ? [text] : []));
  if (names.includes('split')) return { kind: 'list' };
  const kinds: Readonly<Record<string, ValueKind>> = { list: 'list', tuple: 'list', set: 'list', dict: 'JSON' };
  for (const name of names) {
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    const wanted = kind === undefined ? takenFor(name) : { kind };
    if (wanted) return wanted;
  }
  return {};
}
