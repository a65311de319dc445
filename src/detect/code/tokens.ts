/** Python text -> statements of tokens: enough to read names, calls and literals, and never fooled by strings or comments. */

/** A token; the text of a string is its content, and `formatted` says that it has replacement fields. */
export interface PythonToken {
  readonly kind: 'name' | 'string' | 'number' | 'op';
  readonly text: string;
  readonly line: number;
  readonly formatted?: boolean;
}

/** One logical line: brackets and backslashes joined, comments gone. */
export interface PythonStatement {
  readonly line: number;
  readonly indent: number;
  readonly tokens: readonly PythonToken[];
}

/** What a file holds, or the line of the bracket or string that is never closed. */
export interface PythonText {
  readonly statements: readonly PythonStatement[];
  readonly unclosed?: { readonly line: number; readonly what: string };
}

interface Scanner {
  readonly text: string;
  at: number;
  line: number;
  depth: number;
}

class Unclosed extends Error {
  readonly line: number;
  readonly what: string;
  constructor(line: number, what: string) {
    super(what);
    this.line = line;
    this.what = what;
  }
}

const STRING_START = /[rRbBuUfFtT]{0,2}("""|'''|"|')/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /\.?[0-9](?:[eE][+-]|[\w.])*/y;
const OPERATOR = /\*\*=?|\/\/=?|<<=?|>>=?|->|:=|[-+*/%@&|^=!<>]=|\.\.\.|./suy;
/** Python itself refuses more. */
const MOST_NESTED = 200;
const CLOSER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Splits Python source text into statements. Never throws: what cannot be read is said in `unclosed`. */
export function readPython(text: string): PythonText {
  const scanner: Scanner = { text: text.replace(/^\uFEFF/, ''), at: 0, line: 1, depth: 0 };
  const statements: PythonStatement[] = [];
  try {
    while (scanner.at < scanner.text.length) {
      const indent = skipIndent(scanner);
      const line = scanner.line;
      for (const tokens of splitAtSemicolons(scanTokens(scanner, undefined))) {
        statements.push({ line: tokens[0]?.line ?? line, indent, tokens });
      }
    }
  } catch (error) {
    if (!(error instanceof Unclosed)) throw error;
    return { statements, unclosed: { line: error.line, what: error.what } };
  }
  return { statements };
}

function skipIndent(scanner: Scanner): number {
  let indent = 0;
  for (; scanner.at < scanner.text.length; scanner.at++) {
    const char = scanner.text[scanner.at];
    if (char === ' ') indent++;
    else if (char === '\t') indent += 8 - (indent % 8);
    else if (char !== '\f') break;
  }
  return indent;
}

/** Scans to the end of the logical line, or to `closer` when given (which is consumed). */
function scanTokens(scanner: Scanner, closer: string | undefined): PythonToken[] {
  const opened = scanner.line;
  const tokens: PythonToken[] = [];
  while (scanner.at < scanner.text.length) {
    const char = scanner.text[scanner.at]!;
    if (char === '\n') {
      scanner.at++;
      scanner.line++;
      if (closer === undefined) return tokens;
    } else if (char === '#') {
      while (scanner.at < scanner.text.length && scanner.text[scanner.at] !== '\n') scanner.at++;
    } else if (char === '\\' && /^\\\r?\n/.test(scanner.text.slice(scanner.at, scanner.at + 3))) {
      scanner.at = scanner.text.indexOf('\n', scanner.at) + 1;
      scanner.line++;
    } else if (/\s/.test(char)) {
      scanner.at++;
    } else if (char === closer) {
      scanner.at++;
      return tokens;
    } else {
      scanToken(scanner, tokens);
    }
  }
  if (closer !== undefined) throw new Unclosed(opened, `a bracket waiting for "${closer}"`);
  return tokens;
}

function scanToken(scanner: Scanner, tokens: PythonToken[]): void {
  const { line } = scanner;
  const start = match(STRING_START, scanner);
  if (start !== undefined) {
    scanString(scanner, start, tokens);
    return;
  }
  const name = match(NAME, scanner);
  if (name !== undefined) {
    tokens.push({ kind: 'name', text: take(scanner, name), line });
    return;
  }
  const number = match(NUMBER, scanner);
  if (number !== undefined) {
    tokens.push({ kind: 'number', text: take(scanner, number), line });
    return;
  }
  const text = take(scanner, match(OPERATOR, scanner)!);
  tokens.push({ kind: 'op', text, line });
  const closer = CLOSER[text];
  if (closer === undefined) return;
  if (++scanner.depth > MOST_NESTED) throw new Unclosed(line, `one of more than ${MOST_NESTED} nested brackets`);
  for (const token of scanTokens(scanner, closer)) tokens.push(token);
  scanner.depth--;
  tokens.push({ kind: 'op', text: closer, line: scanner.line });
}

function scanString(scanner: Scanner, start: string, tokens: PythonToken[]): void {
  const { line } = scanner;
  const quote = start.replace(/^[a-zA-Z]+/, '');
  const prefix = start.slice(0, -quote.length).toLowerCase();
  const fields = /[ft]/.test(prefix);
  take(scanner, start);
  let text = '';
  let formatted = false;
  const inner: PythonToken[] = [];
  for (;;) {
    const char = scanner.text[scanner.at];
    if (char === undefined || (char === '\n' && quote.length === 1)) throw new Unclosed(line, 'a string');
    if (scanner.text.startsWith(quote, scanner.at)) break;
    // Before a replacement field a backslash stands for itself.
    if (char === '\\' && !(fields && scanner.text[scanner.at + 1] === '{')) {
      text += unescapePair(scanner, prefix.includes('r'));
    } else if (fields && char === '{' && scanner.text[scanner.at + 1] !== '{') {
      formatted = true;
      scanner.at++;
      inner.push({ kind: 'op', text: 'field', line: scanner.line }, ...scanTokens(scanner, '}'));
    } else {
      if (fields && (char === '{' || char === '}')) scanner.at++;
      text += take(scanner, char);
    }
  }
  take(scanner, quote);
  tokens.push(formatted ? { kind: 'string', text, line, formatted } : { kind: 'string', text, line });
  // What a replacement field computes follows the string, so that a read of the environment in it is seen.
  tokens.push(...inner);
}

/** A backslash sequence. Escapes other than quotes and line ends are kept as written: names and paths have none. */
function unescapePair(scanner: Scanner, raw: boolean): string {
  const pair = take(scanner, scanner.text.slice(scanner.at, scanner.at + 2));
  if (raw) return pair;
  if (pair[1] === '\n') return '';
  return /^\\['"\\]$/.test(pair) ? pair[1]! : pair;
}

function match(pattern: RegExp, scanner: Scanner): string | undefined {
  pattern.lastIndex = scanner.at;
  return pattern.exec(scanner.text)?.[0];
}

function take(scanner: Scanner, text: string): string {
  scanner.at += text.length;
  for (const char of text) if (char === '\n') scanner.line++;
  return text;
}

function splitAtSemicolons(tokens: readonly PythonToken[]): PythonToken[][] {
  const parts: PythonToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'op' && token.text === ';') parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts.filter(part => part.length > 0);
}
