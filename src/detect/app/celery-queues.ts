/** Queues that code gives Celery's tasks to: a worker that nobody tells of them works on its usual one alone. */
import { argumentsOf, callsIn, literalString, type PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';

/** Settings that name queues for tasks, by all their names. https://docs.celeryq.dev/en/stable/userguide/configuration.html */
const ROUTES = /^(task_routes|CELERY_TASK_ROUTES|CELERY_ROUTES)$/;

/** Those that say what a worker works on by itself. */
const WORKED_ON = /^(task_queues|CELERY_TASK_QUEUES|CELERY_QUEUES)$/;

/** The usual one, under another name. */
const DEFAULT = /^(task_default_queue|CELERY_TASK_DEFAULT_QUEUE|CELERY_DEFAULT_QUEUE)$/;

/** Calls that may name a queue for one task, or one run of it. */
const CALLS = /(^|\.)(apply_async|send_task|signature|si|s|set|task|shared_task)$/;

/** The names, the usual one first; undefined where no other is named, or the worker knows them by itself. */
export function celeryQueues(modules: readonly PythonModule[]): readonly string[] | undefined {
  const statements = modules.flatMap(module => module.statements.map(({ tokens }) => tokens));
  if (statements.some(tokens => tokens.some(({ text }) => WORKED_ON.test(text)))) return undefined;
  const named = statements
    .flatMap(tokens => [...routed(tokens), ...called(tokens)])
    .filter(name => /^[\w.:-]+$/.test(name));
  const usual = statements.flatMap(tokens => valueBehind(tokens, DEFAULT) ?? [])[0] ?? 'celery';
  const queues = [...new Set([usual, ...named])];
  return queues.length > 1 ? queues : undefined;
}

/** `task_routes = {"shop.tasks.*": {"queue": "slow"}, "shop.mail.*": "mails"}`. */
function routed(tokens: readonly PythonToken[]): readonly string[] {
  const at = tokens.findIndex(({ text }) => ROUTES.test(text));
  if (at < 0) return [];
  const names: string[] = [];
  let depth = 0;
  for (let index = at + 1; index < tokens.length; index++) {
    const { kind, text, formatted } = tokens[index]!;
    if (kind === 'op' && /^[{([]$/.test(text)) depth++;
    if (kind === 'op' && /^[})\]]$/.test(text) && --depth <= 0) break;
    if (kind !== 'string' || formatted || tokens[index - 1]?.text !== ':') continue;
    if (depth === 1 || tokens[index - 2]?.text === 'queue') names.push(text);
  }
  return names;
}

/** `send.apply_async(queue="mails")`, `@app.task(queue="mails")`. */
function called(tokens: readonly PythonToken[]): readonly string[] {
  return callsIn(tokens)
    .filter(({ callee }) => CALLS.test(callee))
    .flatMap(({ open }) => {
      const queue = argumentsOf(tokens, open).find(({ keyword }) => keyword === 'queue');
      return (queue && literalString(queue.tokens)) ?? [];
    });
}

function valueBehind(tokens: readonly PythonToken[], name: RegExp): string | undefined {
  const at = tokens.findIndex(({ text }) => name.test(text));
  const value = at < 0 ? undefined : tokens[at + 2];
  return value?.kind === 'string' && !value.formatted ? value.text : undefined;
}
