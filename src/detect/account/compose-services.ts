/** Services of the app's compose file that run its code, and that became nothing here. */
import type { LeftStep } from '../facts.js';
import { readCommandLine } from '../files/command-line.js';
import { type AppCompose, readAppCompose, seenFromApp } from '../files/compose.js';
import type { ComposeService } from '../files/compose-service.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { copiedScript } from '../files/image-scripts.js';
import { isPython, type RunProgram } from '../files/runners.js';
import { serverCommand } from '../files/server-command.js';
import { programsStarted, readComposeCommand, scriptsOf } from '../files/web-command.js';
import { type Followed, isFollowed } from './image-runs.js';
import { clipped, isNeedless, programWords } from './programs.js';

/** What those have in common that are there for people who work on the app, or that look at it. */
const FOR_PEOPLE =
  /(^|[._-])(tests?|pytest|dev|debug|lint|docs?|shell|bash|e2e|cypress|playwright|flower|jupyter|notebook|mail(hog|pit|dev|catcher)?|adminer|pgadmin|phpmyadmin|selenium|ci|format|notebooks?|watch(er)?)([._-]|$)/i;

/** Finds them in the order of the file. */
export async function leftServices(followed: Followed): Promise<readonly LeftStep[]> {
  const compose = await readAppCompose(followed.project);
  const { services } = compose;
  const told = new Set((followed.facts.leftServices ?? []).map(({ name }) => name));
  const found = services.map(async service => {
    const what =
      FOR_PEOPLE.test(service.name.value) || service.profiles || told.has(service.name.value)
        ? undefined
        : await leftOf(service, compose, followed);
    if (what === undefined || what === '') return [];
    const value = `${service.name.value}: ${clipped(what, 90)}`;
    return [{ kind: 'service', value, place: seenFromApp(compose, service.name.place) } as const];
  });
  return (await Promise.all(found)).flat();
}

async function leftOf(
  service: ComposeService,
  { services, root, base }: AppCompose,
  followed: Followed,
): Promise<string | undefined> {
  if (!isBuiltFromApp(service, root, services)) return undefined;
  const written = service.command ?? service.entrypoint;
  // What its image starts by itself is the app.
  if (written === undefined) return undefined;
  const { components = [] } = followed.facts;
  if (
    components.some(({ command: { place }, name }) => name === service.name.value || place.line === written.place.line)
  )
    return undefined;
  const line = await readComposeCommand(written.value);
  const runs = (await programsStarted(base, [{ command: line, place: written.place }])).map(({ program }) => program);
  const [first] = runs;
  const script = first?.path.startsWith('/') ? await copiedScript(base, service, first.path) : undefined;
  if (script !== undefined) {
    const text = await readCommandLine((await base.read(script)) ?? '');
    runs.push(
      ...(await programsStarted(base, [{ command: text, place: { file: script } }])).map(({ program }) => program),
    );
  }
  const isScript = (run: RunProgram) =>
    run.path === first?.path
      ? script !== undefined || scriptsOf(base, run).length > 0
      : scriptsOf(base, run).length > 0;
  const left = runs.filter(run => !isNeedless(run) && !isScript(run) && !isRunHere(run, service, followed));
  return left.length === 0 ? undefined : [...new Set(left.map(programWords))].join('; ');
}

/** Whether a program is the web server, or another that has become something else here. */
function isRunHere(run: RunProgram, { ports, name }: ComposeService, followed: Followed): boolean {
  const { program, path, args } = run;
  const words = [program, ...args.map(({ text }) => text)];
  if (serverCommand(run) || isFollowed(run, followed)) return true;
  if (/^(flask|fastapi|litestar|sanic|quart)$/.test(program) && words.some(word => /^(run|dev)$/.test(word)))
    return true;
  if (/\b(beat|worker|rqworker|qcluster)\b/.test(words.join(' ')) && hasProcess(words, followed)) return true;
  // A script of the app that is published is the app itself, and a script of a shell starts what it has been made with.
  const isScript = /\.sh$|^\/(?!usr)[\w./-]*$/.test(path) || words.some(word => word.endsWith('.sh'));
  const isServed = ports.length > 0 || /(^|[._-])(web|app|api|server|backend|django|flask)([._-]|$)/i.test(name.value);
  return isServed && (isScript || !path.includes('/') || isPython(path.split('/').at(-1)!));
}

function hasProcess(words: readonly string[], { facts }: Followed): boolean {
  const isScheduler = (text: string) => /\b(beat|scheduler)\b/.test(text);
  const own = words.join(' ');
  return (facts.components ?? []).some(({ command }) => {
    const text = command.value.join(' ');
    return text.includes(words[0]!) && isScheduler(text) === isScheduler(own) && queuesOf(text) === queuesOf(own);
  });
}

/** The queues that a worker is given: workers of others are others. */
function queuesOf(text: string): string {
  return /\s(?:-Q|--queues)[ =]?(\S+)/.exec(text)?.[1] ?? '';
}
