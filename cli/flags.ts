/** One argument of a function as one flag of the command line. */

import { InvalidArgumentError, Option } from 'commander';
import { type FunctionArgument, kebabCase, typeLabel, type ValueType } from './functions.js';

/** Takes an argument and returns its flag, named and described as `dagger call` does. */
export function flagFor(argument: FunctionArgument): Option {
  const { type } = argument;
  const name = kebabCase(argument.name);
  const option =
    type.kind === 'boolean'
      ? new Option(`--${name} [${typeLabel(type)}]`, describe(argument)).preset('true')
      : new Option(`--${name} <${typeLabel(type)}>`, describe(argument));
  option.argParser((text: string, previous: unknown) => parseFlag(type, text, previous));
  // Commander would put a default into the values; it is the function's own business, so it is only shown.
  return option.makeOptionMandatory(!argument.optional);
}

/** The key under which commander keeps a flag's value. */
export function flagKey(argument: FunctionArgument): string {
  return kebabCase(argument.name).replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Help text: the argument's description, then where its value comes from when the flag is not given. */
export function describe(argument: FunctionArgument): string {
  const notes: string[] = [];
  if (argument.default !== undefined) notes.push(`default: ${JSON.stringify(argument.default)}`);
  if (argument.defaultPath === '/')
    notes.push("default: the current directory's repository, or the current directory outside of one");
  else if (argument.defaultPath !== undefined) notes.push(`default: ${argument.defaultPath}`);
  if (!argument.optional) notes.push('required');
  return [argument.description, ...notes.map(note => `(${note})`)].filter(text => text !== '').join(' ');
}

/** A command that prints a secret may have commas. */
function itemsOf(type: ValueType, text: string): readonly string[] {
  return type.kind === 'object' && type.name === 'Secret' ? [text] : text.split(',');
}

/**
 * Takes a flag's text and returns its value; lists grow with each use of the flag and at commas.
 * Throws commander's InvalidArgumentError, which ends in exit code 2.
 */
function parseFlag(type: ValueType, text: string, previous?: unknown): unknown {
  switch (type.kind) {
    case 'list':
      return [
        ...(Array.isArray(previous) ? previous : []),
        ...itemsOf(type.of, text).map(item => parseFlag(type.of, item)),
      ];
    case 'integer':
      if (!/^[+-]?\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
      return Number(text);
    case 'float':
      if (text.trim() === '' || !Number.isFinite(Number(text))) throw new InvalidArgumentError('It must be a number.');
      return Number(text);
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It must be true or false.');
      return text === 'true';
    case 'enum':
      if (!type.values.includes(text)) throw new InvalidArgumentError(`It must be one of ${type.values.join(', ')}.`);
      return text;
    default:
      if (text === '') throw new InvalidArgumentError('It must not be empty.');
      return text;
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** `500MB`, `10G`, `1.5TB`, `1000000` → bytes. */
export function parseBytes(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be a size such as 500MB or 10GB.');
  return Math.round(Number(match[1]) * UNITS[match[2]!.toUpperCase()]!);
}

/** A path of this machine. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return text;
}

/** A host port. */
export function parsePort(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 1 || Number(text) > 65535)
    throw new InvalidArgumentError('It must be a port, 1 to 65535.');
  return Number(text);
}
