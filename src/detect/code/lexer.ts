/**
 * Python's words by the rules of its reference's second chapter, Lexical analysis, and of PEP 701 for strings with fields. Words are all that
 * detection looks at: it needs no grammar, and no version of Python is too old or too new for it.
 */
import moo, { type Lexer, type Rules } from 'moo';

/**
 * What a piece of text is. A `string` is a whole one, prefix and quotes included; one of several lines or with fields comes as its `start`,
 * `content`, a `field` for each bracket that opens one, and its `end`. A string is `broken` where its line ends and does not close it.
 */
export type PieceType =
  | 'blank'
  | 'comment'
  | 'newline'
  | 'name'
  | 'number'
  | 'string'
  | 'start'
  | 'content'
  | 'field'
  | 'end'
  | 'broken'
  | 'op';

/** A piece of a Python file. */
export interface Piece {
  readonly type: PieceType;
  readonly text: string;
  /** Where it starts in the text, and on which line. */
  readonly offset: number;
  readonly line: number;
}

/** A rule as moo takes it in a list, which its types do not know. */
interface Rule {
  readonly type: PieceType;
  readonly match?: RegExp | string | string[];
  readonly lineBreaks?: true;
  /** Takes what no other rule of the place matches. */
  readonly fallback?: true;
  /** The place of what follows, with or without a return to this one. */
  readonly push?: string;
  readonly next?: string;
  readonly pop?: 1;
}

type RuleList = readonly Rule[];

let lexer: Lexer | undefined;

/** The pieces of a text with `\n` at its line ends, whatever it holds; one text at a time. */
export function piecesOf(text: string): Iterable<Piece> {
  lexer ??= moo.states(states() as object as Record<string, Rules>, 'code');
  return lexer.reset(text) as Iterable<unknown> as Iterable<Piece>;
}

const QUOTES = ['"""', "'''", '"', "'"] as const;

/** How strings start whose fields are computed, by what a backslash means in them. */
const FIELD_PREFIXES = { cooked: '[fFtT]', raw: '(?:[rR][fFtT]|[fFtT][rR])' } as const;
const LINE_END_IN_STRING: Rule = { type: 'broken', match: '\n', lineBreaks: true, pop: 1 };
const PLAIN_PREFIX = '(?:[bB][rR]?|[rR][bB]?|[uU][rR]?)?';

/** The rules of each place that a piece can stand in. */
function states(): Record<string, RuleList> {
  const formatted = (['cooked', 'raw'] as const).flatMap(kind => QUOTES.map(quote => ({ kind, quote })));
  return {
    code: [{ type: 'op', match: [...'()[]{},;'] }, ...words()],
    // A colon that stands in no inner bracket starts the format.
    field: [
      { type: 'op', match: '}', pop: 1 },
      { type: 'op', match: [...'([{'], push: 'brackets' },
      { type: 'op', match: ':', next: 'format' },
      { type: 'op', match: /![rsa](?![\p{XID_Continue}=])/u },
      ...words(),
    ],
    brackets: [
      { type: 'op', match: [...')]}'], pop: 1 },
      { type: 'op', match: [...'([{'], push: 'brackets' },
      ...words(),
    ],
    format: [
      { type: 'op', match: '}', pop: 1 },
      { type: 'op', match: '{', push: 'field' },
      { type: 'blank', fallback: true },
    ],
    ...Object.fromEntries(QUOTES.slice(0, 2).map(quote => [`plain ${quote}`, plainParts(quote)])),
    ...Object.fromEntries(formatted.map(({ kind, quote }) => [`${kind} ${quote}`, formattedParts(kind, quote)])),
  };
}

function words(): RuleList {
  return [
    { type: 'newline', match: '\n', lineBreaks: true },
    { type: 'blank', match: /[ \t\f]+/u },
    { type: 'blank', match: '\\\n', lineBreaks: true },
    { type: 'comment', match: /#[^\n]*/u },
    ...stringStarts(),
    { type: 'name', match: /[\p{XID_Start}_][\p{XID_Continue}]*/u },
    {
      type: 'number',
      match: /0[xXoObB][0-9a-fA-F_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9][0-9_]*)?[jJlL]?/u,
    },
    { type: 'op', match: /\*\*=?|\/\/=?|>>=?|<<=?|\.\.\.|->|:=|<>|[-+*/%@&|^=!<>]=|[^\n]/u },
  ];
}

/** Triple quotes before others, whose empty string they start with. */
function stringStarts(): RuleList {
  const kinds = Object.entries(FIELD_PREFIXES);
  return [
    ...kinds.flatMap(([kind, prefix]) =>
      QUOTES.map(
        (quote): Rule => ({ type: 'start', match: new RegExp(prefix + quote, 'u'), push: `${kind} ${quote}` }),
      ),
    ),
    ...QUOTES.slice(0, 2).map((quote): Rule => {
      const match = new RegExp(PLAIN_PREFIX + quote, 'u');
      return { type: 'start', match, push: `plain ${quote}` };
    }),
    { type: 'string', match: new RegExp(`${PLAIN_PREFIX}(?:${onLine('"')}"|${onLine("'")}')`, 'u'), lineBreaks: true },
    {
      type: 'broken',
      match: new RegExp(`${PLAIN_PREFIX}(?:${onLine('"')}|${onLine("'")})\\\\?`, 'u'),
      lineBreaks: true,
    },
  ];
}

/** A quote with what follows it up to the next one on its line, which a backslash at its end continues. */
function onLine(quote: string): string {
  return `${quote}[^${quote}\\\\\\n]*(?:\\\\[\\s\\S][^${quote}\\\\\\n]*)*`;
}

function plainParts(quote: string): RuleList {
  return [
    { type: 'end', match: quote, pop: 1 },
    { type: 'content', match: /\\[\s\S]/u, lineBreaks: true },
    { type: 'content', fallback: true },
  ];
}

function formattedParts(kind: keyof typeof FIELD_PREFIXES, quote: string): RuleList {
  return [
    { type: 'end', match: quote, pop: 1 },
    { type: 'content', match: kind === 'raw' ? /\\[^{}]/u : /\\N\{[^}\n]*\}|\\[^{}]/u, lineBreaks: true },
    { type: 'content', match: /\{\{|\}\}/u },
    { type: 'field', match: '{', push: 'field' },
    ...(quote.length === 1 ? [LINE_END_IN_STRING] : []),
    { type: 'content', fallback: true },
  ];
}
