/** Variables in compose files, as the compose specification has them: https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md */

import { readEnvLines } from './env-file.js';

/** Values by names of variables. */
export type ComposeVariables = ReadonlyMap<string, string>;

/**
 * Puts values in the place of `$NAME` and `${NAME}`, with the forms `:-`, `-`, `:+`, `+`, `:?` and `?`; `$$` is a dollar sign.
 * A variable without a value is empty, as it is to compose; so is one that compose would insist on. What is no such form stays.
 * @param unset what stands for a value that nobody knows here. Default: nothing
 */
export function interpolate(text: string, variables: ComposeVariables, unset = ''): string {
  return filled(text, { variables, unset }, 0);
}

interface Values {
  readonly variables: ComposeVariables;
  readonly unset: string;
}

/** Forms within forms: nobody writes as many, and each is read as often as it lies deep. */
const DEEPEST = 16;

function filled(text: string, values: Values, depth: number): string {
  if (depth > DEEPEST) return text;
  const closing = closingBraces(text);
  let result = '';
  for (let at = 0; at < text.length; ) {
    const form = text[at] === '$' ? formAt(text, at, closing) : undefined;
    result += form ? filledIn(form, word => filled(word, values, depth + 1), values) : text[at];
    at = form ? form.end : at + 1;
  }
  return result;
}

/** A place for a value; `rest` is what follows the name within the braces. */
interface Form {
  readonly name: string;
  readonly rest: string;
  /** Index after it. */
  readonly end: number;
}

function formAt(text: string, at: number, closing: ReadonlyMap<number, number>): Form | undefined {
  if (text[at + 1] === '$') return { name: '$', rest: '', end: at + 2 };
  const word = /[A-Za-z_]\w*/y;
  word.lastIndex = at + 1;
  const [name] = word.exec(text) ?? [];
  if (name !== undefined) return { name, rest: '', end: at + 1 + name.length };
  const close = closing.get(at + 1);
  const [, inner, rest = ''] =
    close === undefined ? [] : (/^([A-Za-z_]\w*)(.*)$/s.exec(text.slice(at + 2, close)) ?? []);
  return inner === undefined ? undefined : { name: inner, rest, end: close! + 1 };
}

/** Where each brace behind a dollar sign is closed, if it is. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{' && text[at - 1] === '$') open.push(at);
    const opened = text[at] === '}' ? open.pop() : undefined;
    if (opened !== undefined) closing.set(opened, at);
  }
  return closing;
}

function filledIn({ name, rest }: Form, fill: (word: string) => string, { variables, unset }: Values): string {
  if (name === '$') return '$';
  const value = variables.get(name);
  const [, colon, operator, word = ''] = /^(:?)([-+?])(.*)$/s.exec(rest) ?? [];
  const isSet = value !== undefined && !(colon === ':' && value === '');
  switch (operator) {
    case '-':
      return isSet ? value : fill(word);
    case '+':
      return isSet ? fill(word) : '';
    default:
      return value ?? unset;
  }
}

/** Reads a file of variables as compose does. */
export function readVariables(text: string): ComposeVariables {
  return new Map(readEnvLines(text).map(({ name, value }) => [name, value]));
}
