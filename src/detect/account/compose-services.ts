/** Services of the app's compose file that run its code, and that became nothing here. */
import { unlessEmpty } from '../../source/defined.js';
import { workerOf } from '../app/compose-workers.js';
import type { LeftStep } from '../facts.js';
import { readCommandLine } from '../files/command-line.js';
import { type AppCompose, readAppCompose, seenFromApp } from '../files/compose.js';
import type { ComposeService } from '../files/compose-service.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { copiedScript } from '../files/image-scripts.js';
import { isRunByPython, type RunProgram } from '../files/runners.js';
import { serverCommand } from '../files/server-command.js';
import { programsStarted, readComposeCommand, type StartedProgram, scriptsOf } from '../files/web-command.js';
import { hasProcess, processOf } from './compose-processes.js';
import { type Followed, isFollowed } from './image-runs.js';
import { clipped, isNeedless, programWords } from './programs.js';

/** What those have in common that are there for people who work on the app, or that look at it. */
export const FOR_PEOPLE =
  /(^|[._-])(tests?|pytest|dev|debug|lint|docs?|shell|bash|e2e|cypress|playwright|flower|jupyter|notebook|mail(hog|pit|dev|catcher)?|adminer|pgadmin|phpmyadmin|selenium|ci|format|notebooks?|watch(er)?)([._-]|$)/i;

/** Finds them in the order of the file. */
export async function leftServices(followed: Followed): Promise<readonly LeftStep[]> {
  const compose = await readAppCompose(followed.project);
  const own = compose.services.filter(service => isBuiltFromApp(service, compose.root, compose.services));
  return (await Promise.all(own.map(service => leftOf(service, compose, followed)))).flat();
}

async function leftOf(service: ComposeService, compose: AppCompose, followed: Followed): Promise<readonly LeftStep[]> {
  const { name, profiles } = service;
  const written = service.command ?? service.entrypoint;
  // What its image starts by itself is the app.
  const isOther = written === undefined || profiles !== undefined;
  if (isOther || followed.project.config.components?.[name.value] !== undefined) return [];
  const isWorker = (await workerOf(compose, service, followed.project)) !== undefined;
  const process = isWorker ? undefined : await processOf(service, written.value, compose, followed);
  const value = process ?? (await programsLeft(service, written, compose, followed));
  if (value === undefined) return [];
  return [{ kind: 'service', name: name.value, value, place: seenFromApp(compose, written.place) }];
}

/** The programs of a service for which nothing stands here. */
async function programsLeft(
  service: ComposeService,
  written: NonNullable<ComposeService['command']>,
  { base }: AppCompose,
  followed: Followed,
): Promise<string | undefined> {
  const { components = [] } = followed.facts;
  const { name } = service;
  const isHere = components.some(
    ({ command: { place }, name: own }) => own === name.value || place.line === written.place.line,
  );
  if (isHere || FOR_PEOPLE.test(name.value)) return undefined;
  const line = await readComposeCommand(written.value);
  const started = await programsStarted(base, [{ command: line, place: written.place }]);
  const [first] = started;
  const script = first?.program.path.startsWith('/')
    ? await copiedScript(base, service, first.program.path)
    : undefined;
  const runs = [...started, ...(script === undefined ? [] : await startedBy(script, base))].map(
    ({ program }) => program,
  );
  const isScript = (run: RunProgram) =>
    scriptsOf(base, run).length > 0 || (run.path === first?.program.path && script !== undefined);
  const left = runs.filter(run => !isNeedless(run) && !isScript(run) && !isRunHere(run, service, followed));
  const words = unlessEmpty([...new Set(left.map(programWords))]);
  return words && clipped(words.join('; '), 90);
}

async function startedBy(script: string, base: AppCompose['base']): Promise<readonly StartedProgram[]> {
  const command = await readCommandLine((await base.read(script)) ?? '');
  return programsStarted(base, [{ command, place: { file: script } }]);
}

/** Whether a program is the web server, or another that has become something else here. */
function isRunHere(run: RunProgram, { ports, name }: ComposeService, followed: Followed): boolean {
  const { program, path, args } = run;
  const words = [program, ...args.map(({ text }) => text)];
  if (serverCommand(run) || isFollowed(run, followed)) return true;
  // What builds a frontend anew at each edit is for those who work on it.
  if (/^(npm|yarn|pnpm|bun)$/.test(program) && words.some(word => /^(dev|watch)([:_-]|$)/.test(word))) return true;
  if (/^(flask|fastapi|litestar|sanic|quart)$/.test(program) && words.some(word => /^(run|dev)$/.test(word)))
    return true;
  if (/\b(beat|worker|rqworker|qcluster)\b/.test(words.join(' ')) && hasProcess(words, followed)) return true;
  // A script of the app that is published is the app itself, and a script of a shell starts what it has been made with.
  const isScript = /\.sh$|^\/(?!usr)[\w./-]*$/.test(path) || words.some(word => word.endsWith('.sh'));
  const isServed = ports.length > 0 || /(^|[._-])(web|app|api|server|backend|django|flask)([._-]|$)/i.test(name.value);
  return isServed && (isScript || !path.includes('/') || isRunByPython(run));
}
