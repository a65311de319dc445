/** Commands that start a server for the app, and what they say of it. */
import { defined } from '../../source/defined.js';
import { resolvePath } from '../../source/paths.js';
import { type AppReference, readReference } from '../../support/app-object.js';
import { RUN_SERVERS, type RunServerKind, runServer } from '../../support/run-servers.js';
import type { CommandGrammar, OptionMeaning } from '../../support/servers/definition.js';
import type { CommandVariable, ShellWord } from './command-line.js';
import { type ReadOption, readOptions } from './options.js';
import type { RunProgram } from './runners.js';

/** What a command that starts a server asks for. */
export interface ServerCommand {
  readonly server: RunServerKind;
  /** The app that it names. */
  readonly app?: AppReference;
  /** Directory that imports start from, when the command changes to one. */
  readonly directory?: string;
  readonly workerClass?: string;
  /** File with the server's settings. */
  readonly settings?: string;
  /** One worker is asked for: the app may keep things in memory. */
  readonly single: boolean;
  /** Number of workers. */
  readonly workers?: string;
  /** Options that say how the app is served, as words. */
  readonly options: readonly string[];
  /** Options that only suit the place they were written for, or have a value that only a running shell knows. */
  readonly leftOut: readonly string[];
}

/** Understands a program with its arguments; undefined when it starts no server that is known. */
export function serverCommand(run: RunProgram): ServerCommand | undefined {
  const direct = serverNamed(run.program);
  if (direct) return understood(direct, run);
  // A script of which nothing else is known, or a program that runs others, may be given a server's whole command line.
  const at = run.args.findIndex(({ text }) => serverNamed(text.split('/').at(-1)!));
  const kind = at < 0 ? undefined : serverNamed(run.args[at]!.text.split('/').at(-1)!);
  const passed = kind && understood(kind, { ...run, args: run.args.slice(at + 1) });
  return passed?.app?.attribute === undefined ? undefined : passed;
}

function serverNamed(program: string): RunServerKind | undefined {
  return RUN_SERVERS.find(([, { command }]) => command.programs.includes(program))?.[0];
}

function understood(server: RunServerKind, { args, variables, directory }: RunProgram): ServerCommand {
  const { command } = runServer(server);
  const written = args.map(word => inFull(word, command));
  const { options, operands } = readOptions(written, command.takingValue);
  const value = (meaning: OptionMeaning) => lastValue(options, command, meaning);
  const isFactory = options.some(({ name }) => command.means[name] === 'factory');
  const settings = value('settings')?.replace(/^file:/, '');
  const start = resolvePath(directory, value('directory')?.split(',')[0] ?? importsFrom(variables) ?? '');
  return {
    server,
    ...defined({
      app:
        operands[0] && !/\.ini$/.test(operands[0].text) ? appNamed(operands[0], isFactory) : appOfOptions(value, start),
      directory: start === '' ? undefined : start,
      workerClass: value('worker class'),
      settings: settings === undefined ? undefined : resolvePath(directory, settings),
    }),
    ...optionsOf(options, command),
  };
}

/** An option in full that is written with its first letters alone: those may be of one option only. */
function inFull(word: ShellWord, { takingValue, abbreviates }: CommandGrammar): ShellWord {
  const [, name] = /^(--\w[\w-]*)(=|$)/.exec(word.text) ?? [];
  if (!abbreviates || name === undefined || takingValue.includes(name)) return word;
  // An option that others begin with stands for all of them: --log-config, --log-config-json.
  const longer = takingValue.filter(option => option.startsWith(name));
  const [only, another] = longer.filter(option => !longer.some(other => other !== option && option.startsWith(other)));
  return only === undefined || another !== undefined ? word : { ...word, text: only + word.text.slice(name.length) };
}

/** The app that options name: by its module, by its file, or as one behind a path. */
function appOfOptions(value: (meaning: OptionMeaning) => string | undefined, start: string): AppReference | undefined {
  const [mounted] = /[^=]+$/.exec(value('mounted app') ?? '') ?? [];
  const written = value('app') ?? value('app file') ?? mounted;
  if (written === undefined) return undefined;
  const [, path] = /^(.*)\.py$/.exec(written) ?? [];
  const inside = path?.startsWith(`${start}/`) ? path.slice(start.length + 1) : path;
  const named = readReference(inside === undefined ? written : inside.replace(/^(\.?\/)+/, '').replaceAll('/', '.'));
  const attribute = value('attribute');
  return named && attribute !== undefined && named.attribute === undefined
    ? (readReference(`${named.module}:${attribute}`) ?? named)
    : named;
}

/** What of a command's options says how the app is served, wherever that is. */
function optionsOf(
  read: readonly ReadOption[],
  command: CommandGrammar,
): Pick<ServerCommand, 'single' | 'workers' | 'options' | 'leftOut'> {
  const valued = read.map(option => ({ ...option, text: option.value && textOf(option.value) }));
  const asked = valued.findLast(({ name }) => command.means[name] === 'workers');
  const workers = asked?.text;
  const others = valued.filter(({ name }) => command.means[name] === undefined && !command.address.includes(name));
  const isLeftOut = ({ name, value, text }: (typeof others)[number]) =>
    command.local.includes(name) || (value !== undefined && text === undefined);
  // A log to standard output is where it goes anyway.
  const lost = others.filter(option => isLeftOut(option) && option.text !== '-');
  return {
    // A default that a variable may replace is no wish for one.
    single: workers === '1' && asked?.value?.isKnown === true,
    ...defined({ workers: workers !== undefined && /^[1-9]\d*$/.test(workers) ? workers : undefined }),
    options: others.filter(option => !isLeftOut(option)).flatMap(({ name, text }) => asWords(name, text)),
    leftOut: lost.map(({ name, value }) => asWords(name, value?.text).join(' ')),
  };
}

/** A word as the program gets it; where only a running shell knows a variable, with the default that is written with it. */
function textOf({ text, isKnown, assumed }: ShellWord): string | undefined {
  return isKnown ? text : assumed;
}

function asWords(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [name];
  return name.startsWith('--') ? [`${name}=${value}`] : [name, value];
}

/** The value of the last option with a meaning. A variable of the shell has its value there only. */
function lastValue(
  options: readonly ReadOption[],
  { means }: CommandGrammar,
  meaning: OptionMeaning,
): string | undefined {
  const value = options.findLast(({ name }) => means[name] === meaning)?.value;
  return value?.isKnown ? value.text : undefined;
}

/** The app that a word names, behind the protocol that some servers let stand before it: `asgi:main:app`. */
function appNamed({ text, isKnown, assumed }: ShellWord, isFactory: boolean): AppReference | undefined {
  const written = isKnown ? text : assumed;
  const named = written === undefined ? undefined : readReference(written.replace(/^[aw]sgi:(?=[^:]+:)/, ''));
  return named && isFactory ? { ...named, call: 'factory' } : named;
}

/** The first directory of PYTHONPATH, in the source. */
function importsFrom(variables: readonly CommandVariable[]): string | undefined {
  const path = variables.findLast(({ name }) => name === 'PYTHONPATH')?.value;
  const [first = ''] = path?.isKnown ? path.text.split(':') : [];
  return first.startsWith('/') ? undefined : first;
}
