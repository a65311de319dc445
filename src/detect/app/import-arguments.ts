/** Code that reads the arguments of a command line when it is imported: those of a server are other ones. */
import type { Sourced } from '../../source/sourced.js';
import { circumstancesOf } from '../code/circumstances.js';
import { argumentsOf, callsIn, importsAtTop, type PythonModule, qualify } from '../code/module.js';
import { canonicalName, moduleNamed } from '../code/names.js';

/** Methods of parsers that end the program at an argument which they do not know. */
const METHODS = /\.parse_(intermixed_)?args$/;

/** Modules whose parsers those are. */
const PARSERS = /^(argparse|optparse|configargparse|jsonargparse|tap)(\.|$)/;

/** Functions that do all of it. */
const FUNCTIONS = /^(docopt\.docopt|fire\.Fire|typer\.run|tyro\.cli|absl\.app\.run)$/;

/**
 * Finds where the module with the app, or one that it imports at once, reads arguments whenever it is imported: below
 * `if __name__ == "__main__"` and under a condition it does not.
 */
export function argumentsAtImport(entry: string, modules: readonly PythonModule[]): Sourced<string> | undefined {
  for (const module of importedAtOnce(entry, modules)) {
    for (const [at, statement] of module.statements.entries()) {
      if (statement.scope.length > 0) continue;
      const call = callsIn(statement.tokens).find(
        ({ callee, open }) =>
          circumstancesOf(module, at, open) === 'always' &&
          readsArguments({ module, statement, callee, open }, modules),
      );
      if (call === undefined) continue;
      return {
        value: `${module.name} reads arguments`,
        place: { file: module.path, line: call.line },
        why: `${call.callee}() runs when it is imported, and ends every server: the arguments there are the server's`,
      };
    }
  }
  return undefined;
}

/** A module with all that importing it runs, in any order. */
function importedAtOnce(entry: string, modules: readonly PythonModule[]): ReadonlySet<PythonModule> {
  const first = moduleNamed(entry, modules);
  const reached = new Set(first ? [first] : []);
  // A set that grows while it is walked hands out what is added.
  for (const module of reached) {
    for (const { name } of importsAtTop(module)) {
      const own = moduleNamed(name, modules) ?? moduleNamed(name.replace(/\.[^.]*$/, ''), modules);
      if (own && !own.isTest) reached.add(own);
    }
  }
  return reached;
}

interface Call {
  readonly module: PythonModule;
  readonly statement: PythonModule['statements'][number];
  readonly callee: string;
  readonly open: number;
}

/** Whether a call parses them, or one of the app's functions does that is called by it. */
function readsArguments(
  { module, statement, callee, open }: Call,
  modules: readonly PythonModule[],
  depth = 3,
): boolean {
  const isGiven = argumentsOf(statement.tokens, open).some(({ keyword }) => keyword === undefined);
  if (METHODS.test(callee)) return !isGiven && [...module.imports.values()].some(name => PARSERS.test(name));
  const name = canonicalName(qualify(module, callee), modules);
  if (FUNCTIONS.test(name)) return true;
  const at = name.lastIndexOf('.');
  const other = at < 0 ? undefined : moduleNamed(name.slice(0, at), modules);
  if (other === undefined || depth === 0) return false;
  return other.statements.some(
    inside =>
      inside.scope.length === 1 &&
      inside.scope[0] === name.slice(at + 1) &&
      callsIn(inside.tokens).some(call =>
        readsArguments({ ...call, module: other, statement: inside }, modules, depth - 1),
      ),
  );
}
