/** When a statement of a module runs: whenever that is imported, only sometimes, or so that it may fail. */
import { callsIn, type PythonModule, type ScopedStatement } from './module.js';

/** `handled`: what fails in it is caught, and the module goes on without. */
export type Circumstances = 'always' | 'sometimes' | 'handled' | 'never';

/** Says when what begins at a token of the statement at an index runs. */
export function circumstancesOf(module: PythonModule, at: number, from: number): Circumstances {
  const { statements } = module;
  if (statements[at]!.guarded) return 'never';
  let when: Circumstances = isInlineChoice(statements[at]!, from) ? 'sometimes' : 'always';
  for (let header = headerOf(statements, at); header !== undefined; header = headerOf(statements, header)) {
    const word = wordOf(statements[header]!);
    if (word === 'try' && !givesUp(statements, header)) return 'handled';
    if (!/^(try|class|with)$/.test(word)) when = 'sometimes';
  }
  return when;
}

/** Whether a branch ends the program or the import: it raises, or leaves. */
export function endsIn(statements: readonly ScopedStatement[], header: number): boolean {
  return branchOf(statements, header).some(
    ({ tokens }) =>
      tokens[0]?.text === 'raise' ||
      callsIn(tokens).some(({ callee }) => /^(sys\.exit|exit|quit|os\._exit|os\.abort)$/.test(callee)),
  );
}

/** The lines that a statement is indented below, the nearest first. */
export function headersOf(statements: readonly ScopedStatement[], at: number): readonly ScopedStatement[] {
  const header = headerOf(statements, at);
  return header === undefined ? [] : [statements[header]!, ...headersOf(statements, header)];
}

/** The line that a statement is indented below; undefined at the top. */
function headerOf(statements: readonly ScopedStatement[], at: number): number | undefined {
  const { indent } = statements[at]!;
  for (let back = at - 1; back >= 0 && indent > 0; back--) {
    if (statements[back]!.indent < indent) return back;
  }
  return undefined;
}

function branchOf(statements: readonly ScopedStatement[], header: number): readonly ScopedStatement[] {
  const { indent } = statements[header]!;
  const rest = statements.slice(header + 1, header + 12);
  const end = rest.findIndex(statement => statement.indent <= indent);
  return end < 0 ? rest : rest.slice(0, end);
}

/** Whether what fails below a `try` ends the program all the same. */
function givesUp(statements: readonly ScopedStatement[], header: number): boolean {
  const { indent } = statements[header]!;
  for (let at = header + 1; at < statements.length && statements[at]!.indent >= indent; at++) {
    if (statements[at]!.indent > indent) continue;
    const word = wordOf(statements[at]!);
    if (word === 'except') return endsIn(statements, at);
    if (word !== 'else') break;
  }
  return true;
}

function wordOf({ tokens }: ScopedStatement): string {
  return (tokens[0]?.text === 'async' ? tokens[1]?.text : tokens[0]?.text) ?? '';
}

/** `a if b else c`, and what stands behind `or`, `and` or in a lambda. */
function isInlineChoice({ tokens }: ScopedStatement, from: number): boolean {
  const depths = depthsOf(tokens);
  return tokens.some(({ kind, text }, at) => {
    // What stands in brackets of its own decides about something else.
    if (kind !== 'name' || depths[at]! > depths[from]!) return false;
    return (at < from && /^(lambda|or|and)$/.test(text)) || (at > 0 && text === 'if');
  });
}

/** How many brackets are open at each token. */
function depthsOf(tokens: ScopedStatement['tokens']): readonly number[] {
  let depth = 0;
  return tokens.map(({ kind, text }) => {
    if (kind === 'op' && /^[([{]$/.test(text)) return depth++;
    if (kind === 'op' && /^[)\]}]$/.test(text)) depth--;
    return depth;
  });
}
