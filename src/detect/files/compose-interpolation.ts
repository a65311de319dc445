/** Variables in compose files, as the compose specification has them: https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md */

import { readEnvLines } from './env-file.js';

/** Values by names of variables. */
export type ComposeVariables = ReadonlyMap<string, string>;

/**
 * Puts values in the place of `$NAME` and `${NAME}`, with the forms `:-`, `-`, `:+`, `+`, `:?` and `?`; `$$` is a dollar sign.
 * A variable without a value is empty, as it is to compose; so is one that compose would insist on. What is no such form stays.
 */
export function interpolate(text: string, variables: ComposeVariables): string {
  let result = '';
  for (let at = 0; at < text.length; ) {
    const form = text[at] === '$' ? formAt(text, at) : undefined;
    result += form ? filledIn(form, variables) : text[at];
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

function formAt(text: string, at: number): Form | undefined {
  if (text[at + 1] === '$') return { name: '$', rest: '', end: at + 2 };
  const [name] = /^[A-Za-z_]\w*/.exec(text.slice(at + 1)) ?? [];
  if (name !== undefined) return { name, rest: '', end: at + 1 + name.length };
  const close = text[at + 1] === '{' ? closingBrace(text, at + 1) : -1;
  const [, inner, rest = ''] = close < 0 ? [] : (/^([A-Za-z_]\w*)(.*)$/s.exec(text.slice(at + 2, close)) ?? []);
  return inner === undefined ? undefined : { name: inner, rest, end: close + 1 };
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{' && (at === open || text[at - 1] === '$')) depth++;
    if (text[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

function filledIn({ name, rest }: Form, variables: ComposeVariables): string {
  if (name === '$') return '$';
  const value = variables.get(name);
  const [, colon, operator, word = ''] = /^(:?)([-+?])(.*)$/s.exec(rest) ?? [];
  const isSet = value !== undefined && !(colon === ':' && value === '');
  switch (operator) {
    case '-':
      return isSet ? value : interpolate(word, variables);
    case '+':
      return isSet ? interpolate(word, variables) : '';
    default:
      return value ?? '';
  }
}

/** Reads a file of variables as compose does. */
export function readVariables(text: string): ComposeVariables {
  return new Map(readEnvLines(text).map(({ name, value }) => [name, value]));
}
