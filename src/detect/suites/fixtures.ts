/** Fixtures of pytest: those that a module defines, and those that its tests take. */
import { argumentsOf, callsIn, literalString, type PythonModule } from '../code/module.js';

/** The conftest.py files that pytest reads for some tests. */
export function conftestsAround(
  modules: readonly PythonModule[],
  files: readonly PythonModule[],
): readonly PythonModule[] {
  return modules.filter(({ path }) => {
    const directory = /^(.*\/)?conftest\.py$/.exec(path);
    return directory !== null && files.some(file => file.path.startsWith(directory[1] ?? ''));
  });
}

/** What was found of a module, which several parts of detection ask for. */
const DEFINED = new WeakMap<PythonModule, readonly string[]>();
const USED = new WeakMap<PythonModule, readonly string[]>();

/** Names of the fixtures that a module defines. */
export function fixturesOf(module: PythonModule): readonly string[] {
  const known = DEFINED.get(module) ?? findFixtures(module);
  DEFINED.set(module, known);
  return known;
}

/** Names of fixtures that the tests and fixtures of a module take, or ask for with usefixtures. */
export function fixturesUsedBy(module: PythonModule): readonly string[] {
  const known = USED.get(module) ?? findUsed(module);
  USED.set(module, known);
  return known;
}

function findFixtures({ statements }: PythonModule): readonly string[] {
  return statements.flatMap(({ tokens }, at) => {
    if (tokens[0]?.text !== '@' || !tokens.some(({ text }) => text === 'fixture')) return [];
    const call = tokens.findIndex(({ text }) => text === '(');
    const named = call < 0 ? undefined : argumentsOf(tokens, call).find(({ keyword }) => keyword === 'name');
    const definition = statements.slice(at + 1).find(other => other.tokens.some(({ text }) => text === 'def'));
    const name = named && literalString(named.tokens);
    return name ?? definition?.tokens[definition.tokens.findIndex(({ text }) => text === 'def') + 1]?.text ?? [];
  });
}

function findUsed(module: PythonModule): readonly string[] {
  const [fixtures, given] = [new Set(fixturesOf(module)), parametersOf(module)];
  return module.statements
    .flatMap(({ tokens }) => {
      const at = tokens.findIndex(({ text }) => text === 'def');
      const name = tokens[at + 1]?.text ?? '';
      const takes = at >= 0 && (name.startsWith('test') || fixtures.has(name));
      const taken = !takes
        ? []
        : argumentsOf(tokens, at + 2).flatMap(part => part.keyword ?? part.tokens[0]?.text ?? []);
      const asked = callsIn(tokens)
        .filter(({ callee }) => /(^|\.)(usefixtures|getfixturevalue)$/.test(callee))
        .flatMap(({ open }) => argumentsOf(tokens, open).flatMap(part => literalString(part.tokens) ?? []));
      return [...taken, ...asked];
    })
    .filter(name => !given.has(name));
}

/** Names that tests get values for by `@pytest.mark.parametrize`: they are no fixtures. */
function parametersOf({ statements }: PythonModule): ReadonlySet<string> {
  const names = statements.flatMap(({ tokens }) =>
    callsIn(tokens)
      .filter(({ callee }) => /(^|\.)parametrize$/.test(callee))
      .flatMap(({ open }) => argumentsOf(tokens, open)[0]?.tokens ?? [])
      .flatMap(({ kind, text }) => (kind === 'string' ? text.split(',').map(name => name.trim()) : [])),
  );
  return new Set(names);
}
