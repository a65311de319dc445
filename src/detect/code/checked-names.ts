/** Names whose values a module checks before it goes on: it raises, or leaves, when there is none. */
import { endsIn } from './circumstances.js';
import type { PythonModule } from './module.js';
import type { PythonToken } from './tokens.js';

/** Finds the names, and the texts, in conditions such as `if not KEY: raise …`, and in `assert KEY`. */
export function checkedNames({ statements }: PythonModule): ReadonlySet<string> {
  const names = statements.flatMap(({ tokens: [first, ...condition] }, at) => {
    // What is held against another value was asked for before, or may be missing like that.
    const isAlone = !condition.some(({ text }) => text === '==');
    if (first?.text === 'assert' && isAlone)
      return condition.flatMap(({ kind, text }) => (kind === 'name' ? [text] : []));
    return first?.text === 'if' && endsIn(statements, at) ? missed(condition) : [];
  });
  return new Set(names);
}

/** The names, and the texts, that a condition finds missing: `not KEY`, `KEY is None`, `None in (KEY, OTHER)`, `not all([KEY, OTHER])`, `"KEY" not in …`. */
export function missed(condition: readonly PythonToken[]): readonly string[] {
  const words = condition.map(({ text }) => text);
  const text = words.join(' ');
  const isOfAll = /\bnot all\b|\bNone in\b|\bis None in\b/.test(text);
  // A condition that is met when there is a value finds nothing missing.
  const findsMissing = /\b(not|None)\b/.test(text) || words.some((word, at) => word === '==' && words[at + 1] === '');
  return condition.flatMap(({ kind, text: name }, at) => {
    if (kind === 'string') return findsMissing ? [name] : [];
    if (kind !== 'name') return [];
    if (isOfAll) return [name];
    let start = at;
    while (words[start - 1] === '.') start -= 2;
    const isLacking = /^(is None|== (None|)?)( |$)/.test(words.slice(at + 1, at + 3).join(' '));
    return words[start - 1] === 'not' || isLacking ? [name] : [];
  });
}
