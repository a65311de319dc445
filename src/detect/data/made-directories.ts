/** Directories that the code makes, and those that it writes logs to. */
import type { Place } from '../../diagnostics/place.js';
import { isBesideApp } from '../code/env-reads.js';
import { mentioning } from '../code/mentions.js';
import { argumentsOf, callsIn, closingOf, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { writtenPath } from '../code/written-paths.js';
import { loggedFiles } from './log-files.js';

/** A directory, absolute or relative to the app's own, and what says that the app writes to it. */
export interface WrittenDirectory {
  readonly directory: string;
  readonly place: Place;
  readonly why: string;
}

/** Names of directories that hold what an app writes, and not the next version of its code. */
const FOR_DATA =
  /^(logs?|uploads?|media|data|caches?|\.cache|tmp|temp|outputs?|exports?|reports?|storage|downloads?|files)$/;

/** Finds both in the app's own modules, in their order. */
export function madeDirectories(modules: readonly PythonModule[]): readonly WrittenDirectory[] {
  const own = modules.filter(({ isTest, path }) => !isTest && !isBesideApp(path));
  const collected = new Set(mentioning(own, ['STATIC_ROOT']).flatMap(module => collectedInto(module, modules)));
  return own.flatMap(module =>
    module.statements.flatMap(statement => {
      const at = { module, modules, statement };
      return [...made(at), ...logged(at)].filter(({ directory }) => isData(directory, at) && !collected.has(directory));
    }),
  );
}

/**
 * Where Django collects static files: settings make it so that it is there, and a build fills it. What outlives containers would hide what the next build
 * collects.
 */
function collectedInto(module: PythonModule, modules: readonly PythonModule[]): readonly string[] {
  return module.statements.flatMap(({ tokens }) =>
    tokens[0]?.text === 'STATIC_ROOT' && tokens[1]?.text === '='
      ? (writtenPath(tokens.slice(2), module, modules) ?? [])
      : [],
  );
}

interface At {
  readonly module: PythonModule;
  readonly modules: readonly PythonModule[];
  readonly statement: ScopedStatement;
}

/** Among the code there is what tools write for its next version, unless it is made whenever the app starts or by its name is data. */
function isData(directory: string, { modules, statement }: At): boolean {
  const holdsCode = (path: string) => modules.some(module => module.path.startsWith(`${path}/`));
  if (directory === '' || holdsCode(directory)) return false;
  const isAtStart = statement.scope.length === 0 && !statement.guarded;
  return isAtStart || FOR_DATA.test(directory.split('/').at(-1)!) || !holdsCode(directory.split('/')[0]!);
}

/** `os.makedirs("logs")`, `(BASE / "logs").mkdir()`. */
function made({ module, modules, statement: { tokens } }: At): readonly WrittenDirectory[] {
  const byOs = callsIn(tokens)
    .filter(({ callee }) => /^os\.(mkdir|makedirs)$/.test(qualify(module, callee)))
    .flatMap(({ open, line }) => {
      const path = argumentsOf(tokens, open)[0]?.tokens ?? [];
      return [{ path, line }];
    });
  const byPath = tokens.flatMap(({ text, line, kind }, at) => {
    const isCall = kind === 'name' && text === 'mkdir' && tokens[at - 1]?.text === '.' && tokens[at + 1]?.text === '(';
    const from = isCall ? expressionStart(tokens, at - 2) : undefined;
    return from === undefined ? [] : [{ path: tokens.slice(from, at - 1), line }];
  });
  return [...byOs, ...byPath].flatMap(({ path, line }) => {
    const directory = path.length === 0 ? undefined : writtenPath(path, module, modules);
    return directory === undefined ? [] : [{ directory, place: { file: module.path, line }, why: 'made by the code' }];
  });
}

/** Where the expression begins that ends at an index: a name with dots, or what stands in a bracket, with what calls it. */
function expressionStart(tokens: readonly PythonToken[], end: number): number | undefined {
  let at = end;
  if (tokens[at]?.text === ')') {
    at = tokens.findIndex((token, index) => token.text === '(' && closingOf(tokens, index) === end);
    if (at < 0) return undefined;
    // A bracket that nothing calls begins the expression.
    if (tokens[at - 1]?.kind !== 'name') return at;
    at -= 1;
  }
  while (tokens[at]?.kind === 'name' && tokens[at - 1]?.text === '.') at -= 2;
  return tokens[at]?.kind === 'name' ? at : undefined;
}

/** The directory of a file that logs go to. */
function logged({ module, modules, statement }: At): readonly WrittenDirectory[] {
  return loggedFiles(module, modules, statement).flatMap(({ value: file, place }) => {
    const directory = file.replace(/\/?[^/]*$/, '');
    return directory === '' ? [] : [{ directory, place, why: 'logs are written there' }];
  });
}
