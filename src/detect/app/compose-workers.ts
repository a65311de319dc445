/** Workers and schedulers of the app's own compose file: services of the app that run a task queue's program. */
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { ComponentFacts } from '../facts.js';
import { type CommandLine, readCommandLine, type ShellWord } from '../files/command-line.js';
import { commandWords } from '../files/command-words.js';
import { type AppCompose, readAppCompose, seenFromApp } from '../files/compose.js';
import type { ComposeService } from '../files/compose-service.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { startedScript } from '../files/image-scripts.js';
import { isPython, isRunByPython, programsOf, type RunProgram } from '../files/runners.js';
import { serverCommand } from '../files/server-command.js';
import { readComposeCommand } from '../files/web-command.js';
import type { Project } from '../project.js';
import { celeryWords } from './celery-words.js';
import { isStartable } from './named-celery.js';

/** Programs that work off a queue, or start what others work off. */
const PROGRAMS = /^(celery|rq|rqworker|dramatiq|arq|saq|taskiq|huey_consumer(\.py)?|procrastinate)$/;

/** Commands of a manage.py that do. */
const MANAGEMENT =
  /^(run[_-]?workers?|rqworker|rqscheduler|run_huey|qcluster|process_tasks|rundramatiq|procrastinate|db_worker|celery)$/;

/** Finds them in the order of the file, each by the name that it has there. */
export async function composeWorkers(project: Project): Promise<readonly ComponentFacts[]> {
  const compose = await readAppCompose(project);
  const { services, root } = compose;
  const found = services.map(async service => {
    const command = isBuiltFromApp(service, root, services) ? await workerOf(compose, service, project) : undefined;
    if (command === undefined) return [];
    const { value: words, place } = command;
    const value = celeryWords(words);
    const why = 'as the compose file starts it';
    return [{ name: service.name.value, command: { value, place: seenFromApp(compose, place), why } }];
  });
  return (await Promise.all(found)).flat().map(withOwnName);
}

/** The worker that a service of the app is, if it is one, and one that can be started: names outlive a renamed package in old compose files. */
export async function workerOf(
  { base }: Pick<AppCompose, 'base'>,
  service: ComposeService,
  project: Project,
): Promise<WorkerCommand | undefined> {
  const found =
    (await ownCommand(service)) ?? (await scriptCommand(base, service)) ?? (await ownProgram(service, project));
  return found && isStartable(found.value, project.modules) ? found : undefined;
}

type WorkerCommand = Sourced<readonly string[]>;

/** The command of the service, where that is a worker's. */
async function ownCommand({ command }: ComposeService): Promise<WorkerCommand | undefined> {
  if (command === undefined) return undefined;
  const value = await workerIn(await readComposeCommand(command.value));
  return value && { value, place: command.place };
}

/** The one worker that a command line starts, itself or behind a shell or a watcher. */
export async function workerIn(line: CommandLine): Promise<readonly string[] | undefined> {
  const words = commandWords(line);
  if (line.isPlain && programOf(words) !== undefined) return words;
  const programs = await Promise.all(line.commands.map(one => programsOf(one)));
  const [only, another] = programs.flat().flatMap(program => workerWords(program) ?? []);
  return another ? undefined : only;
}

/** A worker without the shell, the watcher or the module's own program that it is started by. */
function workerWords({ program, path, args, variables, directory }: RunProgram): readonly string[][] | undefined {
  const words = [path.split('/').at(-1) === program ? path : program, ...args.map(({ text }) => text)];
  const isKnown = variables.length === 0 && directory === '' && args.every(arg => arg.isKnown);
  return isKnown && programOf(words) !== undefined ? [words] : undefined;
}

/** The worker that a script starts which the service runs: what comes before it there is for development, such as watching files. */
async function scriptCommand(base: Tree, service: ComposeService): Promise<WorkerCommand | undefined> {
  const written = service.command ?? service.entrypoint;
  const words = written === undefined ? [] : commandWords(await readComposeCommand(written.value));
  const file = await startedScript(base, service, words);
  const text = file === undefined ? undefined : await base.read(file);
  if (file === undefined || text === undefined) return undefined;
  const programs = (
    await Promise.all((await readCommandLine(text)).commands.map(command => programsOf(command)))
  ).flat();
  // An entrypoint that serves is the app's own, with a worker in it.
  if (service.command === undefined && programs.some(program => serverCommand(program) !== undefined)) return undefined;
  return programs
    .flatMap(({ path: program, args, line }) => {
      const known = withoutLogLevel(args);
      const words = [program, ...known.map(arg => arg.text)];
      const isWorker = known.every(({ isKnown }) => isKnown) && programOf(words) !== undefined;
      return isWorker ? [{ value: words, place: { file, line: line + 1 } }] : [];
    })
    .at(-1);
}

/** Arguments but for a level of the log that only the running script knows: there is a usual one. */
function withoutLogLevel(args: readonly ShellWord[]): readonly ShellWord[] {
  return args.filter((arg, at) => {
    const isLevel = /^(-l|--loglevel)$/.test(arg.text) && args[at + 1]?.isKnown === false;
    const isOfLevel = !arg.isKnown && /^(-l|--loglevel)$/.test(args[at - 1]?.text ?? '');
    return !isLevel && !isOfLevel && (arg.isKnown || !arg.text.startsWith('--loglevel='));
  });
}

/** Names of what works beside the web server as long as the app runs. */
const BESIDE =
  /(^|[./_-])(workers?|consumers?|schedulers?|beat|daemon|listeners?|updaters?|processors?|bots?|pollers?|cron|queues?|subscribers?|watchers?|watchdog|indexers?|runners?|dispatchers?|executors?|jobs?|tasks)([./_-]|$)/i;

/** Names of what ends when it is done. */
const ONCE =
  /(^|[./_-])(migrat\w*|seed\w*|init([_-]?\w*)|setup|bootstrap|create\w*|load\w*|import\w*|tests?|lint|pre_?start)([./_-]|$)/i;

/** Names of web servers, and of what is there for those who work on the app. */
const SERVER = /(^|[./_-])(web|api|app|main|server|site|frontend|backend|dev|demo|example|docs|shell)([./_-]|$)/i;

/** Code that answers requests. */
const SERVES =
  /\b(uvicorn|hypercorn|waitress|gunicorn|run_app|serve_forever|HTTPServer)\b|\b(Flask|FastAPI|Quart|Sanic)\(/;

/** What a shell does before it starts something. */
const BEFORE = /^(sleep|echo|set|true|wait|wait[-_]for\S*|export)$/;

/**
 * A program of the app itself that a service runs and that publishes nothing: `python worker.py`, `python -m shop.consumer`. It is there to
 * stay by its name, or by a policy that starts it again.
 */
async function ownProgram(service: ComposeService, { tree }: Project): Promise<WorkerCommand | undefined> {
  const { name, ports, profiles, isKept } = service;
  const written = service.command ?? service.entrypoint;
  if (!written || ports.length > 0 || profiles) return undefined;
  const line = await readComposeCommand(written.value);
  const programs = (await Promise.all(line.commands.map(one => programsOf(one)))).flat();
  const [only, another] = programs.filter(({ program }) => !BEFORE.test(program));
  const run = only && !another ? pythonRun(only, tree) : undefined;
  if (!run) return undefined;
  const names = [name.value, run.file.replace(/(\/__(main|init)__)?\.py$/, ''), ...run.args];
  const isBeside = names.some(one => BESIDE.test(one));
  if (names.some(one => ONCE.test(one)) || (!isBeside && (!isKept || names.some(one => SERVER.test(one)))))
    return undefined;
  const serves = SERVES.test((await tree.read(run.file)) ?? '') && !run.args.some(one => BESIDE.test(one));
  return serves ? undefined : { value: run.words, place: written.place };
}

/** A script or a module of the app that Python runs, with nothing that only a shell knows. */
function pythonRun(run: RunProgram, { paths }: Tree) {
  const { program, args, variables, directory } = run;
  if (!isRunByPython(run) || variables.length > 0 || directory !== '' || args.some(arg => !arg.isKnown))
    return undefined;
  const all = args.map(({ text }) => text);
  if (!isPython(program)) {
    const file = [`${program.replaceAll('.', '/')}.py`, `${program.replaceAll('.', '/')}/__main__.py`].find(one =>
      paths.includes(one),
    );
    return file === undefined ? undefined : { file, args: all, words: ['python', '-m', program, ...all] };
  }
  const [script = '', ...rest] = all.filter(text => text !== '-u');
  const file = script.replace(/^(\.|\/app)\//, '');
  return paths.includes(file) ? { file, args: rest, words: ['python', file, ...rest] } : undefined;
}

function programOf(words: readonly string[]): string | undefined {
  const [first = '', second = '', third = ''] = words;
  if (first === 'celery') return words.some(word => /^(worker|beat)$/.test(word)) ? 'celery' : undefined;
  if (PROGRAMS.test(first)) return first;
  // Flask's own program with the commands of Flask-RQ2, as a module too.
  const flask = first === 'flask' ? words : isPython(first) && third === 'flask' ? words.slice(2) : [];
  if (flask[1] === 'rq' && /^(worker|scheduler)$/.test(flask[2] ?? '')) return 'rq';
  return isPython(first) && /(^|\/)manage\.py$/.test(second) && MANAGEMENT.test(third) ? third : undefined;
}

/**
 * The usual names of the usual roles, so that a key of the configuration means the same with and without a compose file; further ones of
 * a role keep the names that they have.
 */
export function withOwnName(process: ComponentFacts, at: number, all: readonly ComponentFacts[]): ComponentFacts {
  const role = roleOf(process);
  const isFirst = all.findIndex(other => roleOf(other) === role) === at;
  return role === undefined || !isFirst ? process : { ...process, name: role };
}

function roleOf({ command: { value: words } }: ComponentFacts): 'worker' | 'scheduler' | undefined {
  if (words[0] !== 'celery') return undefined;
  return words.includes('beat') ? 'scheduler' : 'worker';
}
