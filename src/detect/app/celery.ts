/** Celery: the object that a worker is started with, and whether there is something to schedule. */

import type { Sourced } from '../../source/sourced.js';
import { callsIn, type PythonModule, qualify, type ScopedStatement } from '../code/module.js';
import { canonicalName } from '../code/names.js';
import type { Project } from '../project.js';

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

/** The class, by all the names that it is imported by. */
const CLASSES: readonly string[] = ['celery.Celery', 'celery.app.Celery', 'celery.app.base.Celery'];

/** A module made for the worker: it prepares the app and then gives its Celery object a name. */
const WORKER_MODULE = /(^|\.)(\w*celery\w*|\w*worker\w*)$/;

/**
 * Finds the Celery objects that a worker can be started with, the best kind only: made with the app around it, else in a
 * module for the worker, else any at the top of a module.
 */
export function findCelery(project: Project): readonly CeleryObject[] {
  const modules = project.modules.filter(module => !module.isTest);
  const makers = new Set([...CLASSES, ...classesOfIt(modules), ...functionsThatMake(modules)]);
  const made = modules.flatMap(module => objectsIn(module, modules, makers));
  const origins = new Set(made.map(({ origin }) => origin));
  const fillers = new Set(modules.flatMap(module => functionsThatReturn(module, modules, origins)));
  const passedOn = modules.flatMap(module => preparedObjects(module, modules, origins, fillers));
  const all = [...made, ...passedOn];
  const lowest = Math.min(...all.map(({ rank }) => rank));
  const seen = new Set<string>();
  const best = all.filter(({ rank, origin }) => rank === lowest && !seen.has(origin) && seen.add(origin));
  // Beside the scheduler's and others' modules, the one that is called so is the worker's.
  const named = best.filter(({ path }) => /worker[^/]*\.py$/.test(path));
  return named.length === 1 ? named : best;
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

/**
 * Objects that a module for the worker takes from elsewhere, when it also makes the app: `from shop import celery,
 * create_app`, or `celery = init_celery(create_app())` of a function that hands on the one it fills.
 */
function preparedObjects(
  module: PythonModule,
  modules: readonly PythonModule[],
  origins: ReadonlySet<string>,
  fillers: ReadonlySet<string>,
): readonly CeleryObject[] {
  const top = topStatements(module);
  const makesApp = top.some(({ tokens }) =>
    callsIn(tokens).some(({ callee }) => /(^|\.)(create|make)_\w*app\w*$/.test(callee)),
  );
  if (!WORKER_MODULE.test(module.name) || !makesApp) return [];
  const at = (name: string, line: number) => ({
    reference: `${module.name}:${name}`,
    rank: 0,
    path: module.path,
    line,
  });
  const imported = [...module.imports].flatMap(([name, target]) => {
    const origin = canonicalName(target, modules);
    return origins.has(origin) ? [{ ...at(name, 1), origin }] : [];
  });
  const filled = top.flatMap(({ tokens, line }) => {
    const [call] = tokens[1]?.text === '=' ? callsIn(tokens) : [];
    const isFilled = call !== undefined && fillers.has(canonicalName(qualify(module, call.callee), modules));
    return isFilled ? [{ ...at(tokens[0]!.text, line), origin: `${module.name}.${tokens[0]!.text}` }] : [];
  });
  return filled.length > 0 ? filled : imported;
}

/** Functions that return an object of which the module has only one. */
function functionsThatReturn(
  module: PythonModule,
  modules: readonly PythonModule[],
  origins: ReadonlySet<string>,
): readonly string[] {
  return module.statements.flatMap(({ tokens, scope }) => {
    const [word, name, more] = tokens;
    if (word?.text !== 'return' || name === undefined || more !== undefined || scope.length !== 1) return [];
    return origins.has(canonicalName(qualify(module, name.text), modules)) ? [qualify(module, scope[0]!)] : [];
  });
}

/** Classes of the app's own that are Celery's with more to them. */
function classesOfIt(modules: readonly PythonModule[]): readonly string[] {
  return modules.flatMap(module =>
    module.statements.flatMap(({ tokens, scope }) => {
      const [word, name, open, ...bases] = tokens;
      if (word?.text !== 'class' || scope.length > 0 || open?.text !== '(') return [];
      const text = bases
        .slice(0, -2)
        .map(token => token.text)
        .join('');
      const isOne = text.split(',').some(base => CLASSES.includes(canonicalName(qualify(module, base), modules)));
      return isOne ? [`${module.name}.${name!.text}`] : [];
    }),
  );
}

function functionsThatMake(modules: readonly PythonModule[]): readonly string[] {
  return modules.flatMap(module =>
    module.statements.flatMap(({ tokens, scope }) => {
      const makes = callsIn(tokens).some(({ callee }) => CLASSES.includes(qualify(module, callee)));
      return makes && scope.length === 1 ? [qualify(module, scope[0]!)] : [];
    }),
  );
}

function topStatements(module: PythonModule): readonly ScopedStatement[] {
  return module.statements.filter(({ scope, guarded }) => scope.length === 0 && !guarded);
}
