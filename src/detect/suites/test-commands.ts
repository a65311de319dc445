/** The commands that an app's authors test it with: those of CI first, then of tox, nox, make, named tasks and scripts. */

import type { Place } from '../../diagnostics/place.js';
import { relativePath, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { type CommandVariable, readCommandLine, type ShellCommand, type ShellWord } from '../files/command-line.js';
import { recipeSteps, targetNames } from '../files/recipes.js';
import { isPython, programsOf, type RunProgram } from '../files/runners.js';
import { TASK_TOOLS, taskSteps } from '../files/toml-tasks.js';
import { toxSteps } from '../files/tox-steps.js';
import { type ShellStep, WORKFLOWS, workflowSteps } from '../files/workflow-steps.js';
import { aroundApp, type Project } from '../project.js';
import { noxSteps } from './nox-steps.js';

/** What runs tests. */
export type TestRunner = 'pytest' | 'django' | 'unittest';

/** A command that runs the tests, or some of them. */
export interface TestCommand {
  readonly runner: TestRunner;
  /** What the runner is given. */
  readonly args: readonly ShellWord[];
  readonly env: Readonly<Record<string, string>>;
  /** Where it runs, relative to the app's directory; `..` where it is run from above. */
  readonly directory: string;
  /** Relative to the app's directory. */
  readonly place: Place;
  /** In words: what runs it. */
  readonly by: string;
}

/** Names of targets, tasks and files that run tests, the likelier first. */
const NAMES = [
  'test',
  'tests',
  'unit',
  'unittest',
  'unittests',
  'unit-tests',
  'test-unit',
  'test_unit',
  'test-all',
  'pytest',
  'check',
  'ci',
];
const SCRIPTS = /^((scripts?|bin|tools|ci)\/)?((run[-_]?)?(tests?|unit[-_]?tests?)(\.sh)?)$/;

/** Finds the commands, those of the first kind of files that has any. */
export async function testCommands(project: Project): Promise<readonly TestCommand[]> {
  const { tree, source, root } = project;
  const places =
    source === tree
      ? [{ tree, root: '' }]
      : [
          { tree, root: '' },
          { tree: source, root },
        ];
  for (const find of [inWorkflows, inTools, inTargets, inTasks, inScripts]) {
    const found = await Promise.all(places.map(async place => seenFromApp(await find(place.tree), place.root)));
    if (found.flat().length > 0) return found.flat();
  }
  return [];
}

/** A command as the file has it, in whose tree its directory and place are. */
type Found = readonly TestCommand[];

function seenFromApp(found: Found, root: string): Found {
  return found.map(command => ({
    ...command,
    directory: relativePath(root, command.directory),
    place: { ...command.place, file: aroundApp({ root }, command.place.file) },
  }));
}

async function inWorkflows(tree: Tree): Promise<Found> {
  const files = tree.paths.filter(path => WORKFLOWS.test(path));
  const read = files.map(async file => {
    const steps = workflowSteps((await tree.read(file)) ?? '', file);
    const found = await runBy(tree, steps, `as ${file} runs it`);
    return found.map(command => (command.place.file === file ? { ...command, by: 'as CI runs it' } : command));
  });
  return (await Promise.all(read)).flat();
}

async function inTools(tree: Tree): Promise<Found> {
  const tox = await runBy(tree, await toxSteps(tree), 'as tox runs it');
  return tox.length > 0 ? tox : runBy(tree, await noxSteps(tree), 'as nox runs it');
}

async function inTargets(tree: Tree): Promise<Found> {
  for (const tool of ['make', 'just'] as const) {
    const names = await targetNames(tree, tool);
    for (const name of NAMES.filter(name => names.includes(name))) {
      const found = await runBy(tree, await recipeSteps(tree, tool, name), `as "${tool} ${name}" runs it`);
      if (found.length > 0) return found;
    }
  }
  return [];
}

async function inTasks(tree: Tree): Promise<Found> {
  for (const tool of TASK_TOOLS) {
    for (const name of NAMES) {
      const found = await runBy(tree, await taskSteps(tree, tool, name), `as the task ${name} runs it`);
      if (found.length > 0) return found;
    }
  }
  return [];
}

async function inScripts(tree: Tree): Promise<Found> {
  for (const path of tree.paths.filter(path => SCRIPTS.test(path))) {
    const found = await runBy(tree, [await scriptStep(tree, path)], `as ${path} runs it`);
    if (found.length > 0) return found;
  }
  return [];
}

async function scriptStep(tree: Tree, file: string): Promise<ShellStep> {
  return { text: (await tree.read(file)) ?? '', file, line: 1, env: {}, directory: '' };
}

/** What steps run in the end: of a tool's own recipe the place is there, and the words tell who calls it. */
async function runBy(tree: Tree, steps: readonly ShellStep[], by: string, depth = 5): Promise<Found> {
  if (depth === 0) return [];
  const all = steps.map(async step => {
    // What the service fills in before the shell sees it is not known.
    const text = step.text.replaceAll(/\$\{\{.*?\}\}/g, '$UNKNOWN');
    const { commands } = await readCommandLine(text);
    const each = commands.map(async command => {
      const programs = (await Promise.all((await innerCommands(command)).map(inner => programsOf(inner)))).flat();
      return (await Promise.all(programs.map(program => commandsOf(tree, program, step, { by, depth })))).flat();
    });
    return (await Promise.all(each)).flat();
  });
  return (await Promise.all(all)).flat();
}

/** A command, or the one that it runs in a container of the app, with the variables that it gives that. */
async function innerCommands(command: ShellCommand): Promise<readonly ShellCommand[]> {
  const texts = command.words.map(({ text }) => text);
  const isCompose = /(^|\/)(docker|podman)(-compose)?$/.test(texts[0] ?? '');
  const verb = isCompose ? texts.findIndex(text => /^(run|exec)$/.test(text)) : -1;
  if (verb < 0) return [command];
  const taking = /^(-e|--env|-u|--user|-w|--workdir|--name|--entrypoint|-p|--publish|-v|--volume|--index)$/;
  const given: CommandVariable[] = [];
  let at = verb + 1;
  while (texts[at]?.startsWith('-')) {
    const isTaking = taking.test(texts[at]!);
    const [, inside] = /^--env=(.*)$/s.exec(texts[at]!) ?? [];
    const written = /^(-e|--env)$/.test(texts[at]!) ? texts[at + 1] : inside;
    const [, name, value] = /^(\w+)=(.*)$/s.exec(written ?? '') ?? [];
    const word = command.words[isTaking ? at + 1 : at];
    if (name !== undefined && word) given.push({ name, value: { ...word, text: value! } });
    at += isTaking ? 2 : 1;
  }
  return [{ ...command, variables: [...command.variables, ...given], words: command.words.slice(at + 1) }];
}

interface Called {
  readonly by: string;
  readonly depth: number;
}

async function commandsOf(tree: Tree, run: RunProgram, step: ShellStep, { by, depth }: Called): Promise<Found> {
  const { program, args, variables } = run;
  const given = Object.fromEntries(variables.flatMap(({ name, value }) => (value.isKnown ? [[name, value.text]] : [])));
  const env = { ...step.env, ...given };
  const directory = resolvePath(step.directory, run.directory);
  const runner = runnerOf(program, args);
  if (runner) {
    const place = { file: step.file, line: step.line + run.line };
    return [{ ...runner, env, directory, place, by }];
  }
  const inner = await calledSteps(tree, run, directory);
  const within = inner.map(one => ({
    ...one,
    env: { ...env, ...one.env },
    directory: resolvePath(directory, one.directory),
  }));
  return runBy(tree, within, by, depth - 1);
}

function runnerOf(program: string, args: readonly ShellWord[]): Pick<TestCommand, 'runner' | 'args'> | undefined {
  const [first, second] = args;
  if (/^py\.?test$/.test(program)) return { runner: 'pytest', args };
  if (isPython(program) && first) return runnerOf(first.text, args.slice(1));
  if (/(^|\/)manage\.py$|^django(-admin(\.py)?)?$/.test(program))
    return first?.text === 'test' ? { runner: 'django', args: args.slice(1) } : undefined;
  if (program === 'unittest') return { runner: 'unittest', args };
  if (program !== 'coverage' || first?.text !== 'run' || !second) return undefined;
  return underCoverage(args.slice(1));
}

/** `coverage run --source=shop -m pytest`, `coverage run manage.py test`. */
function underCoverage(args: readonly ShellWord[]): Pick<TestCommand, 'runner' | 'args'> | undefined {
  const taking = /^--(source|omit|include|rcfile|context|concurrency|data-file|debug|save-signal)$/;
  let at = 0;
  while (args[at]?.text.startsWith('-') && !/^(-m|--module)$/.test(args[at]!.text))
    at += taking.test(args[at]!.text) ? 2 : 1;
  const isModule = args[at]?.text.startsWith('-') ?? false;
  const target = args[isModule ? at + 1 : at];
  return target && runnerOf(target.text, args.slice(isModule ? at + 2 : at + 1));
}

/** What a program that runs something else by its name runs. */
async function calledSteps(
  tree: Tree,
  { program, path, args }: RunProgram,
  directory: string,
): Promise<readonly ShellStep[]> {
  const operands = args.filter(
    ({ text }, at) => !/^-|=/.test(text) && !/^-(C|e|s|f|k|d|u)$/.test(args[at - 1]?.text ?? ''),
  );
  const names = operands.map(({ text }) => text);
  const option = (short: string, long: string) => {
    const at = args.findIndex(({ text }) => text === short || text === long);
    const inWord = args.find(({ text }) => text.startsWith(`${long}=`) || new RegExp(`^${short}\\w`).test(text))?.text;
    return at >= 0 ? args[at + 1]?.text : inWord?.replace(/^(--[\w-]+=|-\w)/, '');
  };
  switch (program) {
    case 'make':
    case 'just': {
      const below = subtreeAt(option('-C', '--directory'));
      const steps = await Promise.all(names.map(name => recipeSteps(tree, program, name)));
      return below === '' ? steps.flat() : [];
    }
    case 'tox':
      return known(option('-e', '--env'), name => toxSteps(tree, name));
    case 'nox':
      return known(option('-s', '--session') ?? option('-e', '--sessions'), name => noxSteps(tree, name));
    case 'sh':
    case 'bash':
    case 'dash':
      return fileSteps(tree, names[0] ?? '', directory);
    default:
      break;
  }
  const file = await fileSteps(tree, path, directory);
  if (file.length > 0) return file;
  // `pdm run test` has come down to `test` here, which only the tables know.
  const verbless = names.filter(name => name !== 'run');
  const found = await Promise.all([
    ...(TASK_TOOLS.includes(program) && verbless[0] !== undefined ? [taskSteps(tree, program, verbless[0])] : []),
    ...(/^[\w:.-]+$/.test(program)
      ? TASK_TOOLS.filter(tool => tool !== 'poe').map(tool => taskSteps(tree, tool, program))
      : []),
  ]);
  return found.find(steps => steps.length > 0) ?? [];
}

function subtreeAt(directory: string | undefined): string {
  return directory === undefined ? '' : resolvePath('', directory);
}

async function known(name: string | undefined, read: (name?: string) => Promise<readonly ShellStep[]>) {
  const isKnown = name !== undefined && !name.includes('$');
  const steps = isKnown ? await read(name.split(',')[0]) : [];
  return steps.length > 0 || isKnown ? steps : read();
}

/** The text of a script in the source. */
async function fileSteps(tree: Tree, written: string, directory: string): Promise<readonly ShellStep[]> {
  const paths = [resolvePath(directory, written), resolvePath('', written)];
  const path = /[/.]/.test(written) ? paths.find(one => tree.paths.includes(one) && !/\.py$/.test(one)) : undefined;
  return path === undefined ? [] : [{ ...(await scriptStep(tree, path)), directory: '' }];
}
