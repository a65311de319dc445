/** What a program does before it serves: a server that imports the app never gets to `if __name__ == "__main__":`, where tables are made. */
import type { Sourced } from '../../source/sourced.js';
import { isBesideApp } from '../code/env-reads.js';
import { callsIn, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { Project } from '../project.js';
import { bodyOf, makesTables } from './table-makers.js';

/** Ends of the names by which frameworks and servers are started: the same as in docker/main-block.py. */
const STARTS = /(^|\.)(run|run_app|run_until_complete|serve|serve_forever)$/;

/** What may be done at each start, and asks nobody. */
const HARMLESS =
  /(^|\.)(create_all|app_context|print|makedirs|mkdir|exists|isfile|isdir|join|dirname|abspath|Path|environ\.get|getenv|int|str|bool|len|inspect|has_table|get_table_names|basicConfig|getLogger|setLevel|info|debug|warning|ArgumentParser|add_argument|parse_args|Config|load_dotenv|freeze_support)$/;

/** Finds the module whose block makes the tables before it starts a server, and does nothing else that would have to be asked about. */
export function tablesOfProgram({ modules }: Project): Sourced<string> | undefined {
  const own = modules.filter(({ isTest, path, text }) => !isTest && text.includes('__name__') && !isBesideApp(path));
  for (const module of own) {
    const guarded = module.statements.filter(({ guarded: isGuarded, scope }) => isGuarded && scope.length === 0);
    const start = guarded.findIndex(({ tokens }) => callsIn(tokens).some(({ callee }) => STARTS.test(callee)));
    const line = start < 0 ? undefined : madeBefore(module, guarded.slice(0, start), modules);
    if (line !== undefined)
      return { value: module.name, place: { file: module.path, line }, why: 'makes the tables before it serves' };
  }
  return undefined;
}

/** The line where tables are made; undefined where none are, or where something else is done that not every start may do. */
function madeBefore(
  module: PythonModule,
  statements: readonly ScopedStatement[],
  modules: readonly PythonModule[],
): number | undefined {
  const calls = statements.flatMap(({ tokens }) => callsIn(tokens));
  const makers = calls.filter(
    ({ callee }) => callee.endsWith('.create_all') || isMaker(canonicalName(qualify(module, callee), modules), modules),
  );
  return calls.every(call => makers.includes(call) || HARMLESS.test(call.callee)) ? makers[0]?.line : undefined;
}

/** Whether a function of the app makes tables, and nothing that must not be made again. */
function isMaker(name: string, modules: readonly PythonModule[]): boolean {
  const at = name.lastIndexOf('.');
  const module = modules.find(other => other.name === name.slice(0, at));
  const index = module?.statements.findIndex(
    ({ tokens, scope }) => scope.length === 0 && tokens[0]?.text === 'def' && tokens[1]?.text === name.slice(at + 1),
  );
  return module !== undefined && index !== undefined && index >= 0
    ? makesTables(bodyOf(module.statements, index)) !== undefined
    : false;
}
