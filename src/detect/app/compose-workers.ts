/** Workers and schedulers of the app's own compose file: services of the app that run a task queue's program. */
import type { ComponentFacts } from '../facts.js';
import { commandWords } from '../files/command-words.js';
import { readAppCompose, seenFromApp } from '../files/compose.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { readComposeCommand } from '../files/start-commands.js';
import type { Project } from '../project.js';

/** Programs that work off a queue, or start what others work off. */
const PROGRAMS = /^(celery|rq|rqworker|dramatiq|arq|taskiq|huey_consumer(\.py)?|procrastinate)$/;

/** Commands of Django's manage.py that do. */
const MANAGEMENT =
  /^(rqworker|rqscheduler|run_huey|qcluster|process_tasks|rundramatiq|procrastinate|db_worker|celery)$/;

/** Finds them in the order of the file, each by the name that it has there. */
export async function composeWorkers(project: Project): Promise<readonly ComponentFacts[]> {
  const compose = await readAppCompose(project);
  const { services, root } = compose;
  const found = services.map(async service => {
    const { name, command } = service;
    if (command === undefined || !isBuiltFromApp(service, root, services)) return [];
    const { value: written, place } = command;
    const line = await readComposeCommand(written);
    const words = commandWords(line);
    const program = programOf(words);
    if (!line.isPlain || program === undefined) return [];
    const value = program === 'celery' ? celeryWords(words) : words;
    return [
      {
        name: name.value,
        command: { value, place: seenFromApp(compose, place), why: 'as the compose file starts it' },
      },
    ];
  });
  return (await Promise.all(found)).flat().map(withOwnName);
}

function programOf(words: readonly string[]): string | undefined {
  const [first = '', second = '', third = ''] = words;
  if (first === 'celery') return words.some(word => /^(worker|beat)$/.test(word)) ? 'celery' : undefined;
  if (PROGRAMS.test(first)) return first;
  return /^python[\d.]*$/.test(first) && /(^|\/)manage\.py$/.test(second) && MANAGEMENT.test(third) ? third : undefined;
}

/** What Celery does by itself is not for a container: one process for each CPU of the machine, state in the working directory. */
function celeryWords(words: readonly string[]): readonly string[] {
  const has = (...options: readonly string[]) =>
    words.some(word => options.some(option => word === option || word.startsWith(`${option}=`)));
  if (words.includes('beat'))
    return [
      ...words,
      ...(has('--pidfile') ? [] : ['--pidfile', '']),
      ...(has('-s', '--schedule') ? [] : ['--schedule', '/tmp/celerybeat-schedule']),
    ];
  return has('-c', '--concurrency', '--autoscale', '-P', '--pool') ? words : [...words, '--concurrency', '2'];
}

/**
 * The usual names of the usual roles, so that a key of the configuration means the same with and without a compose file; further ones of
 * a role keep the names that they have.
 */
function withOwnName(process: ComponentFacts, at: number, all: readonly ComponentFacts[]): ComponentFacts {
  const role = roleOf(process);
  const isFirst = all.findIndex(other => roleOf(other) === role) === at;
  return role === undefined || !isFirst ? process : { ...process, name: role };
}

function roleOf({ command: { value: words } }: ComponentFacts): 'worker' | 'scheduler' | undefined {
  if (words[0] !== 'celery') return undefined;
  return words.includes('beat') ? 'scheduler' : 'worker';
}
