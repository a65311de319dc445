/** A place where the code reads an environment variable. */
import { literalString } from './module.js';
import type { PythonToken } from './tokens.js';

export interface EnvRead {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  /** The literal default, when there is one. */
  readonly fallback?: string;
  /** No default of any kind: the read fails or gives None without the variable. */
  readonly required: boolean;
}

/** What the words after an equals sign, or of an argument, say of a default; undefined: there are none. */
export function fallbackOf(tokens: readonly PythonToken[] | undefined): Pick<EnvRead, 'fallback' | 'required'> {
  if (tokens === undefined || (tokens.length === 1 && tokens[0]?.text === 'None')) return { required: true };
  const literal = literalString(tokens);
  return literal === undefined ? { required: false } : { fallback: literal, required: false };
}
