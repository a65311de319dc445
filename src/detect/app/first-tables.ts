/**
 * Commands that clear a database of SQLite and make its tables, as Flask's tutorial has one: they are run while there is no database, and never again.
 * https://flask.palletsprojects.com/en/stable/tutorial/database/
 */
import { quoteWords } from '../../source/quote-words.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import { SERVICES } from '../../support/services/index.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { argumentsOf, callsIn, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import type { ServiceFacts } from '../facts.js';
import type { Project } from '../project.js';
import { bodyOf, decoratorsOf, isForTables, nameOf, wantsMore } from './table-makers.js';

/** What takes everything away, and puts tables in its place. */
const CLEARS = /^(executescript|drop_all)$/;

/** What asks somebody. */
const ASKS = /(^|\.)(confirm|prompt|input|getpass)$/;

/** Where the database lies, relative to the app's directory. */
export interface DatabasePlace {
  /** The services that the app has; one with a database has no file. */
  readonly services: readonly ServiceFacts[];
  readonly files: readonly Sourced<string>[];
  readonly volumes: readonly Sourced<string>[];
}

/** Finds such a command, with what it waits for: a file that is not there, or a directory of data with nothing in it. */
export function firstTables(
  { modules }: Project,
  dependencies: readonly Dependency[],
  { services, files, volumes }: DatabasePlace,
): Sourced<readonly string[]> | undefined {
  const instance = volumes.find(({ value }) => value === 'instance');
  const there = files[0] ? `[ -s ${quoteWords([files[0].value])} ]` : instance && '[ -n "$(ls -A instance)" ]';
  const program = WEB_FRAMEWORKS.flatMap(([, { packages, program: own }]) =>
    own?.registers !== undefined && dependencyOn(dependencies, ...packages) ? [own.name] : [],
  )[0];
  const isServed = services.some(({ kind }) => SERVICES[kind].isDatabase);
  if (isServed || there === undefined || program === undefined) return undefined;
  const own = modules.filter(({ isTest, text }) => !isTest && text.includes('command'));
  const added = addedCommands(own);
  for (const module of own) {
    for (const [at, statement] of module.statements.entries()) {
      const name = commandName(module, at, added);
      if (name === undefined || !isForTables(name) || !clears(module, bodyOf(module.statements, at))) continue;
      const why = "the app's own command makes the tables, and clears them: run while there is no database";
      const value = ['sh', '-c', `${there} || exec ${program} ${name}`];
      return { value, place: { file: module.path, line: statement.line }, why };
    }
  }
  return undefined;
}

/** Names of functions that are given to the app's program: `app.cli.add_command(init_db_command)`. */
function addedCommands(modules: readonly PythonModule[]): ReadonlySet<string> {
  return new Set(
    modules.flatMap(({ statements }) =>
      statements
        .filter(({ tokens }) => tokens.some(({ text }) => text === 'add_command'))
        .flatMap(({ tokens }) =>
          callsIn(tokens).flatMap(({ callee, open }) =>
            callee.endsWith('.cli.add_command') ? (argumentsOf(tokens, open)[0]?.tokens.at(-1)?.text ?? []) : [],
          ),
        ),
    ),
  );
}

/** The name of the command that a function at an index is, without anything that it wants to be told. */
function commandName(module: PythonModule, at: number, added: ReadonlySet<string>): string | undefined {
  const [def, written] = module.statements[at]!.tokens;
  if (def?.text !== 'def' || written === undefined) return undefined;
  const decorators = decoratorsOf(module.statements, at);
  const isCommand = (callee: string) =>
    /(^|_)app\.cli\.command$/.test(callee) || (qualify(module, callee) === 'click.command' && added.has(written.text));
  const decorator = decorators.find(tokens => callsIn(tokens).some(({ callee }) => isCommand(callee)));
  return decorator && !wantsMore(decorators) ? nameOf(decorator, written.text) : undefined;
}

/** Whether statements clear a database without asking, themselves or by a function of their module. */
function clears(module: PythonModule, body: readonly ScopedStatement[]): boolean {
  const called = new Set(body.flatMap(({ tokens }) => callsIn(tokens).map(({ callee }) => callee)));
  const inner = module.statements.flatMap(({ tokens: [def, name] }, at) =>
    def?.text === 'def' && called.has(name?.text ?? '') ? bodyOf(module.statements, at) : [],
  );
  const done = [...body, ...inner].map(({ tokens }) => tokens);
  const isCleared = done.some(tokens =>
    tokens.some(({ text }, at) => CLEARS.test(text) && tokens[at + 1]?.text === '('),
  );
  return isCleared && !done.some(tokens => callsIn(tokens).some(({ callee }) => ASKS.test(callee)));
}
