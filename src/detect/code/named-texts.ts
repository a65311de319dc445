/** Texts that code has names for: `KEY_DATABASE_URI = "DATABASE_URL"`, wherever it is imported from. */
import { literalString, type PythonModule } from './module.js';
import { moduleNamed, resolvedName } from './names.js';
import type { PythonToken } from './tokens.js';

/** How Python spells what nobody gives another value: https://peps.python.org/pep-0008/#constants */
const CONSTANT = /^_{0,2}[A-Z][A-Z0-9_]*$/;

/**
 * The text that an expression is, or that the constant has which it names: at the top of a module, or in a class there, such as an
 * enumeration whose `value` is asked for. Undefined where none is given it, or several are.
 */
export function textOf(
  tokens: readonly PythonToken[],
  module: PythonModule,
  modules: readonly PythonModule[],
): string | undefined {
  const literal = literalString(tokens);
  if (literal !== undefined) return literal;
  const isDotted = tokens.every(({ kind, text }, at) => (at % 2 === 0 ? kind === 'name' : text === '.'));
  if (tokens.length === 0 || !isDotted) return undefined;
  const name = tokens.map(({ text }) => text).join('');
  const written = name.replace(/\.value$/, '');
  if (!CONSTANT.test(written.split('.').at(-1)!)) return undefined;
  return constantText(resolvedName(module, written, modules), modules);
}

function constantText(name: string, modules: readonly PythonModule[], depth = 4): string | undefined {
  const parts = name.split('.');
  const constant = parts.at(-1)!;
  // The module itself, or one of its classes.
  for (const inside of [0, 1]) {
    const end = parts.length - 1 - inside;
    const owner = moduleNamed(parts.slice(0, end).join('.'), modules);
    if (!owner || end < 0) continue;
    const scope = parts.slice(end, -1);
    const origin = inside === 0 ? owner.imports.get(constant) : undefined;
    if (origin !== undefined && origin !== name && depth > 0) return constantText(origin, modules, depth - 1);
    const texts = owner.statements.flatMap(({ tokens, scope: own }) =>
      tokens[0]?.text === constant && own.join('.') === scope.join('.') ? (givenText(tokens) ?? []) : [],
    );
    if (texts.length > 0) return texts.length === 1 && texts[0] !== NO_TEXT ? texts[0] : undefined;
  }
  return undefined;
}

/** Stands for a value that is no text. */
const NO_TEXT = '\0';

/** `NAME = "text"` and `NAME: Final = "text"`; undefined of what gives it no value. */
function givenText(tokens: readonly PythonToken[]): string | undefined {
  const equals = tokens.findIndex(({ kind, text }) => kind === 'op' && text === '=');
  const isGiven = equals === 1 || (equals > 1 && tokens[1]?.text === ':');
  return isGiven ? (literalString(tokens.slice(equals + 1)) ?? NO_TEXT) : undefined;
}
