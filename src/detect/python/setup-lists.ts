/** Lists of requirements in a setup.py: those that its text shows are taken from there, since none of its code is run. */
import type { Tree } from '../../source/tree.js';
import { parseRequirement } from '../../support/pep508/requirement.js';
import { argumentsOf, callsIn, closingOf, literalString } from '../code/module.js';
import { type PythonStatement, type PythonToken, readPython } from '../code/tokens.js';
import { requirementLines } from './requirement-lines.js';

/** Requirements that are seen in a file. */
export interface SeenList {
  readonly lines: readonly string[];
  /** Whether these are all: else building the project shows what else there is. */
  readonly isWhole: boolean;
}

/** What a setup.py hands to setup(). */
export interface SetupLists {
  readonly requires: SeenList;
  readonly extras: ReadonlyMap<string, SeenList>;
  /** Whether something of it has to be compiled. */
  readonly isCompiled: boolean;
}

const NOTHING: SeenList = { lines: [], isWhole: true };

/** Reads the lists in a setup.py in `directory`; undefined when it does not call setup(). */
export async function readSetupLists(tree: Tree, directory: string, text: string): Promise<SetupLists | undefined> {
  const { statements } = readPython(text);
  const setup: Setup = { statements, tree, directory };
  for (const { tokens } of statements) {
    const [call] = callsIn(tokens).filter(({ callee }) => /(^|\.)setup$/.test(callee));
    if (!call) continue;
    const parts = argumentsOf(tokens, call.open);
    const given = (keyword: string) => parts.find(part => part.keyword === keyword)?.tokens;
    const requires = given('install_requires');
    const isOpen = parts.some(part => part.keyword === undefined && part.tokens[0]?.text === '**');
    const unseen = isOpen ? tokens.slice(call.open) : undefined;
    return {
      requires: requires ? await listOf(setup, requires) : unseen ? await seenOf(setup, unseen) : NOTHING,
      extras: await extrasOf(setup, given('extras_require'), given('tests_require')),
      isCompiled: parts.some(({ keyword }) => /^(ext_modules|cffi_modules|rust_extensions)$/.test(keyword ?? '')),
    };
  }
  return undefined;
}

interface Setup {
  readonly statements: readonly PythonStatement[];
  readonly tree: Tree;
  readonly directory: string;
}

async function listOf(setup: Setup, tokens: readonly PythonToken[]): Promise<SeenList> {
  const lines = evaluate(setup, tokens);
  return lines ? { lines: lines.flatMap(requirementsIn), isWhole: true } : seenOf(setup, tokens);
}

async function extrasOf(
  setup: Setup,
  extras: readonly PythonToken[] | undefined,
  tests: readonly PythonToken[] | undefined,
): Promise<ReadonlyMap<string, SeenList>> {
  const named = extras && (isDictionary(extras) ? extras : assigned(setup, extras[0]?.text ?? ''));
  const pairs = named && isDictionary(named) ? argumentsOf(named, 0) : [];
  const found = pairs.flatMap(({ tokens }) => {
    const colon = tokens.findIndex(({ text, kind }) => kind === 'op' && text === ':');
    const name = literalString(tokens.slice(0, Math.max(colon, 0)));
    return name === undefined ? [] : [[name, tokens.slice(colon + 1)] as const];
  });
  // What setuptools once installed for its own command `test`.
  const all = [...found, ...(tests ? [['tests_require', tests] as const] : [])];
  return new Map(await Promise.all(all.map(async ([name, value]) => [name, await listOf(setup, value)] as const)));
}

function isDictionary(tokens: readonly PythonToken[]): boolean {
  return tokens[0]?.text === '{';
}

function assigned({ statements }: Setup, name: string): readonly PythonToken[] | undefined {
  const statement = statements.find(({ tokens, indent }) => indent === 0 && assignmentTo(tokens, name) !== undefined);
  return statement && assignmentTo(statement.tokens, name);
}

/** What `NAME = …` or `NAME: list[str] = …` assigns. */
function assignmentTo(tokens: readonly PythonToken[], name: string): readonly PythonToken[] | undefined {
  if (tokens[0]?.text !== name || tokens[0].kind !== 'name') return undefined;
  if (tokens[1]?.text === '=') return tokens.slice(2);
  const at = tokens[1]?.text === ':' ? tokens.findIndex(({ text, kind }) => kind === 'op' && text === '=') : -1;
  return at < 0 ? undefined : tokens.slice(at + 1);
}

/** The strings of an expression of literals, names of such, and sums of them; undefined for any other. */
function evaluate(setup: Setup, tokens: readonly PythonToken[], depth = 8): readonly string[] | undefined {
  if (depth === 0 || tokens.length === 0) return undefined;
  const plus = topLevel(tokens, '+');
  if (plus > 0) {
    const [left, right] = [tokens.slice(0, plus), tokens.slice(plus + 1)].map(part => evaluate(setup, part, depth - 1));
    return left && right ? [...left, ...right] : undefined;
  }
  const [first] = tokens;
  if (first!.kind === 'string') return textsOf(tokens);
  if (/^[[({]$/.test(first!.text) && closingOf(tokens, 0) === tokens.length - 1) {
    const items = argumentsOf(tokens, 0).map(({ tokens: item }) =>
      item[0]?.text === '*' ? evaluate(setup, item.slice(1), depth - 1) : one(literalString(item)),
    );
    return items.every(item => item !== undefined) ? items.flat() : undefined;
  }
  if (/^(list|tuple|set|sorted)$/.test(first!.text) && tokens[1]?.text === '(')
    return closingOf(tokens, 1) === tokens.length - 1 ? evaluate(setup, tokens.slice(2, -1), depth - 1) : undefined;
  return tokens.length === 1 && first!.kind === 'name' ? valueOfName(setup, first!.text, depth - 1) : undefined;
}

function one(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : [text];
}

/** A text with a requirement a line, split by hand or by setuptools. */
function textsOf(tokens: readonly PythonToken[]): readonly string[] | undefined {
  const end = tokens.findIndex(({ kind }) => kind !== 'string');
  const text = literalString(end < 0 ? tokens : tokens.slice(0, end));
  const isSplit = tokens
    .slice(end < 0 ? tokens.length : end)
    .every(({ text }) => /^([.()]|split|splitlines|strip|\n|\\n)$/.test(text));
  return text !== undefined && isSplit ? text.split(/\\n|\n/) : undefined;
}

/** A name's value, when all that is done to it is done at the top of the file. */
function valueOfName(setup: Setup, name: string, depth: number): readonly string[] | undefined {
  let value: readonly string[] | undefined;
  for (const { tokens, indent } of setup.statements) {
    const change = changeOf(tokens, name);
    if (change === undefined) continue;
    const added = indent === 0 ? evaluate(setup, change.tokens, depth) : undefined;
    if (added === undefined || (change.adds && value === undefined)) return undefined;
    value = change.adds ? [...value!, ...added] : added;
  }
  return value;
}

function changeOf(tokens: readonly PythonToken[], name: string) {
  const given = assignmentTo(tokens, name);
  if (given) return { adds: false, tokens: given };
  if (tokens[0]?.text !== name) return undefined;
  if (tokens[1]?.text === '+=') return { adds: true, tokens: tokens.slice(2) };
  const isCall = tokens[1]?.text === '.' && /^(append|extend|insert|remove)$/.test(tokens[2]?.text ?? '');
  if (isCall) return { adds: true, tokens: /^[ae]/.test(tokens[2]!.text) ? tokens.slice(4, -1) : [] };
  return tokens[1]?.text === '[' ? { adds: true, tokens: [] } : undefined;
}

function topLevel(tokens: readonly PythonToken[], operator: string): number {
  let depth = 0;
  return tokens.findIndex(({ kind, text }) => {
    if (kind !== 'op') return false;
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text)) depth--;
    return depth === 0 && text === operator;
  });
}

/** What looks like a requirement in an expression, in all that it names, and in the files that these name. */
async function seenOf(setup: Setup, tokens: readonly PythonToken[]): Promise<SeenList> {
  const strings = [...new Set(stringsIn(setup, tokens, new Set()))];
  const files = strings.map(text => fileNamed(setup, text)).filter(path => path !== undefined);
  const listed = await Promise.all(
    [...new Set(files)].map(async path =>
      requirementLines((await setup.tree.read(path)) ?? '').map(({ text }) => text),
    ),
  );
  return {
    lines: [...strings.flatMap(text => text.split(/\\n|\n/)), ...listed.flat()].flatMap(requirementsIn),
    isWhole: false,
  };
}

/** Names of files with requirements. */
const LISTS = /\.(txt|in|pip)$/;

function fileNamed({ tree, directory }: Setup, text: string): string | undefined {
  const path = directory === '' ? text : `${directory}/${text}`;
  return LISTS.test(text) && tree.paths.includes(path) ? path : undefined;
}

function requirementsIn(text: string): readonly string[] {
  const line = text.replace(/(^|\s)#.*$/, '').trim();
  return parseRequirement(line) && !LISTS.test(line) ? [line] : [];
}

function stringsIn(setup: Setup, tokens: readonly PythonToken[], seen: Set<string>): readonly string[] {
  return tokens.flatMap(({ kind, text }) => {
    if (kind === 'string') return [text];
    if (kind !== 'name' || seen.has(text)) return [];
    seen.add(text);
    return statementsOf(setup, text).flatMap(statement => stringsIn(setup, statement, seen));
  });
}

/** What is assigned to a name or done to it, and the body of a function of that name. */
function statementsOf({ statements }: Setup, name: string): readonly (readonly PythonToken[])[] {
  let body: number | undefined;
  return statements.flatMap(({ tokens, indent }) => {
    if (body !== undefined && indent <= body) body = undefined;
    // `for NAME in open(…)`, `with open(…) as NAME`.
    const isBlock = /^(for|with)$/.test(tokens[0]?.text ?? '') && tokens.some(({ text }) => text === name);
    const isOf = body !== undefined || isBlock || changeOf(tokens, name) !== undefined;
    if (tokens[0]?.text === 'def' && tokens[1]?.text === name) body = indent;
    return isOf ? [tokens.slice(body === undefined ? 1 : 0)] : [];
  });
}
