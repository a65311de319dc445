/** Variables that the code gives a value itself, or asks about before it reads them: it does not need one from elsewhere. */
import { argumentsOf, callsIn, dottedNameBefore, literalString, type PythonModule } from './module.js';
import { resolvedName } from './names.js';

/** Finds their names: `os.environ["NAME"] = …`, `os.environ.setdefault("NAME", …)`, `monkeypatch.setenv("NAME", …)`. */
export function writtenVariables(modules: readonly PythonModule[]): ReadonlySet<string> {
  return new Set(
    modules.flatMap(module => module.statements.flatMap(({ tokens }) => writtenIn(tokens, module, modules))),
  );
}

/** Finds the names of those that the code looks for: `if "NAME" in os.environ`. */
export function lookedForVariables(modules: readonly PythonModule[]): ReadonlySet<string> {
  const found = modules.flatMap(module =>
    module.statements.flatMap(({ tokens }) =>
      tokens.flatMap(({ kind, text }, at) => {
        const word = tokens[at + 1]?.text === 'not' ? at + 2 : at + 1;
        if (kind !== 'string' || tokens[word]?.text !== 'in') return [];
        const rest = tokens.slice(word + 1);
        const end = rest.findIndex(token => token.kind !== 'name' && token.text !== '.');
        const written = (end < 0 ? rest : rest.slice(0, end)).map(token => token.text).join('');
        return isEnvironment(module, written, modules) ? [text] : [];
      }),
    ),
  );
  return new Set(found);
}

/** Whether a name is the environment's, be it that all names of another module brought it. */
function isEnvironment(module: PythonModule, written: string, modules: readonly PythonModule[]): boolean {
  return resolvedName(module, written, modules) === 'os.environ';
}

/** Whether a variable is given what settings have read it as: `os.environ["API_KEY"] = settings.API_KEY`. */
function isHandedOn(name: string, value: PythonModule['statements'][number]['tokens']): boolean {
  return value.some(({ kind, text }) => kind !== 'op' && text.toUpperCase() === name.toUpperCase());
}

function writtenIn(
  tokens: PythonModule['statements'][number]['tokens'],
  module: PythonModule,
  modules: readonly PythonModule[],
): readonly string[] {
  const stores = tokens.flatMap(({ kind, text }, at) => {
    const key = tokens[at + 1];
    const isStore = text === '[' && kind === 'op' && key?.kind === 'string' && tokens[at + 3]?.text === '=';
    const isEnviron = isStore && isEnvironment(module, dottedNameBefore(tokens, at) ?? '', modules);
    return isEnviron && !isHandedOn(key.text, tokens.slice(at + 4)) ? [key.text] : [];
  });
  const calls = callsIn(tokens).flatMap(({ callee, open }) => {
    const name = resolvedName(module, callee, modules);
    const isWrite = /^os\.(environ\.setdefault|putenv)$/.test(name) || callee.endsWith('monkeypatch.setenv');
    const [first, second] = isWrite ? argumentsOf(tokens, open) : [];
    const written = first && literalString(first.tokens);
    return written === undefined || isHandedOn(written, second?.tokens ?? []) ? [] : [written];
  });
  return [...stores, ...calls];
}
