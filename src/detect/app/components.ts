/** Processes beside the web server, from the same code: workers and schedulers. */

import { PROCESS_NAMES } from '../../config/names.js';
import { diagnose } from '../../diagnostics/diagnose.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import { dependencyOn } from '../../support/dependency.js';
import { argumentsOf, callsIn, literalString, type PythonModule, qualify } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { ComponentFacts, ServiceFacts } from '../facts.js';
import type { CommandLine } from '../files/command-line.js';
import { commandWords } from '../files/command-words.js';
import type { Processes } from '../files/processes.js';
import type { Project } from '../project.js';
import { findCelery, findSchedule } from './celery.js';
import { celeryQueues } from './celery-queues.js';
import { celeryWords } from './celery-words.js';
import { placedWords } from './placed-words.js';
import { rqVariable, rqWords } from './rq-words.js';
import { writtenName } from './written-name.js';

/** What among named processes is no process of its own: the web server, and what runs once before it, by the names that platforms have for that. */
const NOT_BESIDE = new Set(['web', 'release', 'predeploy', 'postdeploy', 'precompile', 'postcompile', 'preflight']);

/** Programs that run what developers have around the app: containers, and the scripts of a frontend, which its image has no Node for. */
const AROUND = /^(docker|docker-compose|podman|podman-compose|npm|npx|yarn|pnpm|pnpx|bun|bunx|vite|webpack|nodemon)$/;

/** Commands that end when they are done, and the developers' web servers. */
const NO_PROCESS =
  /(^|\s)(alembic\s+upgrade|aerich\s+upgrade|flask\s+(db|run)|manage\.py\s+(migrate|collectstatic|runserver|createsuperuser|tailwind))\b/;

/** Whether a named process is one that runs beside the web server in the same image. */
function isOwnProcess({ text, commands }: CommandLine): boolean {
  const [first] = commands[0]?.words ?? [];
  const program = first?.text.split('/').at(-1) ?? '';
  return !AROUND.test(program) && !(commands.length === 1 && NO_PROCESS.test(text));
}

/** Processes that the app's files name. */
export interface WrittenProcesses {
  readonly procfile: Processes;
  /** Those that its platform is told. */
  readonly told: Processes;
  /** Those of its compose file that work off a queue. */
  readonly inCompose: readonly ComponentFacts[];
  /** Those that supervisord starts beside the web server. */
  readonly supervised: readonly ComponentFacts[];
  /** The Celery object that a worker is started with somewhere else. */
  readonly celery?: Sourced<string> | undefined;
}

/**
 * Finds the processes: those of the configuration, of the Procfile, else of the compose file, else of supervisord, else of a platform's file, else those that the task queue in the
 * code needs.
 */
export function detectComponents(
  project: Project,
  dependencies: readonly Dependency[],
  services: readonly ServiceFacts[],
  { procfile, inCompose, supervised, told, celery: namedObject }: WrittenProcesses,
): Finding<readonly ComponentFacts[]> {
  const configured = project.config.components ?? {};
  const idOf = idsBeside(services);
  const servers = services.map(({ inPlaceOf }) => inPlaceOf?.value);
  const beside = (processes: Processes) =>
    [...processes]
      .filter(([name, { command }]) => !NOT_BESIDE.has(name) && !servers.includes(name) && isOwnProcess(command))
      .map(([name, { command, place }]) => ({ name, command: { value: celeryWords(commandWords(command)), place } }));
  const lists = [beside(procfile), inCompose, supervised, beside(told)];
  const inFiles = (lists.find(list => list.length > 0) ?? []).map(({ name, command }) => ({
    name: idOf(name),
    command,
  }));
  const written = inFiles.map(({ name, command }) => ({
    name,
    command: { ...command, value: rqWords(placedWords(command.value, project.modules), services) },
  }));
  const named = new Set([...Object.keys(configured), ...written.map(({ name }) => name)]);
  const detected =
    written.length > 0
      ? found<readonly ComponentFacts[]>([])
      : fromCode({ project, dependencies, services }, named, namedObject);
  if (detected.value === undefined && detected.diagnostics.length > 0) return detected;
  const own = Object.entries(configured).flatMap(([name, options]) =>
    options === false
      ? []
      : [
          {
            name: idOf(name),
            command: { value: options.command, place: configPlace(project.origins, `components.${name}.command`) },
          },
        ],
  );
  const replaced = new Set(Object.keys(configured).flatMap(name => [name, idOf(name)]));
  const others = [...written, ...(detected.value ?? [])].filter(({ name }) => !replaced.has(name));
  return found([...own, ...others]);
}

/**
 * Names of processes as hosts are named, and none that a service, or another process of the app, is reached by: whoever binds a
 * process under the name of a service takes the service away.
 */
function idsBeside(services: readonly ServiceFacts[]): (name: string) => string {
  const taken = new Set<string>([
    ...Object.values(PROCESS_NAMES),
    ...services.map(({ kind, fixed }) => fixed?.value ?? kind),
  ]);
  return name => {
    const host = name
      .toLowerCase()
      .replaceAll('_', '-')
      .replace(/^-+|-+$/g, '');
    return taken.has(host) ? `${host}-process` : host;
  };
}

interface App {
  readonly project: Project;
  readonly dependencies: readonly Dependency[];
  readonly services: readonly ServiceFacts[];
}

function fromCode(
  { project, dependencies, services }: App,
  named: ReadonlySet<string>,
  object: Sourced<string> | undefined,
): Finding<readonly ComponentFacts[]> {
  const main = dependencies.filter(({ group }) => group === 'main');
  const modules = project.modules.filter(module => !module.isTest);
  const uses = (name: string) =>
    dependencyOn(main, name) !== undefined && modules.some(module => importsOf(module, name));
  if (uses('celery'))
    return named.has('worker') ? found(scheduler(project, object?.value)) : celery(project, main, object);
  const worker =
    (uses('rq') ? rqWorker(modules, services) : undefined) ??
    (uses('arq') ? arqWorker(modules) : undefined) ??
    (uses('dramatiq') ? dramatiqWorker(modules) : undefined);
  return found(worker ? [{ name: 'worker', command: worker }] : []);
}

function celery(
  project: Project,
  main: readonly Dependency[],
  named: Sourced<string> | undefined,
): Finding<readonly ComponentFacts[]> {
  const [object, another] = findCelery(project);
  // A package is named for the object in its module of that name.
  const isSame = object && !another && object.reference.startsWith(`${named?.value}.celery:`);
  if (named && !isSame) return found(celeryProcesses(project, named));
  if (object === undefined || another !== undefined) {
    const place = object ? { file: object.path, line: object.line } : dependencyOn(main, 'celery')!.place;
    const data = another
      ? ({ reason: 'several objects', first: object!.reference, second: another.reference } as const)
      : ({ reason: 'no object' } as const);
    return failed(diagnose('QS309', data, place));
  }
  const place = { file: object.path, line: object.line };
  return found(celeryProcesses(project, { value: object.reference, place, why: "Celery's object" }));
}

function celeryProcesses(project: Project, { value: object, ...sourced }: Sourced<string>): readonly ComponentFacts[] {
  const queues = celeryQueues(project.modules.filter(({ isTest }) => !isTest));
  const named = queues ? ['--queues', queues.join(',')] : [];
  const value = celeryWords(['celery', '--app', object, 'worker', '--loglevel', 'INFO', ...named]);
  return [{ name: 'worker', command: { ...sourced, value } }, ...scheduler(project, object)];
}

function scheduler(project: Project, reference: string | undefined): readonly ComponentFacts[] {
  const schedule = findSchedule(project);
  const object = reference ?? findCelery(project)[0]?.reference;
  if (schedule === undefined || object === undefined) return [];
  const value = celeryWords(['celery', '--app', object, 'beat', '--loglevel', 'INFO']);
  return [{ name: 'scheduler', command: { value, place: schedule.place, why: schedule.value } }];
}

function rqWorker(
  modules: readonly PythonModule[],
  services: readonly ServiceFacts[],
): Sourced<readonly string[]> | undefined {
  const variable = rqVariable(services);
  const calls = callsTo(modules, 'rq.Queue');
  // What only looks at the queues of others names none, and gives them no work.
  if (calls.every(({ part }) => literal(part) === undefined) && !modules.some(enqueues)) return undefined;
  const [first] = calls;
  if (variable === undefined || first === undefined) return undefined;
  const queues = calls.map(({ part }) => (part ? writtenName(part.tokens, modules) : 'default'));
  const names = [...new Set(queues)].filter(name => name !== undefined && /^[\w.-]+$/.test(name));
  const value = ['sh', '-c', `exec rq worker --url "$${variable}" ${names.join(' ') || 'default'}`];
  const why = queues.includes(undefined) ? "RQ's queues, without one whose name nothing shows" : "RQ's queues";
  return { value, place: first.place, why };
}

/** Whether code gives RQ work. */
function enqueues(module: PythonModule): boolean {
  return module.statements.some(({ tokens }) =>
    tokens.some(
      ({ kind, text }, at) =>
        kind === 'name' &&
        ((/^enqueue(_\w+)?$/.test(text) && tokens[at - 1]?.text === '.') ||
          qualify(module, text) === 'rq.decorators.job'),
    ),
  );
}

function arqWorker(modules: readonly PythonModule[]): Sourced<readonly string[]> | undefined {
  for (const module of modules) {
    for (const { tokens, scope, line } of module.statements) {
      const name = tokens[0]?.text === 'class' && scope.length === 0 ? tokens[1]!.text : '';
      if (!name.endsWith('WorkerSettings')) continue;
      return { value: ['arq', `${module.name}.${name}`], place: { file: module.path, line }, why: "arq's settings" };
    }
  }
  return undefined;
}

function dramatiqWorker(modules: readonly PythonModule[]): Sourced<readonly string[]> | undefined {
  const withActors = modules.flatMap(module => {
    const actor = module.statements.find(({ tokens: [at, first, dot, second] }) => {
      if (at?.text !== '@' || first === undefined) return false;
      // Taken from where the broker is set as well: `from shop.broker import dramatiq`.
      const head = canonicalName(qualify(module, first.text), modules);
      return (dot?.text === '.' ? `${head}.${second?.text}` : head) === 'dramatiq.actor';
    });
    return actor ? [{ module, line: actor.line }] : [];
  });
  const [first] = withActors;
  if (first === undefined) return undefined;
  const value = ['dramatiq', '--processes', '1', ...withActors.map(({ module }) => module.name)];
  return { value, place: { file: first.module.path, line: first.line }, why: "dramatiq's actors" };
}

/** Calls of a dotted name with their first argument. */
function callsTo(modules: readonly PythonModule[], wanted: string) {
  return modules.flatMap(module =>
    module.statements.flatMap(({ tokens }) =>
      callsIn(tokens)
        .filter(({ callee }) => qualify(module, callee) === wanted)
        .map(({ open, line }) => {
          const part = argumentsOf(tokens, open).find(({ keyword }) => keyword === undefined || keyword === 'name');
          return { part, place: { file: module.path, line } };
        }),
    ),
  );
}

function literal(part: ReturnType<typeof argumentsOf>[number] | undefined): string | undefined {
  return part && literalString(part.tokens);
}

function importsOf(module: PythonModule, name: string): boolean {
  return [...module.imports.values()].some(target => target === name || target.startsWith(`${name}.`));
}
