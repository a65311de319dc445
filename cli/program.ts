/** Parses the command line: functions and flags from the function table, plus the few commands that only exist here. */

import { Command, CommanderError, Option } from 'commander';
import { ENGINE_NAMES, type EngineName } from './engine-choice.js';
import { EXIT } from './exit-codes.js';
import { flagFor, flagKey, parseBytes, parsePath, parsePort } from './flags.js';
import {
  ASKED_FUNCTIONS,
  FORMER_NAMES,
  type FunctionArgument,
  kebabCase,
  type ModuleFunction,
  type ModuleTable,
  SHOWN_FUNCTIONS,
} from './functions.js';
import {
  type FlagValues,
  IMAGE_FORMATS,
  type ImageFormat,
  type Invocation,
  type ResultFlags,
  type SessionFlags,
} from './invocation.js';
import { PROGRESS_MODES, type ProgressMode } from './progress-lines.js';

const ONLY_HERE = 'Only with ./quayside, not with dagger call:';
/** The function whose suites are those of `reports`. */
const REPORTED = 'test';
const EXPORTED = ['Directory', 'File', 'Container'];

type Chosen = (invocation: Invocation) => void;

/** Takes the arguments after the program's name and returns what they ask for; never throws for wrong usage and never exits. */
export function parseCommandLine(argv: readonly string[], table: ModuleTable, version: string): Invocation {
  const written = { stdout: '', stderr: '' };
  let chosen: Invocation | undefined;
  const program = buildProgram(table, version, invocation => {
    chosen = invocation;
  });
  for (const command of everyCommand(program)) {
    command.exitOverride().configureOutput({
      writeOut: text => {
        written.stdout += text;
      },
      writeErr: text => {
        written.stderr += text;
      },
    });
  }
  try {
    if (argv.length === 0) program.outputHelp();
    else program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 || written.stdout === '')
      return { kind: 'text', text: written.stderr, stream: 'stderr', code: EXIT.usage };
  }
  return chosen ?? { kind: 'text', text: written.stdout, stream: 'stdout', code: EXIT.ok };
}

/** Takes the table and what to do with the invocation, returns the commander program. */
export function buildProgram(table: ModuleTable, version: string, onChosen: Chosen): Command {
  const program = new Command('quayside')
    .description(table.description)
    .version(version)
    .usage('[flags] FUNCTION [flags]')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(quayside --help shows the functions and flags)');
  for (const argument of table.constructorArguments) program.addOption(flagFor(argument));
  program
    .addOption(choice('--progress', 'how to show progress on standard error', PROGRESS_MODES).helpGroup(ONLY_HERE))
    .addOption(
      choice('--engine', 'where to run: a session or binary of Dagger, or this machine', ENGINE_NAMES).helpGroup(
        ONLY_HERE,
      ),
    );
  for (const fn of table.functions) addFunction(program, table, fn, onChosen);
  addOwnCommands(program, onChosen);
  return program;
}

function addFunction(program: Command, table: ModuleTable, fn: ModuleFunction, onChosen: Chosen): void {
  const command = inherit(program, kebabCase(fn.name)).helpGroup('Functions:').description(fn.description);
  const former = FORMER_NAMES[fn.name];
  if (former !== undefined) command.alias(former);
  const subject = subjectOf(fn);
  for (const argument of fn.arguments)
    command.addOption(argument === subject ? flagFor(argument).makeOptionMandatory(false) : flagFor(argument));
  if (subject !== undefined) command.argument(`[${kebabCase(subject.name)}]`, 'the same as the flag of this name');
  for (const option of resultOptions(table, fn)) command.addOption(option.helpGroup(ONLY_HERE));
  command.action((word: unknown) => {
    const flags = command.optsWithGlobals();
    const given = subject === undefined || typeof word !== 'string' ? {} : { [subject.name]: word };
    const values = { ...given, ...pick(fn.arguments, flags) };
    if (subject !== undefined && values[subject.name] === undefined)
      command.error(`error: required option '${flagFor(subject).flags}' not specified`);
    onChosen({
      kind: 'call',
      function: fn,
      constructorValues: pick(table.constructorArguments, flags),
      values,
      result: resultFlags(flags),
      session: sessionFlags(flags),
    });
  });
}

/** What a function is about, which may be said without its flag: the one text that it cannot do without. */
function subjectOf({ arguments: list }: ModuleFunction): FunctionArgument | undefined {
  const required = list.filter(({ optional }) => !optional);
  return required.length === 1 && required[0]!.type.kind === 'string' ? required[0] : undefined;
}

/** What a caller may say about a result: where to write it, which port to serve it on. */
function resultOptions(table: ModuleTable, fn: ModuleFunction): Option[] {
  const options: Option[] = [];
  const returned = fn.returns.kind === 'object' ? fn.returns.name : '';
  const named = (flag: string): boolean =>
    [...fn.arguments, ...table.constructorArguments].some(argument => kebabCase(argument.name) === flag);
  if (EXPORTED.includes(returned) || fn.returns.kind === 'record')
    options.push(new Option('-o, --output <path>', 'where to write the result on this machine').argParser(parsePath));
  if (fn.returns.kind === 'string')
    options.push(new Option('-o, --output <path>', 'where to write the text on this machine').argParser(parsePath));
  if (returned === 'Container')
    options.push(
      choice(
        '--format',
        'media types of the archive: Podman shows a health check only with those of Docker',
        IMAGE_FORMATS,
      ),
    );
  if (returned === 'Service' && !named('port')) {
    options.push(
      new Option('--port <port>', 'the port to serve on (default: the one the service has)').argParser(parsePort),
    );
  }
  if (fn.name === REPORTED && table.functions.some(other => other.name === 'reports')) {
    options.push(
      new Option('--reports <dir>', 'also write the reports of this run there, whether tests fail or not').argParser(
        parsePath,
      ),
    );
  }
  if (ASKED_FUNCTIONS.includes(fn.name)) options.push(new Option('--yes', 'write without asking'));
  if (SHOWN_FUNCTIONS.includes(fn.name)) {
    options.push(
      new Option('--check', 'write nothing: exit with 1 and a list when files are not as they would be written'),
    );
  }
  return options;
}

function addOwnCommands(program: Command, onChosen: Chosen): void {
  const own = (parent: Command, name: string): Command => inherit(parent, name).helpGroup(ONLY_HERE);
  const run = own(program, 'run').usage('[flags] -- CMD [ARGS]').argument('<cmd...>', 'the command and its arguments');
  run
    .description('Runs CMD with DAGGER_SESSION_PORT and DAGGER_SESSION_TOKEN of a session, as `dagger run` does')
    .action((command: string[]) => onChosen({ kind: 'run', command, session: sessionFlags(run.optsWithGlobals()) }));
  const session = own(program, 'session');
  session
    .description(
      'Prints the port and token of a session as JSON and keeps it until standard input ends, as `dagger session` does',
    )
    // What the SDKs pass to `dagger session`; nothing here depends on it.
    .addOption(new Option('--label <label...>').hideHelp())
    .addOption(new Option('--workdir <dir>').hideHelp())
    .addOption(new Option('--project <dir>').hideHelp())
    .action(() => onChosen({ kind: 'session', session: sessionFlags(session.optsWithGlobals()) }));
  const setup = own(program, 'setup');
  setup
    .description('Installs what is missing on this machine: npm packages, and the packages of the local engine')
    .option('--platform <platforms>', 'and what runs programs for other platforms, such as linux/arm64: QEMU')
    .option('--for-tests', "and fetches what Quayside's own tests need: a Docker Engine, Compose and linters")
    .action(() => onChosen({ kind: 'setup', session: sessionFlags(setup.optsWithGlobals()) }));
  const engine = own(program, 'engine').description('The local engine: what it stores, and how to free it');
  const status = inherit(engine, 'status').description(
    'Prints where the local engine keeps its results and how much that is',
  );
  status
    .option('--json', 'as JSON')
    .action(() => onChosen({ kind: 'engine-status', json: status.opts().json === true }));
  const prune = inherit(engine, 'prune').description(
    'Removes results that no running session uses, least recently used first',
  );
  prune
    .addOption(new Option('--max-bytes <size>', 'how much may stay (default: nothing)').argParser(parseBytes))
    .action(() => {
      const { maxBytes = 0 } = prune.opts<{ maxBytes?: number }>();
      onChosen({ kind: 'engine-prune', maxBytes });
    });
}

function inherit(parent: Command, name: string): Command {
  return parent.command(name).copyInheritedSettings(parent);
}

function choice(flag: string, description: string, names: readonly string[]): Option {
  return new Option(`${flag} <name>`, description).choices(names).default(names[0]);
}

function sessionFlags(flags: Record<string, unknown>): SessionFlags {
  return { engine: flags.engine as EngineName, progress: flags.progress as ProgressMode };
}

function resultFlags({ output, format, port, reports, yes, check }: Record<string, unknown>): ResultFlags {
  return {
    output: output as string | undefined,
    format: format as ImageFormat | undefined,
    port: port as number | undefined,
    reports: reports as string | undefined,
    yes: yes as true | undefined,
    check: check as true | undefined,
  };
}

function pick(list: readonly FunctionArgument[], flags: Record<string, unknown>): FlagValues {
  return Object.fromEntries(
    list.map(argument => [argument.name, flags[flagKey(argument)]]).filter(([, value]) => value !== undefined),
  );
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
