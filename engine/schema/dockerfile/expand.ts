/** Words of a Dockerfile with quotes taken away and variables put in, by the rules of BuildKit's shell.Lex. */

/** The value of a variable; undefined where there is none. */
export type Lookup = (name: string) => string | undefined;

interface Text {
  readonly text: string;
  readonly escaping: string;
  readonly lookup: Lookup;
  at: number;
}

/**
 * A word as an instruction means it.
 * @throws Error for a brace or a quote that stays open, and for what is asked of a variable in a way that is not served
 */
export function expandWord(text: string, lookup: Lookup, escaping = '\\'): string {
  const from: Text = { text, escaping, lookup, at: 0 };
  return until(from, undefined);
}

/** Words between blanks; quotes hold them together and stay. */
export function splitWords(text: string, escaping = '\\'): readonly string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === escaping && quote !== "'") word += char + (text[++at] ?? '');
    else if (quote === '' && /\s/.test(char)) {
      if (word !== '') words.push(word);
      word = '';
    } else {
      if (quote === char) quote = '';
      else if (quote === '' && (char === '"' || char === "'")) quote = char;
      word += char;
    }
  }
  return word === '' ? words : [...words, word];
}

/** Reads to a character that ends it, which is left unread, or to the end. */
function until(from: Text, end: '"' | '}' | undefined): string {
  let out = '';
  while (from.at < from.text.length) {
    const char = from.text[from.at]!;
    if (char === end) return out;
    from.at += 1;
    if (char === '$') out += variable(from);
    else if (char === from.escaping) out += escaped(from, end === '"');
    else if (char === "'" && end !== '"') out += single(from);
    else if (char === '"') {
      out += until(from, '"');
      from.at += 1;
    } else out += char;
  }
  if (end !== undefined) throw new Error(`${JSON.stringify(from.text)} has no closing ${end}`);
  return out;
}

/** Within double quotes the character stays where the next one has no meaning. */
function escaped(from: Text, isQuoted: boolean): string {
  const next = from.text[from.at];
  if (next === undefined) return '';
  from.at += 1;
  return isQuoted && next !== '"' && next !== '$' && next !== from.escaping ? from.escaping + next : next;
}

function single(from: Text): string {
  const end = from.text.indexOf("'", from.at);
  if (end < 0) throw new Error(`${JSON.stringify(from.text)} has no closing '`);
  const out = from.text.slice(from.at, end);
  from.at = end + 1;
  return out;
}

function variable(from: Text): string {
  const rest = from.text.slice(from.at);
  const plain = /^(?:[A-Za-z_]\w*|\d|[@*#?!$-])/.exec(rest)?.[0];
  if (plain !== undefined) {
    from.at += plain.length;
    return from.lookup(plain) ?? '';
  }
  const [opening, name] = /^\{([A-Za-z_]\w*|\d+)/.exec(rest) ?? [];
  if (opening === undefined || name === undefined) return '$';
  from.at += opening.length;
  const operator = /^(?::?[-+?]|\}|.*)/s.exec(from.text.slice(from.at))![0];
  if (operator === '}') {
    from.at += 1;
    return from.lookup(name) ?? '';
  }
  if (!/^:?[-+?]$/.test(operator))
    throw new Error(`\${${name}${operator.slice(0, 20)}: variables are taken as they are, or with :-, :+ or :?`);
  from.at += operator.length;
  const word = until(from, '}');
  from.at += 1;
  return chosen({ name, word, operator, value: from.lookup(name) });
}

interface Choice {
  readonly name: string;
  readonly operator: string;
  readonly word: string;
  readonly value: string | undefined;
}

/** With a colon an empty value counts as none. */
function chosen({ name, operator, word, value }: Choice): string {
  const given = operator.startsWith(':') && value === '' ? undefined : value;
  switch (operator.at(-1)) {
    case '+':
      return given === undefined ? '' : word;
    case '-':
      return given ?? word;
    default:
      if (given === undefined) throw new Error(`${name}: ${word || 'is not set'}`);
      return given;
  }
}
