/** How tests are written: for pytest, or as cases of the standard library's unittest, which any runner can run. */
import { callsIn, dottedNameBefore, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import { moduleNamed } from '../code/names.js';
import type { PythonToken } from '../code/tokens.js';

const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test|tests)\.py$/;

/**
 * Whether a file holds something to collect: scripts that try things out are often named as tests are.
 * @param isNamed whether the project's own settings make a test file of one with such a name
 */
export function isTestModule(module: PythonModule, isNamed: (name: string) => boolean): boolean {
  if (!TEST_FILE.test(module.path) && !isNamed(module.path.split('/').at(-1)!)) return false;
  return module.statements.some(
    (statement, at) =>
      (isTestFunction(statement) && !isRoute(module.statements, at)) ||
      (defines(statement, 'class') && statement.tokens.some(isTestName)),
  );
}

const ROUTES = /\.(get|post|put|delete|route|api_route|websocket)$/;

/** Whether a function answers requests, by one of the decorators above it: a page to try something out with is named as tests are. */
function isRoute(statements: readonly ScopedStatement[], at: number): boolean {
  const [decorator] = at === 0 ? [] : [statements[at - 1]!.tokens];
  if (decorator?.[0]?.text !== '@') return false;
  return callsIn(decorator).some(({ callee }) => ROUTES.test(callee)) || isRoute(statements, at - 1);
}

const isTestName = ({ text }: PythonToken) => /Test/.test(text);

/** Whether a statement defines a test outside of any class. */
function isTestFunction(statement: ScopedStatement): boolean {
  return /^test/.test(definedName(statement, 'def') ?? '');
}

function defines(statement: ScopedStatement, word: 'def' | 'class'): boolean {
  return definedName(statement, word) !== undefined;
}

function definedName({ tokens }: ScopedStatement, word: 'def' | 'class'): string | undefined {
  const at = tokens[0]?.text === 'async' ? 1 : 0;
  return tokens[at]?.text === word ? tokens[at + 1]?.text : undefined;
}

/** Names that classes of cases end in: their own module may be a library's. */
const CASE = /(^|\.)\w*Test(Case|s)?(Mixin|Base)?$|^unittest\./;

/**
 * Whether nothing but pytest can run a file's tests: it imports pytest, or has tests that are no method of a case.
 * @param modules all of the app's: the classes that cases derive from may be in any
 */
export function needsPytest(module: PythonModule, modules: readonly PythonModule[]): boolean {
  if ([...module.imports.values()].some(name => /^_?pytest\b/.test(name))) return true;
  if (module.statements.some(statement => statement.scope.length === 0 && isTestFunction(statement))) return true;
  return module.statements.some(
    statement =>
      statement.scope.length === 0 &&
      /^Test/.test(definedName(statement, 'class') ?? '') &&
      !isCase(module, statement, modules, new Set()),
  );
}

/** Whether a class is one of cases, by itself or by what it derives from. */
function isCase(
  module: PythonModule,
  statement: ScopedStatement,
  modules: readonly PythonModule[],
  seen: Set<string>,
): boolean {
  const open = statement.tokens.findIndex(({ text }) => text === '(');
  if (open < 0) return false;
  const bases = statement.tokens.flatMap((token, at) =>
    at > open && /^[,)]$/.test(token.text) ? (dottedNameBefore(statement.tokens, at) ?? []) : [],
  );
  return bases.some(base => {
    const name = qualify(module, base);
    if (seen.has(name)) return false;
    seen.add(name);
    const inner = moduleNamed(name.slice(0, Math.max(name.lastIndexOf('.'), 0)), modules);
    const definition = inner && classIn(inner, name);
    return definition ? isCase(inner, definition, modules, seen) : CASE.test(name);
  });
}

function classIn(module: PythonModule, name: string): ScopedStatement | undefined {
  const own = name.slice(module.name.length + 1);
  return module.statements.find(statement => statement.scope.length === 0 && definedName(statement, 'class') === own);
}

/** Dotted names of what tests ask pytest for by `@pytest.mark.…`. */
export function marksOf({ statements }: PythonModule): readonly string[] {
  return statements.flatMap(({ tokens }) =>
    tokens.flatMap((token, at) =>
      token.text === 'mark' && tokens[at - 1]?.text === '.' && tokens[at - 2]?.text === 'pytest'
        ? (tokens[at + 2]?.text ?? [])
        : [],
    ),
  );
}
