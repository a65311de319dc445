/** Python text -> statements of tokens: enough to read names, calls and literals, and never fooled by strings or comments. */
import { defined } from '../../source/defined.js';
import { type PythonGrammar, pythonGrammar } from './grammar.js';

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

/** A string that is being read: its token waits at `index` for the content, whose next part starts at `from`. */
interface OpenString {
  readonly kind: 'string';
  readonly line: number;
  readonly index: number;
  readonly prefix: string;
  readonly quote: string;
  text: string;
  from: number;
  formatted: boolean;
}

interface OpenBracket {
  readonly kind: 'bracket';
  readonly line: number;
  readonly closer: string;
  /** The string that the bracket is a replacement field of. */
  readonly fieldOf?: OpenString;
}

interface Reader {
  readonly source: string;
  readonly statements: PythonStatement[];
  readonly open: (OpenString | OpenBracket)[];
  tokens: PythonToken[];
  /** What lies before is read. */
  at: number;
  line: number;
  /** Where the line starts that the statement starts in. */
  lineStart: number;
  /** The first string that goes on after the line where it has to end. */
  broken?: OpenString;
}

const CLOSERS: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/** Leaves that are the content of a string. */
const IN_STRINGS: ReadonlySet<string> = new Set(['string_content', 'escape_sequence', 'escape_interpolation']);
const LINE_END = 10;

/**
 * Splits Python source text into statements. Never fails: a bracket or string that is never closed is said in `unclosed`, and what
 * else is no Python is left to the Python that runs it.
 */
export async function readPython(text: string): Promise<PythonText> {
  return readStatements(await pythonGrammar(), text);
}

function readStatements(visitLeaves: PythonGrammar, text: string): PythonText {
  // Python refuses a file with a null character: what it holds is no source.
  const source = text.includes('\0') ? '' : text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const reader: Reader = { source, statements: [], open: [], tokens: [], at: 0, line: 1, lineStart: 0 };
  visitLeaves(source, (type, from, to) => {
    // What the grammar misses where something is wrong is a leaf of no length. Backslashes at line ends are read between leaves.
    if (from < to && type !== 'line_continuation') readLeaf(reader, type, from, to);
  });
  readLineEnds(reader, source.length);
  endStatement(reader);
  const { statements, open } = reader;
  const unclosed = reader.broken ?? open.find(({ kind }) => kind === 'string') ?? open.at(-1);
  if (unclosed === undefined) return { statements };
  const what = unclosed.kind === 'string' ? 'a string' : `a bracket waiting for "${unclosed.closer}"`;
  return { statements, unclosed: { line: unclosed.line, what } };
}

function readLeaf(reader: Reader, type: string, from: number, to: number): void {
  readLineEnds(reader, from);
  const inner = reader.open.at(-1);
  const text = reader.source.slice(from, to);
  if (type === 'comment') reader.at = to;
  else if (type === 'string_start') openString(reader, text, to);
  else if (inner?.kind !== 'string') readWord(reader, inner, text, to);
  else if (type === 'string_end') closeString(reader, inner, to);
  else if (type === '{') openField(reader, inner, from);
  // Words that stand in a string and in none of its fields: nothing closes it.
  else if (!IN_STRINGS.has(type)) readWord(reader, undefined, text, to);
  readLineEnds(reader, to);
}

/** Counts the line ends up to a place. One that stands in nothing open ends the statement. */
function readLineEnds(reader: Reader, to: number): void {
  const { source, open, at: from } = reader;
  for (let at = from; at < to; at++) {
    if (source.charCodeAt(at) !== LINE_END) continue;
    reader.line++;
    if (at > from && source[at - 1] === '\\') continue;
    const inner = open.at(-1);
    // Where something is wrong, the grammar may take a quote of a later line for the end.
    if (inner?.kind === 'string' && inner.quote.length === 1) reader.broken ??= inner;
    if (inner !== undefined) continue;
    endStatement(reader);
    reader.lineStart = at + 1;
  }
  reader.at = Math.max(from, to);
}

function endStatement(reader: Reader): void {
  const { tokens, source, lineStart, statements } = reader;
  if (tokens.length === 0) return;
  statements.push({ line: tokens[0]!.line, indent: indentAt(source, lineStart), tokens });
  reader.tokens = [];
}

function indentAt(source: string, from: number): number {
  let indent = 0;
  for (let at = from; ; at++) {
    const char = source[at];
    if (char === ' ') indent++;
    else if (char === '\t') indent += 8 - (indent % 8);
    else if (char === '\f') indent = 0;
    else return indent;
  }
}

function readWord(reader: Reader, inner: OpenBracket | undefined, text: string, to: number): void {
  const { open, line, tokens } = reader;
  const closer = CLOSERS.get(text);
  if (text === inner?.closer) {
    open.pop();
    if (inner.fieldOf !== undefined) {
      inner.fieldOf.from = to;
      return;
    }
  } else if (closer !== undefined) {
    open.push({ kind: 'bracket', line, closer });
  } else if (text === ';') {
    endStatement(reader);
    return;
  }
  tokens.push({ kind: kindOf(text), text, line });
}

function kindOf(text: string): PythonToken['kind'] {
  if (/^[\p{ID_Start}_]/u.test(text)) return 'name';
  return /^\.?[0-9]/.test(text) ? 'number' : 'op';
}

function openString({ open, tokens, line }: Reader, start: string, from: number): void {
  const [, prefix, quote] = /^([a-z]*)(.*)$/is.exec(start)!;
  const index = tokens.length;
  open.push({
    kind: 'string',
    line,
    index,
    prefix: prefix!.toLowerCase(),
    quote: quote!,
    text: '',
    from,
    formatted: false,
  });
  tokens.push({ kind: 'string', text: '', line });
}

/** What a replacement field computes follows the string, so that a read of the environment in it is seen. */
function openField({ open, tokens, line, source }: Reader, string: OpenString, at: number): void {
  string.text += literalText(source.slice(string.from, at), string.prefix);
  string.formatted = true;
  open.push({ kind: 'bracket', line, closer: '}', fieldOf: string });
  tokens.push({ kind: 'op', text: 'field', line });
}

function closeString({ open, tokens, source }: Reader, string: OpenString, to: number): void {
  const { index, prefix, quote, from, line, formatted } = string;
  const text = string.text + literalText(source.slice(from, to - quote.length), prefix);
  tokens[index] = { kind: 'string', text, line, ...defined({ formatted: formatted || undefined }) };
  open.pop();
}

/**
 * What a part of a string between its replacement fields says. Escapes other than those of quotes and line ends are kept as
 * written: names and paths have none.
 */
function literalText(written: string, prefix: string): string {
  const hasFields = /[ft]/.test(prefix);
  if (prefix.includes('r')) return hasFields ? written.replaceAll(/\{\{|\}\}/g, braces => braces[0]!) : written;
  const special = hasFields ? /\\N\{[^}]*\}|\\[^{}]|\{\{|\}\}/g : /\\./gs;
  return written.replaceAll(special, sequence => {
    if (sequence === '\\\n') return '';
    if (/^\\['"\\]$/.test(sequence)) return sequence[1]!;
    return sequence === '{{' || sequence === '}}' ? sequence[0]! : sequence;
  });
}
