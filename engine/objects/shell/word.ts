/** Lines of a shell that set one variable, read into parts: what files of variables are written in. */

/** How the value of a variable is changed on its way: `op` and what stands behind it. */
export interface Change {
  readonly op: string;
  readonly word: Word;
}

export type Part =
  /** Bare text as it is written, backslashes included. */
  | { readonly kind: 'bare'; readonly text: string }
  | { readonly kind: 'single'; readonly text: string }
  | { readonly kind: 'double'; readonly parts: Word }
  | { readonly kind: 'variable'; readonly name: string; readonly length?: boolean; readonly change?: Change }
  /** What would have to be run or reckoned. */
  | { readonly kind: 'command'; readonly text: string };
export type Word = readonly Part[];

/** A variable that is set to words; more than one where blanks stand between them. */
export interface Assignment {
  readonly name: string;
  readonly words: readonly Word[];
}

/** A text that is read from its beginning to its end. */
interface Reading {
  readonly text: string;
  at: number;
}

const left = ({ text, at }: Reading): string => text.slice(at);

/** Reads what a pattern matches here; the pattern is sticky. */
function take(from: Reading, pattern: RegExp): string | undefined {
  pattern.lastIndex = from.at;
  const [found] = pattern.exec(from.text) ?? [];
  if (found !== undefined) from.at += found.length;
  return found;
}

const failure = (from: Reading, what: string): Error => new Error(`parse error: ${JSON.stringify(from.text)}: ${what}`);

/**
 * Reads a line as a shell would.
 * @returns undefined for a blank line and for a comment
 * @throws Error for what cannot be read, and for what is no bare assignment of one variable
 */
export function parseAssignment(line: string): Assignment | undefined {
  const from: Reading = { text: line, at: 0 };
  take(from, /\s*/y);
  if (left(from) === '' || left(from).startsWith('#')) return undefined;
  const name = take(from, /[A-Za-z_]\w*(?=\+?=)/y);
  if (name === undefined) throw failure(from, 'not a bare assignment');
  take(from, /\+?=/y);
  if (left(from).startsWith('(')) throw failure(from, 'lists of values are not read');
  const words = [readWord(from, undefined)];
  while (!atEnd(from)) {
    if (words.length === 1 && /^[A-Za-z_]\w*\+?=/.test(left(from)))
      throw failure(from, "can't assign multiple variables");
    words.push(readWord(from, undefined));
  }
  passRest(from);
  return { name, words: words.filter(word => word.length > 0) };
}

/** Passes over the statements after the first: they mean nothing here, but have to be some. @throws Error where they are none */
function passRest(from: Reading): void {
  while (take(from, /[ \t\r]*[;&\n]/y) !== undefined) {
    take(from, /\s*/y);
    if (/^(?:[;&|}]|{(?=\s|$))/.test(left(from))) throw failure(from, `${from.text[from.at]} must follow a statement`);
    while (!atEnd(from)) readWord(from, undefined);
  }
}

/** Passes over what stands between words; true where the statement is over. @throws Error where it is no assignment alone */
function atEnd(from: Reading): boolean {
  for (;;) {
    take(from, /[ \t\r]*/y);
    const rest = left(from);
    if (rest === '' || /^[#;\n]/.test(rest) || /^&(?!&)/.test(rest)) return true;
    if (/^(&&|\|)/.test(rest)) throw failure(from, 'not a bare assignment');
    if (/^[()]/.test(rest) || /^\d*<</.test(rest)) throw failure(from, 'not a word');
    if (take(from, /\d*[<>]+[&|]?[ \t]*/y) === undefined) return false;
    if (readWord(from, undefined).length === 0) throw failure(from, 'a redirection needs a word');
  }
}

/** Reads a word: up to a blank or an operator, or to what ends it, which is left unread. */
function readWord(from: Reading, end: '"' | '}' | undefined): Word {
  const bare =
    end === '"'
      ? /(?:[^"\\$`]|\\[\s\S])+/y
      : end === '}'
        ? /(?:[^}"'\\$`]|\\[\s\S])+/y
        : /(?:[^\s;&|<>()"'\\$`]|\\[\s\S])+/y;
  const parts: Part[] = [];
  for (;;) {
    const part = readQuoted(from, end) ?? readDollar(from, end === '"') ?? readBare(from, bare);
    if (part === undefined) return parts;
    parts.push(part);
  }
}

function readBare(from: Reading, bare: RegExp): Part | undefined {
  // A backslash at the very end is itself, a dollar before nothing that it could mean, too.
  const text = take(from, bare) ?? take(from, /\\$|\$/y);
  return text === undefined ? undefined : { kind: 'bare', text: text.replaceAll('\\\n', '') };
}

function readQuoted(from: Reading, end: '"' | '}' | undefined): Part | undefined {
  if (end === '"') return undefined;
  if (left(from).startsWith("$'")) return readAnsi(from);
  if (left(from).startsWith("'")) {
    const text = take(from, /'[^']*'/y);
    if (text === undefined) throw failure(from, "reached the end without closing quote '");
    return { kind: 'single', text: text.slice(1, -1) };
  }
  if (take(from, /\$?"/y) === undefined) return undefined;
  const parts = readWord(from, '"');
  if (take(from, /"/y) === undefined) throw failure(from, 'reached the end without closing quote "');
  return { kind: 'double', parts };
}

const ansi: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function readAnsi(from: Reading): Part {
  const text = take(from, /\$'(?:[^'\\]|\\[\s\S])*'/y);
  if (text === undefined) throw failure(from, "reached the end without closing quote '");
  const filled = text
    .slice(2, -1)
    .replace(/\\(?:x([\da-fA-F]{1,2})|u([\da-fA-F]{1,4})|([0-7]{1,3})|([\s\S]))/g, (whole, hex, wide, octal, char) => {
      if (hex ?? wide) return String.fromCodePoint(Number.parseInt(hex ?? wide, 16));
      if (octal) return String.fromCodePoint(Number.parseInt(octal, 8));
      return ansi[char] ?? (/["'\\?]/.test(char) ? char : whole);
    });
  return { kind: 'single', text: filled };
}

const parameter = /[A-Za-z_]\w*|\d+|[?!#$@*-]/y;

function readDollar(from: Reading, quoted: boolean): Part | undefined {
  const rest = left(from);
  if (rest.startsWith('`')) {
    const text = take(from, /`(?:[^`\\]|\\[\s\S])*`/y);
    if (text === undefined) throw failure(from, 'reached the end without closing quote `');
    return { kind: 'command', text };
  }
  if (rest.startsWith('$(')) return { kind: 'command', text: takeNested(from) };
  if (rest.startsWith('${')) return readBraced(from);
  if (!/^\$([A-Za-z_?!#$@*-]|\d)/.test(rest) || (quoted && rest.startsWith('$"'))) return undefined;
  from.at += 1;
  return { kind: 'variable', name: take(from, /[A-Za-z_]\w*|\d|[?!#$@*-]/y) ?? '' };
}

/** Reads from `$(` to the bracket that closes it. */
function takeNested(from: Reading): string {
  const start = from.at;
  let depth = 0;
  for (from.at += 1; from.at < from.text.length; ) {
    if (take(from, /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]/y) !== undefined) continue;
    const char = from.text[from.at];
    from.at += 1;
    if (char === '(') depth += 1;
    if (char === ')') depth -= 1;
    if (depth === 0) return from.text.slice(start, from.at);
  }
  throw failure(from, 'reached the end without matching ( with )');
}

function readBraced(from: Reading): Part {
  from.at += 2;
  const length = /^#[^}]/.test(left(from)) && take(from, /#/y) !== undefined;
  const name = take(from, parameter);
  if (name === undefined) throw failure(from, 'a variable needs a name');
  const op = take(from, /:?[-+=?]|##?|%%?|\/\/?|:|\^\^?|,,?/y);
  const change = op === undefined ? {} : { change: { op, word: readWord(from, '}') } };
  if (take(from, /}/y) === undefined) throw failure(from, 'reached the end without matching ${ with }');
  return { kind: 'variable', name, ...(length ? { length } : {}), ...change };
}
