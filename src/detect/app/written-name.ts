/** A name that code takes from a setting: `app.config["TASK_QUEUE"]`, where that is given a text somewhere. */
import { literalString, type PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';

/**
 * The text that an expression stands for: its own, or the last one of the statement that gives its setting a value, which may be the default
 * of a variable. Undefined where nothing shows it.
 */
export function writtenName(expression: readonly PythonToken[], modules: readonly PythonModule[]): string | undefined {
  const own = literalString(expression);
  if (own !== undefined) return own;
  const setting = expression.findLast(({ kind }) => kind === 'name' || kind === 'string')?.text;
  for (const { statements } of modules) {
    for (const { tokens } of statements) {
      const [first, second] = tokens;
      if (first?.text !== setting || (second?.text !== '=' && second?.text !== ':')) continue;
      const last = tokens.findLast(({ kind, formatted }) => kind === 'string' && !formatted);
      if (last && last.text !== setting) return last.text;
    }
  }
  return undefined;
}
