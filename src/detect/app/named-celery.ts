/** The Celery object that what starts a worker names: `celery -A run_celery.notify_celery worker` in a script, or a file of make. */
import type { Sourced } from '../../source/sourced.js';
import type { PythonModule } from '../code/module.js';
import type { ShellWord } from '../files/command-line.js';
import { readOptions } from '../files/options.js';
import type { RunProgram } from '../files/runners.js';
import type { Project } from '../project.js';
import { deployedPrograms } from './deployed-programs.js';

const TAKING_VALUE = [
  '-A',
  '--app',
  '-b',
  '--broker',
  '-l',
  '--loglevel',
  '-c',
  '--concurrency',
  '-Q',
  '--queues',
  '-n',
];

/** Finds the first that a module of the app has, as it is written. */
export async function namedCelery({ tree, source, modules }: Project): Promise<Sourced<string> | undefined> {
  const names = new Set(modules.filter(({ isTest }) => !isTest).map(({ name }) => name));
  for await (const { program, place } of deployedPrograms({ tree, source }, (_, text) => /\bcelery\b/.test(text))) {
    const app = appOf(program);
    if (app !== undefined && isIn(app, names)) return { value: app, place, why: 'named there' };
  }
  return undefined;
}

/** The app of a program that starts a worker or the clock. */
function appOf({ program, args }: RunProgram): string | undefined {
  if (program !== 'celery' || !args.some(({ text }) => /^(worker|beat)$/.test(text))) return undefined;
  return appIn(args);
}

function appIn(args: readonly ShellWord[]): string | undefined {
  const app = readOptions(args, TAKING_VALUE).options.find(({ name }) => name === '-A' || name === '--app')?.value;
  return app?.isKnown ? app.text : undefined;
}

/** Whether nothing is known against a worker's start: a worker of Celery needs the package that it names. */
export function isStartable([program, ...words]: readonly string[], modules: readonly PythonModule[]): boolean {
  const app = program === 'celery' ? appIn(words.map((text, at) => ({ text, isKnown: true, at }))) : undefined;
  const top = app?.split(/[.:]/)[0];
  return top === undefined || modules.some(({ name }) => name.split('.').includes(top));
}

/** Whether it is a module, an object of one, or a package whose module `celery` has it. */
function isIn(app: string, names: ReadonlySet<string>): boolean {
  const [module = '', attribute] = app.split(':');
  if (names.has(module) || names.has(`${module}.celery`)) return true;
  return attribute === undefined && names.has(module.split('.').slice(0, -1).join('.'));
}
