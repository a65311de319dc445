/** Words of a shell with quotes taken away and variables filled in, as a shell has them that stops at what is not set. */
import { expandBraces } from './braces.js';
import type { Change, Part, Word } from './word.js';

/** The value of a variable; an empty one counts as not set. */
export type Lookup = (name: string) => string;

export interface Expanding {
  readonly lookup: Lookup;
  /** Whether what is not set fails. */
  readonly strict: boolean;
}

/** Text with what counts of its ends: blanks in values of variables separate, those in quotes do not. */
type Piece = { readonly text: string; readonly splits: boolean };

/** A word's fields, as a shell hands them to a command, with one blank between them. @throws Error for what is not set, and for what would have to be run */
export function expandWord(word: Word, how: Expanding): string {
  return expandBraces(word)
    .flatMap(one => fieldsOf(one, how))
    .join(' ');
}

function fieldsOf(word: Word, how: Expanding): string[] {
  const blanks = separators(how);
  const fields: string[] = [];
  let field: string | undefined;
  for (const { text, splits } of piecesOf(word, how)) {
    if (!splits) field = (field ?? '') + text;
    else
      for (const char of text) {
        if (!blanks.includes(char)) field = (field ?? '') + char;
        else if (field !== undefined) {
          fields.push(field);
          field = undefined;
        }
      }
  }
  return field === undefined ? fields : [...fields, field];
}

/** What separates fields: of the file's own variables only. */
const separators = ({ lookup }: Expanding): string => lookup('IFS') || ' \t\n';

const piecesOf = (word: Word, how: Expanding): Piece[] =>
  word.map((part, index): Piece => {
    if (part.kind === 'bare') {
      const text = index === 0 ? fromHome(part.text, word.length > 1, how) : part.text;
      return { text: text.replace(/\\([\s\S])/g, '$1'), splits: false };
    }
    return { text: textOfPart(part, how), splits: part.kind === 'variable' };
  });

/** A tilde means the file's own HOME, and without one itself. */
function fromHome(text: string, more: boolean, { lookup }: Expanding): string {
  const [, rest] = /^~(\/.*|$)/s.exec(text) ?? [];
  return rest === undefined || (rest === '' && more) ? text : (lookup('HOME') || '~') + rest;
}

/** The text of a word without being taken apart at blanks. */
const textOf = (word: Word, how: Expanding): string =>
  piecesOf(word, how)
    .map(piece => piece.text)
    .join('');

function textOfPart(part: Exclude<Part, { kind: 'bare' }>, how: Expanding): string {
  switch (part.kind) {
    case 'single':
      return part.text;
    case 'double':
      return part.parts
        .map(inner => (inner.kind === 'bare' ? inner.text.replace(/\\(["\\$`])/g, '$1') : textOfPart(inner, how)))
        .join('');
    case 'command':
      throw new Error(`unexpected command substitution: ${part.text}`);
    case 'variable':
      return variable(part, how);
  }
}

function variable({ name, length, change }: Extract<Part, { kind: 'variable' }>, how: Expanding): string {
  const value = how.lookup(name);
  if (value === '' && how.strict && !/^:?[-+=?]$/.test(change?.op ?? '')) throw new Error(`${name}: unbound variable`);
  if (length) return String([...value].length);
  return change === undefined ? value : changed(name, value, change, how);
}

function changed(name: string, value: string, { op, word }: Change, how: Expanding): string {
  const isSet = value !== '';
  const text = (): string => textOf(word, how);
  switch (op.replace(/^:(?=.)/, '')) {
    case '-':
      return isSet ? value : text();
    case '+':
      return isSet ? text() : '';
    case '=':
      if (!isSet) throw new Error(`${name}: variables cannot be set here`);
      return value;
    case '?':
      if (!isSet) throw new Error(`${name}: ${text() || 'parameter null or not set'}`);
      return value;
    case '#':
      return cut(value, text(), 'start', 'least');
    case '##':
      return cut(value, text(), 'start', 'most');
    case '%':
      return cut(value, text(), 'end', 'least');
    case '%%':
      return cut(value, text(), 'end', 'most');
    case '/':
    case '//':
      return replaced(value, text(), op === '//');
    case ':':
      return slice(value, text());
    default:
      return cased(value, op, text());
  }
}

/** A pattern of file names as a regular expression over characters. */
function patternSource(pattern: string): string {
  return pattern.replace(/\\([\s\S])|\[[!^]?\]?[^\]]*\]|[\s\S]/g, (token, escaped?: string) => {
    if (escaped !== undefined) return escaped.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    if (token === '*') return '[\\s\\S]*';
    if (token === '?') return '[\\s\\S]';
    if (token.length > 1) return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return token.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  });
}

function cut(value: string, pattern: string, where: 'start' | 'end', much: 'least' | 'most'): string {
  const whole = new RegExp(`^(?:${patternSource(pattern)})$`, 'u');
  const lengths = Array.from({ length: value.length + 1 }, (_, index) =>
    much === 'least' ? index : value.length - index,
  );
  const part = (length: number): string =>
    where === 'start' ? value.slice(0, length) : value.slice(value.length - length);
  const length = lengths.find(candidate => whole.test(part(candidate)));
  if (length === undefined) return value;
  return where === 'start' ? value.slice(length) : value.slice(0, value.length - length);
}

function replaced(value: string, text: string, all: boolean): string {
  const [, search = '', replacement = ''] = /^((?:[^\\/]|\\[\s\S])*)(?:\/([\s\S]*))?$/.exec(text) ?? [];
  if (search === '') return value;
  return value.replace(new RegExp(patternSource(search), all ? 'gu' : 'u'), () => replacement);
}

function slice(value: string, text: string): string {
  const [, from, length] = /^\s*(-?\d+)\s*(?::\s*(-?\d+)\s*)?$/.exec(text) ?? [];
  if (from === undefined) throw new Error(`${JSON.stringify(text)} is no place in a text`);
  const chars = [...value];
  const start = Number(from) < 0 ? Math.max(chars.length + Number(from), 0) : Number(from);
  const end = length === undefined ? undefined : Number(length) < 0 ? Number(length) : start + Number(length);
  return chars.slice(start, end).join('');
}

function cased(value: string, op: string, pattern: string): string {
  if (pattern !== '') throw new Error(`\${…${op}${pattern}}: patterns are not read here`);
  const change = (text: string): string => (op.startsWith('^') ? text.toUpperCase() : text.toLowerCase());
  return op.length === 2 ? change(value) : change(value.slice(0, 1)) + value.slice(1);
}
