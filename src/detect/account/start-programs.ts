/** What the app's own container runs each time that it starts, and nobody runs here. */
import { unlessEmpty } from '../../source/defined.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import type { LeftStep } from '../facts.js';
import { isPython, isRunByPython, type RunProgram, withoutRoot } from '../files/runners.js';
import { serverCommand } from '../files/server-command.js';
import { SUPERVISOR_FILES } from '../files/supervisor.js';
import { type StartedProgram, scriptsOf, startedInContainer } from '../files/web-command.js';
import { type Followed, isFollowed } from './image-runs.js';
import { isGoneWithout, scriptWords } from './own-scripts.js';
import { clipped, isNeedless, isScheduler, programWords } from './programs.js';

/** Programs of task queues, which are processes of their own. */
export const WORKERS = /^(celery|rq|rqworker|rqscheduler|dramatiq|arq|taskiq|huey_consumer(\.py)?|procrastinate)$/;

/** What keeps several programs running, as far as it is told of by these. */
const SUPERVISORS = /^(supervisord|supervisorctl|s6-svscan|runsvdir|circusd|honcho|foreman)$/;

/** Code of a script that waits until a service answers. */
const WAITS = /\bselect\(1\)|SELECT 1|\b(wait|retry|retries|tenacity|backoff|sleep|ping|is_ready)\b/i;

/**
 * Finds them, those of each script in one.
 * @param scripts programs of the app that are told of one by one
 */
export async function leftAtStart(
  from: Tree,
  followed: Followed,
  scripts: readonly LeftStep[],
): Promise<readonly LeftStep[]> {
  const started = await startedInContainer(from);
  const functions = new Map<string, ReadonlySet<string>>();
  for (const { place } of started)
    if (!functions.has(place.file)) functions.set(place.file, functionsOf((await from.read(place.file)) ?? ''));
  const left: Sourced<string>[] = [];
  for (const [at, { program: run, place }] of started.entries()) {
    const isMain = started[at + 1]?.place.file !== place.file && !started.some(({ program }) => serverCommand(program));
    if (isMain || functions.get(place.file)?.has(run.program)) continue;
    if (isNeedless(run) || (await isStartedHere(run, from, followed, started))) continue;
    if (isTold(run, followed, scripts)) continue;
    left.push({ value: programWords(run), place });
  }
  const files = [...new Set(left.map(({ place }) => place.file))];
  return files.flatMap(file => {
    const [first, ...others] = left.filter(({ place }) => place.file === file);
    const words = unlessEmpty([...new Set([first!, ...others].map(({ value }) => value))]);
    return words ? [{ kind: 'start', value: clipped(words.join('; '), 160), place: first!.place } as const] : [];
  });
}

/** Whether a program is a script of the app, of which is told by itself, or that a start does without. */
function isTold(run: RunProgram, { project }: Followed, scripts: readonly LeftStep[]): boolean {
  const { program, args } = run;
  const words = args.map(({ text }) => text);
  const text = (isPython(program) ? words : [program, ...words]).join(' ');
  const own = scriptWords(run, project);
  const isSettled = own !== undefined && (project.config.migrate !== undefined || isGoneWithout(own));
  return isSettled || scripts.some(({ value }) => value.endsWith(text));
}

/** Names of a script's own functions. */
function functionsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/^\s*(?:function\s+)?([\w-]+)\s*\(\s*\)/gm)].map(match => match[1]!));
}

/** Whether a program that a container starts is the web server, or another for which something stands here. */
export async function isStartedHere(
  run: RunProgram,
  from: Tree,
  followed: Followed,
  started: readonly StartedProgram[],
): Promise<boolean> {
  const { program, args } = run;
  const { facts } = followed;
  const words = args.map(({ text }) => text);
  if (serverCommand(run) || isFollowed(run, followed)) return true;
  // A script that is read is told of by what it runs.
  if (scriptsOf(from, run).length > 0) return true;
  if (WORKERS.test(program) || words.some(word => /^(rqworker|qcluster|run_huey|rundramatiq)$/.test(word)))
    return (facts.components ?? []).some(({ command }) => isSame(command.value, [program, ...words]));
  if (SUPERVISORS.test(program)) return from.paths.some(file => SUPERVISOR_FILES.test(file));
  if (program === 'nginx') return facts.gateway !== undefined || facts.django?.unserved !== undefined;
  const hasNginx = started.some(other => other.program.program === 'nginx');
  if (program === 'envsubst') return hasNginx;
  const module = facts.entry?.value.module ?? '';
  if (isRunByPython(run) && (module === program || module.startsWith(`${program}.`))) return true;
  if (/^(flask|fastapi|litestar|sanic|quart)$/.test(program))
    return words.some(word => /^(run|dev|--version)$/.test(word));
  const script = isPython(program) ? words.find(word => word.endsWith('.py')) : undefined;
  const text = script && (await from.read(withoutRoot(script)));
  return (
    /wait|ready|pre_start/.test(script ?? words[0] ?? '') ||
    (text !== undefined && text.length < 4000 && WAITS.test(text))
  );
}

/** Whether a process does the work of a command: the same program, and as a worker or as a scheduler. */
function isSame(own: readonly string[], words: readonly string[]): boolean {
  const text = own.join(' ');
  const isShown = /\b(flower|status|inspect|purge|control)\b/.test(words.join(' '));
  return (
    isShown ||
    (text.includes(words[0]!) && isScheduler(text) === isScheduler(words.join(' '))) ||
    text.includes(words.at(-1)!)
  );
}
