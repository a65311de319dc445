/** A quick look at whether all that a file of Python opens is closed: most are, and their words need not be read to know it. */

const LINE_END = 10;
const QUOTES: ReadonlySet<number> = codes('"\'');
const OPENERS: ReadonlyMap<number, number> = new Map(['()', '[]', '{}'].map(pair => [at(pair, 0), at(pair, 1)]));
const CLOSERS: ReadonlySet<number> = codes(')]}');
const [HASH, BACKSLASH, BRACE] = [at('#', 0), at('\\', 0), at('{', 0)];

/** Prefixes of strings with fields. */
const FIELDS = /[fFtT][rR]?$/;
const PREFIX = /[A-Za-z]{0,3}$/;

/** Whatever is odd in a field: words are to be read then. */
const ODD_IN_FIELD = /["'{\\#\n]/;

/** What of a text a reader of words takes for something else: a carriage return ends a line, and a file with a null character is no Python. */
const ODD = /\r(?!\n)|\0/;

/**
 * Whether every string and bracket of a file is closed.
 * @returns false also where that takes more than a look
 */
export function isSurelyClosed(text: string): boolean {
  if (ODD.test(text)) return false;
  const open: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === HASH) index = endOfLine(text, index);
    else if (QUOTES.has(code)) {
      index = endOfString(text, index);
      if (index < 0) return false;
    } else if (OPENERS.has(code)) open.push(OPENERS.get(code)!);
    else if (CLOSERS.has(code) && open.pop() !== code) return false;
  }
  return open.length === 0;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The index of the last quote of the string that starts at one; -1 where that cannot be told. */
function endOfString(text: string, start: number): number {
  const quote = text[start]!;
  const isLong = text.startsWith(quote.repeat(3), start);
  const from = start + (isLong ? 3 : 1);
  const end = isLong ? endOfLong(text, from, quote.repeat(3)) : endOfShort(text, from, text.charCodeAt(start));
  if (end < 0) return -1;
  const prefix = PREFIX.exec(text.slice(Math.max(0, start - 3), start))![0];
  if (FIELDS.test(prefix) && !hasPlainFields(text.slice(from, end))) return -1;
  return isLong ? end + 2 : end;
}

function endOfLong(text: string, from: number, quotes: string): number {
  for (let end = text.indexOf(quotes, from); end >= 0; end = text.indexOf(quotes, end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH && end - backslashes > from) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return -1;
}

function endOfShort(text: string, from: number, quote: number): number {
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === quote) return index;
    if (code === LINE_END) return -1;
    if (code === BACKSLASH) index++;
  }
  return -1;
}

/** Whether the fields of a string hold nothing that could go on behind its end. */
function hasPlainFields(content: string): boolean {
  // A backslash before a brace means one thing or another.
  if (content.includes('\\')) return false;
  for (let index = content.indexOf('{'); index >= 0; index = content.indexOf('{', index)) {
    if (content.charCodeAt(index + 1) === BRACE) {
      index += 2;
      continue;
    }
    const end = content.indexOf('}', index);
    const field = end < 0 ? '{' : content.slice(index + 1, end);
    if (ODD_IN_FIELD.test(field) || !isBalanced(field)) return false;
    index = end + 1;
  }
  return true;
}

function isBalanced(field: string): boolean {
  const open: number[] = [];
  for (let index = 0; index < field.length; index++) {
    const code = field.charCodeAt(index);
    if (OPENERS.has(code)) open.push(OPENERS.get(code)!);
    else if (CLOSERS.has(code) && open.pop() !== code) return false;
  }
  return open.length === 0;
}

function codes(text: string): ReadonlySet<number> {
  return new Set([...text].map(char => char.charCodeAt(0)));
}

function at(text: string, index: number): number {
  return text.charCodeAt(index);
}
