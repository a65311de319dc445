/** What an app without migrations makes its tables with: a script such as `create_db.py`, or a command of its own such as `flask init-db`. */
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import type { FrameworkProgram } from '../../support/frameworks/definition.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { lastOf } from '../code/mentions.js';
import { argumentsOf, callsIn, literalString, type PythonModule, type ScopedStatement } from '../code/module.js';
import type { Project } from '../project.js';

const NAMED_FOR_IT =
  /^((create|init|make|setup)[_-]?(db|database|tables)|(db|database|tables)[_-]?(create|init|setup))([_-]?(command|cmd))?$/;

/** What takes away, asks somebody or adds rows, which no release may do again and again. */
const ONCE_ONLY = /(^|\.)(drop\w*|confirm|prompt|input|add|add_all|executescript)$/;

/** Options that a command of click wants to be told. */
const WANTED = /(^|\.)(argument|(confirmation|password)_option)$/;

/** Finds what makes the tables that are not there, and removes none; a script goes before a command. */
export function tableMaker(
  { modules }: Project,
  dependencies: readonly Dependency[],
): Sourced<readonly string[]> | undefined {
  const own = modules.filter(module => !module.isTest);
  const programs = WEB_FRAMEWORKS.flatMap(([, { packages, program }]) =>
    program?.registers !== undefined && dependencyOn(dependencies, ...packages) ? [program] : [],
  );
  return (
    firstOf(own, script) ??
    firstOf(programs, program => firstOf(own, module => firstOf(commandsOf(module, program), ownCommand(program))))
  );
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function script(module: PythonModule): Sourced<readonly string[]> | undefined {
  const { path } = module;
  const [, name] = /^([^/]*)\.py$/.exec(path) ?? [];
  const line = name !== undefined && NAMED_FOR_IT.test(name) ? makesTables(module.statements) : undefined;
  return line === undefined
    ? undefined
    : { value: ['python', path], place: { file: path, line }, why: 'makes the tables' };
}

/** A command that an app's own code gives its framework's program. */
interface OwnCommand {
  readonly module: PythonModule;
  readonly name: string;
  readonly body: readonly ScopedStatement[];
}

const ownCommand =
  ({ name: program }: FrameworkProgram) =>
  ({ module: { path }, name, body }: OwnCommand): Sourced<readonly string[]> | undefined => {
    const line = NAMED_FOR_IT.test(name) ? makesTables(body) : undefined;
    return line === undefined
      ? undefined
      : { value: [program, name], place: { file: path, line }, why: "the app's own command makes the tables" };
  };

/** Those that a module registers with the app itself: those of a blueprint have its name before theirs. */
function commandsOf(module: PythonModule, { registers }: FrameworkProgram): readonly OwnCommand[] {
  if (registers === undefined || !module.text.includes(lastOf(registers))) return [];
  const { statements } = module;
  return statements.flatMap((statement, at) => {
    const [def, written] = statement.tokens;
    if (def?.text !== 'def' || written === undefined) return [];
    const decorators = decoratorsOf(statements, at);
    const registered = decorators.find(tokens =>
      callsIn(tokens).some(
        ({ callee, open }) => open === callee.split('.').length * 2 - 1 && isOfApp(callee, registers),
      ),
    );
    const name = registered && nameOf(registered, written.text);
    if (name === undefined || wantsMore(decorators)) return [];
    return [{ module, name, body: withoutChosen(bodyOf(statements, at), statement) }];
  });
}

/** What stands above a function's definition at an index, without its signs. */
export function decoratorsOf(statements: readonly ScopedStatement[], at: number): readonly ScopedStatement['tokens'][] {
  return statements.slice(firstDecorator(statements, at), at).map(({ tokens }) => tokens.slice(1));
}

/** Whether a command wants to be told something by whoever runs it. */
export function wantsMore(decorators: readonly ScopedStatement['tokens'][]): boolean {
  return decorators.some(
    tokens =>
      /\b(prompt|required)\b/.test(tokens.map(({ text }) => text).join(' ')) ||
      callsIn(tokens).some(({ callee }) => WANTED.test(callee)),
  );
}

/** Whether a command is called after what makes tables. */
export function isForTables(name: string): boolean {
  return NAMED_FOR_IT.test(name);
}

function isOfApp(callee: string, registers: string | undefined): boolean {
  return /^(\w+_)?app(lication)?$/.test(callee.slice(0, -`.${registers}`.length)) && callee.endsWith(`.${registers}`);
}

function firstDecorator(statements: readonly ScopedStatement[], at: number): number {
  const above = statements[at - 1];
  const isDecorator = above?.tokens[0]?.text === '@' && above.indent === statements[at]!.indent;
  return isDecorator ? firstDecorator(statements, at - 1) : at;
}

/** The name that click gives a command: without one in words, that of the function, whose last word newer releases leave out. */
export function nameOf(decorator: ScopedStatement['tokens'], written: string): string | undefined {
  const open = decorator.findIndex(({ text }) => text === '(');
  const given = argumentsOf(decorator, open).find(({ keyword }) => keyword === undefined || keyword === 'name');
  if (given) return literalString(given.tokens);
  return /_(command|cmd|group|grp)$/.test(written) ? undefined : written.toLowerCase().replaceAll('_', '-');
}

/** What a function's definition at an index has below it. */
export function bodyOf(statements: readonly ScopedStatement[], at: number): readonly ScopedStatement[] {
  const below = statements.slice(at + 1);
  const end = below.findIndex(({ indent }) => indent <= statements[at]!.indent);
  return end < 0 ? below : below.slice(0, end);
}

/** A function without what it only does when one of its parameters says so, which are options that nobody gives. */
function withoutChosen(body: readonly ScopedStatement[], { tokens }: ScopedStatement): readonly ScopedStatement[] {
  const parameters = new Set(tokens.slice(2).flatMap(({ kind, text }) => (kind === 'name' ? [text] : [])));
  const kept: ScopedStatement[] = [];
  for (let at = 0; at < body.length; at++) {
    const [first, second, third] = body[at]!.tokens;
    const isChosen = first?.text === 'if' && parameters.has(second?.text ?? '') && third?.text === ':';
    if (isChosen) at += bodyOf(body, at).length;
    else kept.push(body[at]!);
  }
  return kept;
}

/** The line where tables are made that are not there; undefined where something is done beside it that must not be done again. */
export function makesTables(statements: readonly ScopedStatement[]): number | undefined {
  const calls = statements.flatMap(({ tokens }) => callsIn(tokens));
  if (calls.some(({ callee }) => ONCE_ONLY.test(callee))) return undefined;
  return calls.find(({ callee }) => callee.endsWith('.create_all'))?.line;
}
