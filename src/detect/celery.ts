/** Celery: the object that a worker is started with, and whether there is something to schedule. */
import { canonicalName } from './app-candidates.js';
import type { Sourced } from './facts.js';
import type { Project } from './project.js';
import { callsIn, type PythonModule, qualify, type ScopedStatement } from './python-module.js';

/** A Celery object as `--app` names it. */
export interface CeleryObject {
  /** `module:attribute`. */
  readonly reference: string;
  /** Dotted name of the object where it is made, so that one imported elsewhere is known as the same. */
  readonly origin: string;
  readonly rank: number;
  readonly path: string;
  readonly line: number;
}

/** A module made for the worker: it prepares the app and then gives its Celery object a name. */
const WORKER_MODULE = /(^|\.)(\w*celery\w*|\w*worker\w*)$/;

/**
 * Finds the Celery objects that a worker can be started with, the best kind only: made with the app around it, else in a
 * module for the worker, else any at the top of a module.
 */
export function findCelery(project: Project): readonly CeleryObject[] {
  const modules = project.modules.filter(module => !module.isTest);
  const makers = new Set(['celery.Celery', 'celery.app.Celery', ...functionsThatMake(modules)]);
  const made = modules.flatMap(module => objectsIn(module, modules, makers));
  const origins = new Set(made.map(({ origin }) => origin));
  const passedOn = modules.flatMap(module => importedObjects(module, modules, origins));
  const all = [...made, ...passedOn];
  const best = Math.min(...all.map(({ rank }) => rank));
  const seen = new Set<string>();
  return all.filter(({ rank, origin }) => rank === best && !seen.has(origin) && seen.add(origin));
}

/** The place that says that something runs by the clock; undefined when nothing does. */
export function findSchedule(project: Project): Sourced<string> | undefined {
  for (const module of project.modules.filter(({ isTest }) => !isTest)) {
    for (const { tokens, line } of module.statements) {
      const word = tokens.find(({ text }) => /^(beat_schedule|CELERY_?BEAT_SCHEDULE|add_periodic_task)$/.test(text));
      if (word) return { value: word.text, place: { file: module.path, line } };
    }
  }
  return undefined;
}

function objectsIn(
  module: PythonModule,
  modules: readonly PythonModule[],
  makers: ReadonlySet<string>,
): readonly CeleryObject[] {
  return topStatements(module).flatMap(({ tokens, line }) => {
    const [target, ...rest] = tokens;
    const equals = rest.findIndex(({ text }) => text === '=');
    if (target?.kind !== 'name' || equals < 0 || (equals > 0 && rest[0]?.text !== ':')) return [];
    const reference = `${module.name}:${target.text}`;
    const common = { reference, origin: `${module.name}.${target.text}`, path: module.path, line };
    // Flask's documentation keeps it in app.extensions["celery"]: it exists only with the app.
    const kept = tokens.some(
      ({ text, kind }, at) => kind === 'string' && text === 'celery' && tokens[at - 2]?.text === 'extensions',
    );
    if (kept) return [{ ...common, rank: 0 }];
    const [call] = callsIn(tokens);
    const isMade = call !== undefined && makers.has(canonicalName(qualify(module, call.callee), modules));
    return isMade ? [{ ...common, rank: WORKER_MODULE.test(module.name) ? 1 : 2 }] : [];
  });
}

/** Objects that a module for the worker imports, when it also makes the app: `from shop import celery, create_app`. */
function importedObjects(
  module: PythonModule,
  modules: readonly PythonModule[],
  origins: ReadonlySet<string>,
): readonly CeleryObject[] {
  if (!WORKER_MODULE.test(module.name)) return [];
  const makesApp = topStatements(module).some(({ tokens }) =>
    callsIn(tokens).some(({ callee }) => /(^|\.)(create|make)_\w*app\w*$/.test(callee)),
  );
  if (!makesApp) return [];
  return [...module.imports].flatMap(([name, target]) => {
    const origin = canonicalName(target, modules);
    return origins.has(origin)
      ? [{ reference: `${module.name}:${name}`, origin, rank: 0, path: module.path, line: 1 }]
      : [];
  });
}

function functionsThatMake(modules: readonly PythonModule[]): readonly string[] {
  return modules.flatMap(module =>
    module.statements.flatMap(({ tokens, scope }) => {
      const makes = callsIn(tokens).some(({ callee }) => qualify(module, callee) === 'celery.Celery');
      return makes && scope.length === 1 ? [qualify(module, scope[0]!)] : [];
    }),
  );
}

function topStatements(module: PythonModule): readonly ScopedStatement[] {
  return module.statements.filter(({ scope, guarded }) => scope.length === 0 && !guarded);
}
