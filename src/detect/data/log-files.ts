/** Files that logs go to: those of handlers, and of settings of logging. */
import type { Sourced } from '../../source/sourced.js';
import { isBesideApp } from '../code/env-reads.js';
import { argumentsOf, callsIn, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { writtenPath } from '../code/written-paths.js';
import type { Project } from '../project.js';
import { isBesideCode } from './database-files.js';

/** Finds the files that lie beside code, where nobody should write, by their paths from the app's directory. */
export function detectLogFiles(project: Project): readonly Sourced<string>[] {
  const own = project.modules.filter(({ isTest, path }) => !isTest && !isBesideApp(path));
  const files = own.flatMap(module =>
    module.statements.flatMap(statement => loggedFiles(module, project.modules, statement)),
  );
  const beside = files.filter(({ value }) => isBesideCode(project, value));
  return [...new Map(beside.toReversed().map(file => [file.value, file])).values()].toReversed();
}

/** The files that one statement names: `RotatingFileHandler(LOGS / "app.log")`, `basicConfig(filename="app.log")`, `"filename": "app.log"`. */
export function loggedFiles(
  module: PythonModule,
  modules: readonly PythonModule[],
  { tokens }: Pick<ScopedStatement, 'tokens'>,
): readonly Sourced<string>[] {
  return [...ofCalls(module, tokens), ...ofMappings(tokens)].flatMap(path => {
    const value = path.length === 0 ? undefined : writtenPath(path, module, modules);
    const place = { file: module.path, line: path[0]?.line ?? 1 };
    return value === undefined || value === '' ? [] : [{ value, place, why: 'logs are written there' }];
  });
}

function ofCalls(module: PythonModule, tokens: readonly PythonToken[]): readonly (readonly PythonToken[])[] {
  return callsIn(tokens).flatMap(({ callee, open }) => {
    const name = qualify(module, callee);
    const takesPath = /FileHandler$/.test(callee) || name === 'loguru.logger.add';
    if (!takesPath && name !== 'logging.basicConfig') return [];
    const parts = argumentsOf(tokens, open);
    const [first] = parts;
    const path = parts.find(({ keyword }) => keyword === 'filename') ?? (takesPath ? first : undefined);
    return path && (path.keyword === undefined || path.keyword === 'filename') ? [path.tokens] : [];
  });
}

function ofMappings(tokens: readonly PythonToken[]): readonly (readonly PythonToken[])[] {
  return tokens.flatMap(({ kind, text }, at) =>
    kind === 'string' && text === 'filename' && tokens[at + 1]?.text === ':' ? [valueFrom(tokens, at + 2)] : [],
  );
}

/** The tokens of a value in a mapping, up to the comma or bracket that ends it. */
function valueFrom(tokens: readonly PythonToken[], from: number): readonly PythonToken[] {
  let depth = 0;
  for (let at = from; at < tokens.length; at++) {
    const { kind, text } = tokens[at]!;
    if (kind !== 'op') continue;
    if (/^[([{]$/.test(text)) depth++;
    else if (/^[)\]}]$/.test(text) && --depth < 0) return tokens.slice(from, at);
    else if (depth === 0 && text === ',') return tokens.slice(from, at);
  }
  return tokens.slice(from);
}
