/** Programs that run another one: what a command comes down to when they are taken away. */
import { resolvePath } from '../../source/paths.js';
import { lockingManagers } from '../../support/python-managers.js';
import {
  type CommandSurroundings,
  type CommandVariable,
  readCommandLine,
  type ShellCommand,
  type ShellWord,
} from './command-line.js';

/** How the command stands behind a program that runs it. */
interface Runner {
  readonly programs: readonly string[];
  /** The word that makes it run something. */
  readonly verb?: string;
  /** Options that are followed by a value. */
  readonly takingValue?: readonly string[];
  /** Words before the command that are no options. */
  readonly operands?: number;
  /** Whether the command only begins behind `--`. */
  readonly isBehindDashes?: true;
}

/** What runs commands and is not in the image: tools that manage environments, where that of the image is on the PATH, and what a platform lays beside the app. */
const MANAGERS: readonly Runner[] = [
  ...lockingManagers().map(({ name, runs }) => ({ programs: [name], ...runs })),
  // Not supported, and known all the same.
  { programs: ['hatch', 'rye', 'pixi'], verb: 'run' },
  // Buildpacks of Heroku lay them into bin/: https://github.com/heroku/heroku-buildpack-pgbouncer, https://github.com/heroku/heroku-buildpack-nginx
  {
    programs: [
      'start-nginx',
      'start-nginx-solo',
      'start-pgbouncer',
      'start-pgbouncer-stunnel',
      'start-stunnel',
      'qgtunnel',
    ],
  },
];

const RUNNERS: readonly Runner[] = [
  ...MANAGERS,
  { programs: ['exec'], takingValue: ['-a'] },
  { programs: ['env'], takingValue: ['-u', '--unset', '-C', '--chdir'] },
  { programs: ['command', 'nohup', 'time', 'tini', 'dumb-init', 'catatonit', 'ddtrace-run', 'xvfb-run'] },
  { programs: ['nice'], takingValue: ['-n', '--adjustment'] },
  { programs: ['timeout'], takingValue: ['-s', '--signal', '-k', '--kill-after'], operands: 1 },
  { programs: ['sudo'], takingValue: ['-u', '--user', '-g', '--group'] },
  { programs: ['gosu', 'su-exec'], operands: 1 },
  { programs: ['newrelic-admin'], verb: 'run-program' },
  {
    programs: ['opentelemetry-instrument'],
    takingValue: [
      '--traces_exporter',
      '--metrics_exporter',
      '--logs_exporter',
      '--service_name',
      '--exporter_otlp_endpoint',
    ],
  },
  { programs: ['honcho'], verb: 'run', takingValue: ['-e', '--env', '-f', '--procfile'] },
  { programs: ['dotenv'], verb: 'run', takingValue: ['-f', '--file'] },
  {
    programs: [
      'wait-for-it',
      'wait-for-it.sh',
      'wait-for',
      'wait-for.sh',
      'doppler',
      'infisical',
      'chamber',
      'watchmedo',
    ],
    isBehindDashes: true,
  },
  {
    programs: ['dockerize'],
    takingValue: ['-wait', '-timeout', '-wait-retry-interval', '-template', '-stdout', '-stderr'],
  },
];

/** A program with what it is given, where nothing runs it that would only run it. */
export interface RunProgram {
  /** Name of the program without its directory, or the module that `python -m` runs. */
  readonly program: string;
  /** The program as it is written. */
  readonly path: string;
  readonly args: readonly ShellWord[];
  readonly variables: readonly CommandVariable[];
  /** Where it runs, relative to where the command line began. */
  readonly directory: string;
  readonly line: number;
}

/** Finds what a command runs in the end: several programs where that is a shell with a command line of its own. */
export async function programsOf(
  command: ShellCommand,
  around: CommandSurroundings = {},
): Promise<readonly RunProgram[]> {
  const { words, variables } = withoutAssignments(command.words, command.variables);
  const [first, ...rest] = words;
  if (!first) return [];
  const inner = behindRunner(words);
  if (inner) return programsOf({ ...command, words: inner, variables }, around);
  const program = nameOf(first);
  const nested = /^(ba|da|a|z)?sh$/.test(program)
    ? shellText(rest)
    : program === 'watchfiles'
      ? watched(rest)
      : undefined;
  if (nested !== undefined) return nestedPrograms(nested, { ...command, variables }, around);
  const module = /^(python|pypy)[\d.]*$/.test(program) ? moduleRun(rest) : undefined;
  const { directory, line } = command;
  const run = module ?? { program, args: rest };
  return [{ ...run, path: first.text, variables, directory, line }];
}

/** The words of a command without what runs it and is not in the image. */
export function withoutManagers(words: readonly ShellWord[]): readonly ShellWord[] {
  const inner = behindRunner(words, MANAGERS);
  return inner ? withoutManagers(inner) : words;
}

async function nestedPrograms(
  text: string,
  outer: ShellCommand,
  { variables = {}, ...around }: CommandSurroundings,
): Promise<readonly RunProgram[]> {
  const given = outer.variables.flatMap(({ name, value }) => (value.isKnown ? [[name, value.text]] : []));
  const surroundings = { ...around, variables: { ...variables, ...Object.fromEntries(given) } };
  const { commands } = await readCommandLine(text, surroundings);
  const programs = await Promise.all(commands.map(command => programsOf(command, surroundings)));
  return programs.flat().map(program => ({
    ...program,
    variables: [...outer.variables, ...program.variables],
    directory: resolvePath(outer.directory, program.directory),
    line: outer.line + program.line,
  }));
}

function nameOf({ text }: ShellWord): string {
  return text.split('/').at(-1)!;
}

/** `NAME=value` before the program, as env takes them. */
function withoutAssignments(words: readonly ShellWord[], variables: readonly CommandVariable[]) {
  const first = words.findIndex(({ text }) => !/^[A-Za-z_]\w*=/.test(text));
  const count = first < 0 ? words.length : first;
  const given = words.slice(0, count).map(word => {
    const at = word.text.indexOf('=');
    return { name: word.text.slice(0, at), value: { ...word, text: word.text.slice(at + 1) } };
  });
  return { words: words.slice(count), variables: [...variables, ...given] };
}

/** The command that the first word runs, when it is there to run one. */
function behindRunner(words: readonly ShellWord[], runners = RUNNERS): readonly ShellWord[] | undefined {
  const [first, ...others] = words;
  const runner = first && runners.find(({ programs }) => programs.includes(nameOf(first)));
  if (!runner) return undefined;
  const { verb, takingValue = [], operands = 0, isBehindDashes } = runner;
  if (isBehindDashes) {
    const dashes = others.findIndex(({ text }) => text === '--');
    return dashes < 0 ? undefined : others.slice(dashes + 1);
  }
  const rest = verb === undefined ? others : behindVerb(others, verb, takingValue);
  const start = rest && commandStart(rest, takingValue, operands);
  const inner = start === undefined ? [] : rest!.slice(start);
  return inner.length > 0 ? inner : undefined;
}

function behindVerb(words: readonly ShellWord[], verb: string, takingValue: readonly string[]) {
  const at = commandStart(words, takingValue, 0);
  return words[at]?.text === verb ? words.slice(at + 1) : undefined;
}

/** The first word behind options, and behind as many others as the runner takes for itself. */
function commandStart(words: readonly ShellWord[], takingValue: readonly string[], operands: number): number {
  let at = 0;
  let left = operands;
  for (; at < words.length; at++) {
    const { text } = words[at]!;
    if (text === '--') return at + 1 + left;
    if (text.startsWith('-')) at += takingValue.includes(text) ? 1 : 0;
    else if (left-- <= 0) break;
  }
  return at;
}

/** The command line of `sh -c "…"`, also with other options before it: `sh -exc`. */
function shellText(words: readonly ShellWord[]): string | undefined {
  const at = words.findIndex(({ text }) => !/^[-+]/.test(text));
  const isText = words.slice(0, Math.max(at, 0)).some(({ text }) => /^-\w*c\w*$/.test(text));
  return isText ? words[at]?.text : undefined;
}

/** The command line that `watchfiles --filter python "celery …" src` runs again after each change. */
function watched(words: readonly ShellWord[]): string | undefined {
  return words.find(({ text }) => /^\S+ \S/.test(text))?.text;
}

/** Whether a program, by its name without a directory, is Python itself: `python`, `python3`, `python3.12`. */
export function isPython(program: string): boolean {
  return /^python[\d.]*$/.test(program);
}

/** Whether a program is run by Python, whichever script or module that runs: the program of a `python -m MODULE` is the module. */
export function isRunByPython({ path }: Pick<RunProgram, 'path'>): boolean {
  return isPython(path.split('/').at(-1)!);
}

/** The path of a file in the source, where a container is told it by its place there: `/app/manage.py`, `./manage.py`. */
export function withoutRoot(path: string): string {
  return path.replace(/^(\.|\/app|\/code|\/src)\//, '');
}

/** What `python -m MODULE` runs. */
function moduleRun(words: readonly ShellWord[]): Pick<RunProgram, 'program' | 'args'> | undefined {
  const at = words.findIndex(
    ({ text }, index) => !text.startsWith('-') && !/^-[XW]$/.test(words[index - 1]?.text ?? ''),
  );
  const option = words[at - 1]?.text ?? '';
  return at > 0 && /^-\w*m$/.test(option) ? { program: words[at]!.text, args: words.slice(at + 1) } : undefined;
}
