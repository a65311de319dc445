/** Regular expressions as ripgrep reads them, in the words of this language. What has no such words is refused. */

export interface PatternOptions {
  readonly literal: boolean;
  readonly insensitive: boolean;
  /** Whether a match may go over lines. */
  readonly multiline: boolean;
  /** Whether a dot stands for the end of a line as well. */
  readonly dotall: boolean;
}

const syntax = /[\\^$.*+?()[\]{}|/]/g;
const word = '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}';
const space = '\\t-\\r\\x20\\x85\\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{2028}\\u{2029}\\u{202f}\\u{205f}\\u{3000}';

/** Classes that may stand in brackets, and alone. */
const classes: Readonly<Record<string, string>> = { w: word, d: '\\p{Nd}', s: space };
const posix: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7f',
  blank: '\\t\\x20',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: '\\x20-~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t-\\r\\x20',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** Places rather than characters. */
const places: Readonly<Record<string, string>> = {
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
  b: `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`,
  B: `(?:(?<=[${word}])(?=[${word}])|(?<![${word}])(?![${word}]))`,
};

const escapedLiteral = (char: string): string => char.replace(syntax, '\\$&');

interface Reading {
  readonly text: string;
  at: number;
}

const refuse = (what: string): never => {
  throw new Error(`regex parse error: ${what}`);
};

/** Reads what stands after a backslash. */
function readEscape(from: Reading, inClass: boolean): string {
  const braced = /^[xuU]\{([\da-fA-F]{1,6})\}/.exec(from.text.slice(from.at));
  if (braced !== null) {
    from.at += braced[0].length;
    return `\\u{${braced[1]}}`;
  }
  const fixed = /^(?:x[\da-fA-F]{2}|u[\da-fA-F]{4})/.exec(from.text.slice(from.at));
  const property = /^[pP](?:\{\^?[^}]+\}|[A-Z])/.exec(from.text.slice(from.at));
  const found = fixed?.[0] ?? property?.[0];
  if (found !== undefined) {
    from.at += found.length;
    return fixed !== null ? `\\${found}` : `\\${found[0]}{${found.slice(1).replace(/[{}]/g, '')}}`;
  }
  const char = from.text[from.at] ?? refuse('incomplete escape sequence, reached end of pattern prematurely');
  from.at += 1;
  const known = classes[char.toLowerCase()];
  if (known !== undefined) {
    if (char === char.toLowerCase()) return inClass ? known : `[${known}]`;
    return inClass ? refuse(`\\${char} in brackets is not served`) : `[^${known}]`;
  }
  if (!inClass && places[char] !== undefined) return places[char];
  if ('tnrfv'.includes(char)) return `\\${char}`;
  if (char === 'a') return '\\x07';
  if (/[0-9]/.test(char)) return refuse('backreferences are not supported');
  if (/[A-Za-z]/.test(char)) return refuse(`unrecognized escape sequence \\${char}`);
  return inClass && char === '-' ? '\\-' : escapedLiteral(char);
}

/** Reads a class in brackets, from behind its first one. */
function bracketed(from: Reading): string {
  const negated = from.text[from.at] === '^';
  if (negated) from.at += 1;
  let inside = '';
  for (let first = true; ; first = false) {
    const named = /^\[:(\^?)(\w+):\]/.exec(from.text.slice(from.at));
    const char = from.text[from.at] ?? refuse('unclosed character class');
    if (named !== null) {
      from.at += named[0].length;
      inside +=
        named[1] === '' ? (posix[named[2]!] ?? refuse(`no such class: ${named[2]}`)) : refuse('[:^…:] is not served');
      continue;
    }
    if (char === '[' || /^(&&|--|~~)/.test(from.text.slice(from.at))) refuse('sets of classes are not served');
    from.at += 1;
    if (char === ']' && !first) return `[${negated ? '^' : ''}${inside}]`;
    inside += char === '\\' ? readEscape(from, true) : char === '-' ? '-' : escapedLiteral(char);
  }
}

/** Reads what opens a group, from behind its bracket. */
function group(from: Reading): string {
  const rest = from.text.slice(from.at);
  if (/^\?(?:<?[=!])/.test(rest)) return refuse('look-around, including look-ahead and look-behind, is not supported');
  if (!rest.startsWith('?') || rest.startsWith('?:')) return '(';
  const name = /^\?P?<(\w+)>/.exec(rest);
  if (name === null) return refuse(`${rest.slice(0, 6)} is not served inside of a pattern`);
  from.at += name[0].length;
  return `(?<${name[1]}>`;
}

function translate(text: string): string {
  const from: Reading = { text, at: 0 };
  let source = '';
  while (from.at < text.length) {
    const char = text[from.at]!;
    from.at += 1;
    if (char === '\\') source += readEscape(from, false);
    else if (char === '[') source += bracketed(from);
    else if (char === '(') source += group(from);
    else if (char === '}' && !/\{\d+(?:,\d*)?$/.test(source)) source += '\\}';
    else if (char === ']' || char === '/') source += `\\${char}`;
    else source += char;
  }
  return source;
}

/**
 * The expression that a pattern of ripgrep means.
 * @throws Error for one that cannot be read, and for one that goes over lines where that is not asked for
 */
export function searchPattern(pattern: string, { literal, insensitive, multiline, dotall }: PatternOptions): RegExp {
  const [, given = ''] = (literal ? null : /^\(\?([imsu]+)\)/.exec(pattern)) ?? [];
  const text = given === '' ? pattern : pattern.slice(given.length + 3);
  const crosses = literal ? text.includes('\n') : /\n|(?<!\\)(?:\\\\)*\\n/.test(text);
  if (crosses && !multiline)
    throw new Error('the literal "\\n" is not allowed in a regex: search over lines by multiline');
  const flags = [
    'g',
    'u',
    'm',
    ...(insensitive || given.includes('i') ? ['i'] : []),
    ...(dotall || given.includes('s') ? ['s'] : []),
  ];
  const source = literal ? escapedLiteral(text) : translate(text);
  try {
    return new RegExp(source, flags.join(''));
  } catch (error) {
    throw new Error(`regex parse error: ${JSON.stringify(pattern)}: ${(error as Error).message}`);
  }
}
