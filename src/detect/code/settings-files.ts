/**
 * Variables that stand in for what a file of settings leaves empty: a parser of configparser's whose interpolation of the app's own asks the environment for
 * the name of each entry. Which names these are is seen where the code takes entries out of it: `settings["server"]["SECRET_KEY"]`.
 */
import type { EnvRead } from './env-read.js';
import { argumentsOf, callsIn, type PythonModule, qualify } from './module.js';
import { canonicalName } from './names.js';
import type { PythonToken } from './tokens.js';

/** The parsers that take an interpolation. */
const PARSERS = /^configparser\.(Raw|Safe)?ConfigParser$/;

/** How variables are written, in contrast to other entries. */
const NAME = /^[A-Z][A-Z0-9_]*$/;

/** Finds the reads of all such parsers. */
export function findFileReads(modules: readonly PythonModule[]): readonly EnvRead[] {
  const interpolations = new Set(modules.flatMap(module => interpolationsIn(module, modules)));
  if (interpolations.size === 0) return [];
  const parsers = new Set(modules.flatMap(module => parsersIn(module, modules, interpolations)));
  return modules.flatMap(module =>
    module.statements.flatMap(({ tokens }) =>
      tokens.flatMap((token, at) => {
        const isParser = token.kind === 'name' && parsers.has(canonicalName(qualify(module, token.text), modules));
        const entry = isParser ? entryBehind(tokens, at) : undefined;
        return entry === undefined
          ? []
          : [
              {
                name: entry.text,
                path: module.path,
                line: entry.line,
                required: false,
                without: 'nothing' as const,
                tested: 'truth' as const,
              },
            ];
      }),
    ),
  );
}

/** Names of classes that interpolate with what the environment has by a name that is no literal. */
function interpolationsIn(module: PythonModule, modules: readonly PythonModule[]): readonly string[] {
  return module.statements.flatMap(({ tokens: [word, name, ...rest] }) => {
    if (word?.text !== 'class' || name === undefined) return [];
    const bases = rest
      .map(({ text }) => text)
      .join('')
      .split(/[(),:]+/);
    const isOne = bases.some(base =>
      /^configparser\.\w*Interpolation$/.test(canonicalName(qualify(module, base), modules)),
    );
    const body = module.statements.filter(({ scope }) => scope.includes(name.text));
    return isOne && body.some(({ tokens }) => asksEnvironment(module, tokens)) ? [qualify(module, name.text)] : [];
  });
}

/** `os.getenv(option)`, `os.environ.get(option)`, `os.environ[option]`. */
function asksEnvironment(module: PythonModule, tokens: readonly PythonToken[]): boolean {
  const isCalled = callsIn(tokens).some(
    ({ callee, open }) =>
      /^os\.(getenv|environ\.get)$/.test(qualify(module, callee)) &&
      argumentsOf(tokens, open)[0]?.tokens[0]?.kind === 'name',
  );
  return (
    isCalled ||
    tokens.some(({ text }, at) => text === 'environ' && tokens[at + 1]?.text === '[' && tokens[at + 2]?.kind === 'name')
  );
}

/** Names that are given such a parser. */
function parsersIn(
  module: PythonModule,
  modules: readonly PythonModule[],
  interpolations: ReadonlySet<string>,
): readonly string[] {
  return module.statements.flatMap(({ tokens }) => {
    const [target, equals] = tokens;
    const call = callsIn(tokens).find(({ callee }) => PARSERS.test(canonicalName(qualify(module, callee), modules)));
    if (target?.kind !== 'name' || equals?.text !== '=' || call === undefined) return [];
    const option = argumentsOf(tokens, call.open).find(({ keyword }) => keyword === 'interpolation');
    const made = option?.tokens.find(({ kind }) => kind === 'name')?.text;
    const isOurs = made !== undefined && interpolations.has(canonicalName(qualify(module, made), modules));
    return isOurs ? [qualify(module, target.text)] : [];
  });
}

/** The entry that is taken out of a parser: behind its section in brackets, `parser["a"]["KEY"]` and `parser["a"].get("KEY")`, or in one call, `parser.get("a", "KEY")`. */
function entryBehind(tokens: readonly PythonToken[], at: number): PythonToken | undefined {
  const words = tokens.slice(at + 1, at + 8);
  const shape = words.map(({ kind, text }) => (kind === 'string' ? '"' : text)).join('');
  const index = /^\["\]\["\]/.test(shape)
    ? 4
    : /^\["\]\.get\w*\("/.test(shape)
      ? 6
      : /^\.get\w*\(","/.test(shape)
        ? 5
        : -1;
  const entry = words[index];
  return entry?.kind === 'string' && NAME.test(entry.text) ? entry : undefined;
}
