/** Settings that import one of several modules by a variable's value: `if ENV == "production": from .production import *`. */
import type { Place } from '../../diagnostics/place.js';
import { headersOf } from '../code/circumstances.js';
import type { EnvRead } from '../code/env-read.js';
import { findEnvReads } from '../code/env-reads.js';
import { importsAtTop, type PythonModule, type ScopedStatement } from '../code/module.js';
import { moduleNamed, resolvedName } from '../code/names.js';
import type { PythonToken } from '../code/tokens.js';

/** A variable by which settings choose, and what it says where people use the app. */
export interface SettingsChoice {
  readonly variable: string;
  /** The value that leads to the settings for people. */
  readonly value: string;
  /** Where the code asks for that value. */
  readonly place: Place;
  /** What the code takes without the variable; absent: it fails, or takes what no value is written for. */
  readonly fallback?: string;
  /** Whether the code has something in the variable's place. */
  readonly isOptional: boolean;
  /** All values that the code asks for. */
  readonly values: readonly string[];
  /** Modules that only other values lead to. */
  readonly left: ReadonlySet<string>;
}

/** Values for people, the best first: a stage before production is one that people use too. */
const FOR_PEOPLE = [/^(prod|production|prd|live)$/i, /^(staging|stage)$/i];

/** A branch of the choice: the values that lead to it, none for the one that is left, and the modules that it takes all names from. */
interface Branch {
  readonly at: number;
  readonly values: readonly string[];
  readonly stars: readonly string[];
}

/**
 * Finds the variable by which a settings module chooses what else it consists of. Undefined where no value is one for people, and where the
 * code comes to theirs without being told.
 */
export function settingsChoice(
  modules: readonly PythonModule[],
  settings: string | undefined,
): SettingsChoice | undefined {
  const module = settings === undefined ? undefined : moduleNamed(settings, modules);
  if (module === undefined || module.isTest || module.stars.length === 0) return undefined;
  const { statements } = module;
  const choosing = statements.flatMap(({ tokens: [word], scope }, at) =>
    scope.length === 0 && (word?.text === 'if' || word?.text === 'match') ? [at] : [],
  );
  for (const at of choosing) {
    const branches = branchesOf(module, at);
    const asked = branches.some(({ stars }) => stars.length > 0) && subjectOf(statements, at);
    const read = asked ? readBehind(asked, module, modules) : undefined;
    const choice = read && chosen(module, branches, read);
    if (choice) return choice;
  }
  return undefined;
}

/** The modules that a settings module takes all names from where people use the app. */
export function starsInUse(module: PythonModule, modules: readonly PythonModule[]): readonly string[] {
  const left = settingsChoice(modules, module.name)?.left;
  return left === undefined ? module.stars : module.stars.filter(name => !left.has(name));
}

function chosen(module: PythonModule, branches: readonly Branch[], read: EnvRead): SettingsChoice | undefined {
  const values = branches.flatMap(branch => branch.values);
  const value = FOR_PEOPLE.flatMap(words => values.find(one => words.test(one)) ?? [])[0];
  const forPeople = branches.find(branch => value !== undefined && branch.values.includes(value));
  if (value === undefined || forPeople === undefined || forPeople.stars.length === 0) return undefined;
  const usual = branches.find(branch => branch.values.includes(read.fallback ?? '')) ?? branches.find(isRest);
  const isUsual = read.without !== 'fails' && usual?.stars.some(name => isForPeople(name.split('.').at(-1)!));
  if (isUsual || (read.fallback !== undefined && isForPeople(read.fallback))) return undefined;
  const taken = new Set(forPeople.stars);
  return {
    variable: read.name,
    value,
    place: { file: module.path, line: module.statements[forPeople.at]!.line },
    ...(read.fallback === undefined ? {} : { fallback: read.fallback }),
    isOptional: read.without !== 'fails',
    values,
    left: new Set(branches.flatMap(({ stars }) => stars).filter(name => !taken.has(name))),
  };
}

function isForPeople(word: string): boolean {
  return FOR_PEOPLE.some(words => words.test(word));
}

function isRest({ values }: Branch): boolean {
  return values.length === 0;
}

/** The branches of the `if` or `match` at an index. */
function branchesOf(module: PythonModule, at: number): readonly Branch[] {
  const { statements } = module;
  const first = statements[at]!;
  const isMatch = first.tokens[0]!.text === 'match';
  const branches: Branch[] = isMatch ? [] : [branchAt(module, at)];
  for (let index = at + 1; index < statements.length; index++) {
    const { indent, tokens } = statements[index]!;
    const word = tokens[0]!.text;
    const isBranch = isMatch ? word === 'case' : /^(elif|else)$/.test(word);
    if (indent < first.indent || (indent === first.indent && (isMatch || !isBranch))) break;
    const isOwn = isMatch ? headersOf(statements, index)[0] === first : indent === first.indent;
    if (isBranch && isOwn) branches.push(branchAt(module, index));
  }
  return turned(branches, first);
}

/** Of `if ENV != "production": … else: …` the second branch is for the value. */
function turned(branches: readonly Branch[], { tokens }: ScopedStatement): readonly Branch[] {
  const [one, other, ...more] = branches;
  const at = tokens.findIndex(({ kind, text }) => kind === 'op' && text === '!=');
  if (at < 0 || !one || !other || !isRest(other) || more.length > 0) return branches;
  return [
    { ...one, values: [] },
    { ...other, values: valuesOf([...tokens.slice(0, at), { ...tokens[at]!, text: '==' }, ...tokens.slice(at + 1)]) },
  ];
}

function branchAt(module: PythonModule, at: number): Branch {
  const { statements } = module;
  const { indent, tokens } = statements[at]!;
  const end = statements.findIndex((other, index) => index > at && other.indent <= indent);
  const inside = [
    { ...statements[at]!, tokens: behindColon(tokens) },
    ...statements.slice(at + 1, end < 0 ? undefined : end),
  ].filter(({ tokens: words }) => words[0]?.text === 'from' && words.at(-1)?.text === '*');
  // Whatever a statement's indent is, here it is read as one of its own.
  const alone = { ...module, statements: inside.map(statement => ({ ...statement, indent: 0 })) };
  const stars = importsAtTop(alone).map(({ name }) => name.replace(/\.\*$/, ''));
  return { at, values: valuesOf(tokens), stars };
}

function behindColon(tokens: readonly PythonToken[]): readonly PythonToken[] {
  return tokens.slice(tokens.findIndex(({ kind, text }) => kind === 'op' && text === ':') + 1);
}

/** What a branch is for: `== "production"`, `in ("prod", "staging")`, `case "production" | "staging":`. */
function valuesOf(tokens: readonly PythonToken[]): readonly string[] {
  const { condition, operator } = conditionOf(tokens);
  const isAsked =
    tokens[0]?.text === 'case' ||
    (operator >= 0 && condition[operator]!.text !== '!=' && !condition.some(({ text }) => /^(and|not)$/.test(text)));
  if (!isAsked) return [];
  return condition
    .slice(operator + 1)
    .flatMap(({ kind, text, formatted }) => (kind === 'string' && !formatted ? [text] : []));
}

/** What a header asks, and where in it a value is compared. */
function conditionOf(tokens: readonly PythonToken[]) {
  const end = tokens.findLastIndex(({ kind, text }) => kind === 'op' && text === ':');
  const condition = tokens.slice(1, end < 0 ? undefined : end);
  const operator = condition.findIndex(
    ({ kind, text }) => (kind === 'op' && /^[!=]=$/.test(text)) || (kind === 'name' && text === 'in'),
  );
  return { condition, operator };
}

/** What the `if` or `match` at an index asks about. */
function subjectOf(statements: readonly ScopedStatement[], at: number): ScopedStatement {
  const { condition, operator } = conditionOf(statements[at]!.tokens);
  return { ...statements[at]!, tokens: operator < 0 ? condition : condition.slice(0, operator) };
}

/** The read of the variable that a value comes from: in place, by a name that was given it, or as a field of an object. */
function readBehind(
  { tokens }: ScopedStatement,
  module: PythonModule,
  modules: readonly PythonModule[],
): EnvRead | undefined {
  const reads = findEnvReads(near(module, modules));
  const inPlace = readIn(reads, module, tokens);
  if (inPlace) return inPlace;
  const written = dottedStart(tokens);
  const full = resolvedName(module, written, modules);
  const [owner, field] = [full.slice(0, full.lastIndexOf('.')), full.slice(full.lastIndexOf('.') + 1)];
  const home = moduleNamed(owner, modules);
  const given = home?.statements.find(
    ({ scope, tokens: [name, equals] }) =>
      scope.length === 0 && name?.text === field && /^[=:]$/.test(equals?.text ?? ''),
  );
  if (home && given) return readIn(reads, home, given.tokens);
  const object = moduleNamed(owner.replace(/\.[^.]*$/, ''), modules);
  return written.includes('.')
    ? reads.find(({ name, path }) => path === object?.path && name.toUpperCase() === field.toUpperCase())
    : undefined;
}

/** `env_config.STAGE` of `env_config.STAGE`, `STAGE` of `STAGE.lower()`. */
function dottedStart(tokens: readonly PythonToken[]): string {
  const end = tokens.findIndex(({ kind, text }) => kind !== 'name' && text !== '.');
  const words = (end < 0 ? tokens : tokens.slice(0, end)).map(({ text }) => text);
  return (tokens[end]?.text === '(' ? words.slice(0, -2) : words).join('');
}

/** The one variable that a statement reads. */
function readIn(
  reads: readonly EnvRead[],
  { path }: PythonModule,
  tokens: readonly PythonToken[],
): EnvRead | undefined {
  const [first, last] = [tokens[0]?.line ?? 0, tokens.at(-1)?.line ?? 0];
  const found = reads.filter(read => read.path === path && read.line >= first && read.line <= last);
  const named = found.filter(({ name }) => tokens.some(({ kind, text }) => kind === 'string' && text === name));
  return named.length === 1 ? named[0] : undefined;
}

/** The module with what lies beside it and what it imports: readers are defined there. */
function near(module: PythonModule, modules: readonly PythonModule[]): readonly PythonModule[] {
  const targets = [...module.imports.values()].flatMap(name => [name, name.replace(/\.[^.]*$/, '')]);
  return modules.filter(
    other => other === module || other.name.startsWith(`${module.name}.`) || targets.includes(other.name),
  );
}
