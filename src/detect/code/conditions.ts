/** What the code does only under a condition: statements in a block of one, and names that are tested for having a value. */
import { headersOf } from './circumstances.js';
import type { PythonModule, ScopedStatement } from './module.js';
import type { PythonToken } from './tokens.js';

/** Words that begin a block which not every start of the app runs, or runs to its end. */
const BLOCK = /^(if|elif|else|try|except|def|async|for|while|match|case)$/;

/** Words that begin a block which only some settings lead to. */
const CONDITION = /^(if|elif|else|match|case)$/;

/** Whether a statement of a module stands in a function, below a condition or where a failure is caught. */
export function isConditional(module: PythonModule, at: number): boolean {
  return stands(module, at, BLOCK);
}

/** Whether a line of a module stands below a condition. */
export function isBelowCondition(module: PythonModule, line: number): boolean {
  return stands(
    module,
    module.statements.findLastIndex(statement => statement.line <= line),
    CONDITION,
  );
}

function stands({ statements }: PythonModule, at: number, block: RegExp): boolean {
  return at >= 0 && headersOf(statements, at).some(({ tokens }) => block.test(tokens[0]?.text ?? ''));
}

/**
 * Finds which of some names the app's code tests for having a value and goes on without: `if URL:`, `x = f(URL) if URL else None`,
 * `if not config["URL"]: return`. One whose absence ends the app is not among them, and neither is one that something else is taken for.
 */
export function namesGoneWithout(modules: readonly PythonModule[], names: ReadonlySet<string>): ReadonlySet<string> {
  const gone = new Set<string>();
  for (const { isTest, statements } of modules) {
    if (isTest) continue;
    statements.forEach(({ tokens }, at) => {
      tokens.forEach(({ kind, text }, index) => {
        if ((kind !== 'name' && kind !== 'string') || !names.has(text) || gone.has(text)) return;
        if (isTested(tokens, index) && !endsApp(statements, at)) gone.add(text);
      });
    });
  }
  return gone;
}

/** Whether a token, or the call or index that it is named in, is asked only for having a value. */
function isTested(tokens: readonly PythonToken[], at: number): boolean {
  const after = tokens[at]!.kind === 'string' ? afterBracket(tokens, at) : at + 1;
  const next = tokens[after]?.text ?? '';
  if (!/^(|and|or|:|else|is|in|not|\)|!=|==)$/.test(next)) return false;
  const before = tokens.slice(0, at).map(({ text }) => text);
  const isAsked = /^(if|elif)$/.test(before[0] ?? '') && !before.includes(':');
  const isChosen = before.lastIndexOf('if') > 0 && before.lastIndexOf('if') > before.lastIndexOf('else');
  return isAsked || isChosen || next === 'and' || /^(bool)$/.test(before.at(-2) ?? '');
}

/** The index after the bracket around a token: of `config["URL"]`, of `getattr(settings, "URL", None)`. */
function afterBracket(tokens: readonly PythonToken[], at: number): number {
  let depth = 0;
  for (let index = at + 1; index < tokens.length; index++) {
    const { kind, text } = tokens[index]!;
    if (kind !== 'op') continue;
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text) && --depth < 0) return index + 1;
  }
  return at + 1;
}

/** Whether the block that a statement begins, or the statement itself, ends the app. */
function endsApp(statements: readonly ScopedStatement[], at: number): boolean {
  const own = statements[at]!;
  const next = statements[at + 1];
  const inside = next && next.indent > own.indent ? next.tokens : own.tokens;
  return inside.some(({ kind, text }) => kind === 'name' && /^(raise|exit|_exit|abort)$/.test(text));
}
