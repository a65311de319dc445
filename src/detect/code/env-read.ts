/** A place where the code reads an environment variable. */
import type { ValueKind } from '../../support/value-kinds.js';
import { literalString } from './module.js';
import type { PythonToken } from './tokens.js';

export interface EnvRead {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  /** The literal default, when there is one. */
  readonly fallback?: string;
  /** Whether its default is put together of other values. */
  readonly isComposed?: true;
  /** No default of any kind: the read fails or gives None without the variable. */
  readonly required: boolean;
  /** What the app has without the variable, where that is plain: the read fails, or a default that is nothing (`None`, `False`, `""`). */
  readonly without?: 'fails' | 'nothing';
  /** What turns it off, where its default turns it on and is no text: `False` for `True`, `0` for `1`. */
  readonly off?: string;
  /** What alone is asked of it where that is plain: whether it is there, or whether it is any text but an empty one. */
  readonly tested?: 'presence' | 'truth';
  /** What the code takes the value for, where the read fails without the variable; absent: it does not fail. */
  readonly need?: ReadNeed;
}

/** A kind of value, as far as the code says of which, and a value that the code itself allows. */
export interface Wanted {
  readonly kind?: ValueKind;
  readonly value?: string;
  /** All values that it allows, where they are few. */
  readonly choices?: readonly string[];
}

/** What a read needs that fails without its variable. */
export interface ReadNeed extends Wanted {
  /** Whether it is read whenever its module is imported; else it takes a condition, or a call. */
  readonly always: boolean;
}

/** Defaults that are there to be tested for. */
const NOTHING = /^(None|False|0)$/;

/** What turns off what a default turns on that is no text. */
const OFF: ReadonlyMap<string, string> = new Map([
  ['True', 'False'],
  ['1', '0'],
]);

/** What the words after an equals sign, or of an argument, say of a default; undefined: there are none. */
export function fallbackOf(
  tokens: readonly PythonToken[] | undefined,
): Pick<EnvRead, 'fallback' | 'isComposed' | 'off' | 'required' | 'without'> {
  if (tokens === undefined) return { required: true };
  const [only, ...others] = tokens;
  const isNothing = others.length === 0 && only !== undefined && NOTHING.test(only.text) && only.kind !== 'string';
  if (isNothing) return { required: only.text === 'None', without: 'nothing' };
  const off = others.length === 0 && only?.kind !== 'string' ? OFF.get(only?.text ?? '') : undefined;
  if (off !== undefined) return { off, required: false };
  const literal = literalString(wrappedText(tokens));
  if (literal === undefined) return isComposed(tokens) ? { isComposed: true, required: false } : { required: false };
  return literal === ''
    ? { fallback: literal, required: false, without: 'nothing' }
    : { fallback: literal, required: false };
}

/** A text that a class takes for its own kind of value, which is as good as the text: `PostgresDsn("postgresql://localhost/shop")`. */
function wrappedText(tokens: readonly PythonToken[]): readonly PythonToken[] {
  const open = tokens.findIndex(({ kind, text }) => kind === 'op' && text === '(');
  const [name, close] = [tokens[open - 1]?.text ?? '', tokens.at(-1)?.text];
  const isDotted = tokens.slice(0, Math.max(open, 0)).every(({ kind, text }) => kind === 'name' || text === '.');
  const isValue = open > 0 && isDotted && /^(\w+(Dsn|Url|URL)|URL)$/.test(name) && close === ')';
  return isValue ? tokens.slice(open + 1, -1) : tokens;
}

/** Whether a default is one text with fields whose own part is no start of an address: other values say what it is. */
function isComposed([text, ...fields]: readonly PythonToken[]): boolean {
  const isOneText = fields.every(({ kind }) => kind !== 'string') && fields[0]?.text === 'field';
  return text?.formatted === true && isOneText && !/^[a-z][\w+.-]*:\/\//.test(text.text);
}
