/** Python text -> statements of tokens: enough to read names, calls and literals, and never fooled by strings or comments. */
import { defined } from '../../source/defined.js';
import { type Piece, type PieceType, piecesOf } from './lexer.js';

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

/** A file of Python whose words are read once somebody asks for them. */
export interface PythonSource {
  readonly text: string;
  /** What it holds. */
  read(): PythonText;
}

/** A file by its text. */
export function pythonSource(text: string): PythonSource {
  let known: PythonText | undefined;
  return {
    text,
    read() {
      known ??= readPython(text);
      return known;
    },
  };
}

/** A string that is being read in parts: its token waits at `index` for the content, whose next part starts at `from`. */
interface OpenString {
  readonly kind: 'string';
  readonly line: number;
  readonly index: number;
  readonly prefix: string;
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
  /** Where the line starts that the statement starts in. */
  lineStart: number;
  /** The line of the first string that goes on after the line where it has to end. */
  broken?: number;
}

const CLOSERS: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

const skip = (): void => {};

const READERS: Readonly<Record<PieceType, (reader: Reader, piece: Piece) => void>> = {
  blank: skip,
  comment: skip,
  content: skip,
  newline: endLine,
  name: ({ tokens }, { text, line }) => void tokens.push({ kind: 'name', text, line }),
  number: ({ tokens }, { text, line }) => void tokens.push({ kind: 'number', text, line }),
  op: readOperator,
  string: readString,
  start: openString,
  field: openField,
  end: (reader, { offset }) => closeString(reader, offset),
  broken: breakString,
};

/**
 * Splits Python source text into statements. Never fails: a bracket or string that is never closed is said in `unclosed`, and what
 * else is no Python is left to the Python that runs it.
 */
export function readPython(text: string): PythonText {
  // Python refuses a file with a null character: what it holds is no source.
  const source = text.includes('\0') ? '' : text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n');
  const reader: Reader = { source, statements: [], open: [], tokens: [], lineStart: 0 };
  for (const piece of piecesOf(source)) READERS[piece.type](reader, piece);
  endStatement(reader);
  const { statements } = reader;
  const unclosed = whatIsOpen(reader);
  return unclosed ? { statements, unclosed } : { statements };
}

function whatIsOpen({ open, broken }: Reader): PythonText['unclosed'] {
  const line = broken ?? open.find(({ kind }) => kind === 'string')?.line;
  if (line !== undefined) return { line, what: 'a string' };
  const inner = open.at(-1);
  return inner?.kind === 'bracket' ? { line: inner.line, what: `a bracket waiting for "${inner.closer}"` } : undefined;
}

/** A line end that stands in nothing open ends the statement. */
function endLine(reader: Reader, { offset }: Piece): void {
  if (reader.open.length > 0) return;
  endStatement(reader);
  reader.lineStart = offset + 1;
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

function readOperator(reader: Reader, { text, line, offset }: Piece): void {
  const { open, tokens } = reader;
  const inner = open.at(-1);
  const closer = CLOSERS.get(text);
  if (inner?.kind === 'bracket' && text === inner.closer) {
    open.pop();
    if (inner.fieldOf !== undefined) {
      inner.fieldOf.from = offset + 1;
      return;
    }
  } else if (closer !== undefined) {
    open.push({ kind: 'bracket', line, closer });
  } else if (text === ';') {
    endStatement(reader);
    return;
  }
  tokens.push({ kind: 'op', text, line });
}

/** A string without fields, all on one line. */
function readString({ tokens }: Reader, { text, line }: Piece): void {
  const { prefix, from } = startOf(text);
  tokens.push({ kind: 'string', text: literalText(text.slice(from, -1), prefix), line });
}

/** The prefix of a string in lower case, and where what it says starts. */
function startOf(text: string): { readonly prefix: string; readonly from: number } {
  const prefix = /^[a-z]*/i.exec(text)![0].toLowerCase();
  return { prefix, from: prefix.length + 1 };
}

function openString({ open, tokens }: Reader, { text, line, offset }: Piece): void {
  const from = offset + text.length;
  const { prefix } = startOf(text);
  open.push({ kind: 'string', line, index: tokens.length, prefix, text: '', from, formatted: false });
  tokens.push({ kind: 'string', text: '', line });
}

/** What a replacement field computes follows the string, so that a read of the environment in it is seen. */
function openField({ open, tokens, source }: Reader, { offset, line }: Piece): void {
  const string = openedLast(open);
  string.text += literalText(source.slice(string.from, offset), string.prefix);
  string.formatted = true;
  open.push({ kind: 'bracket', line, closer: '}', fieldOf: string });
  tokens.push({ kind: 'op', text: 'field', line });
}

function closeString({ open, tokens, source }: Reader, to: number): void {
  const { index, prefix, from, line, formatted, ...string } = openedLast(open);
  const text = string.text + literalText(source.slice(from, to), prefix);
  tokens[index] = { kind: 'string', text, line, ...defined({ formatted: formatted || undefined }) };
  open.pop();
}

/** The string that a part belongs to. What its fields leave open is no Python, and is left. */
function openedLast(open: Reader['open']): OpenString {
  for (;;) {
    const last = open.at(-1)!;
    if (last.kind === 'string') return last;
    open.pop();
  }
}

/** Goes on with the next line as if the string had ended. */
function breakString(reader: Reader, piece: Piece): void {
  if (piece.text !== '\n') {
    reader.broken ??= piece.line;
    readString(reader, { ...piece, text: `${piece.text}"` });
    return;
  }
  reader.broken ??= openedLast(reader.open).line;
  closeString(reader, piece.offset);
  endLine(reader, piece);
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
