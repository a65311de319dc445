/** What a service of the app's compose file is beside its web server: a process that stays, and that is told of by its own words. */
import { commandWords } from '../files/command-words.js';
import type { AppCompose } from '../files/compose.js';
import type { ComposeCommand, ComposeService } from '../files/compose-service.js';
import { startedScript } from '../files/image-scripts.js';
import { serverCommand } from '../files/server-command.js';
import { composeCommand, programsStarted, readComposeCommand } from '../files/web-command.js';
import type { Followed } from './image-runs.js';
import { isScheduler } from './programs.js';

/** What is no process of the app in an image: servers, what builds and tests, what waits, what ends before the app is there. */
const OTHERS =
  /^(gunicorn|uvicorn|hypercorn|daphne|granian|uwsgi|waitress-serve|fastapi|flask|runserver\w*|npm|npx|yarn|pnpm|bun|node|vite|pytest|py\.test|tox|test|migrate|collectstatic|alembic|sleep|tail|true|flower|jupyter\S*|mkdocs|sphinx\S*|tailwind|shell\w*)$/;

/** Words for the web server. */
const SERVERS = /^(web\w*|serve\w*|start\w*|api|app|run\w*|gunicorn|uvicorn|daphne|django|prod\w*)$/;

const NAMES =
  /(^|[./_-])(migrat\w*|seed\w*|init\w*|setup|tests?|docs?|dev|frontend|client|flower|shell|lint|static\w*)([./_-]|$)/i;

/** The words of a process that a service runs; a server of another app than the one that is served is one. */
export async function processOf(
  service: ComposeService,
  written: ComposeCommand,
  { base }: AppCompose,
  followed: Followed,
): Promise<string | undefined> {
  if (NAMES.test(service.name.value)) return undefined;
  const words = commandWords(await readComposeCommand(written));
  // A script with a word that says which of its programs is meant.
  const [, mode] = (await startedScript(base, service, words)) === undefined ? [] : words;
  const isMode = mode !== undefined && /^[a-z]/.test(mode) && !SERVERS.test(mode);
  const isProcess = isMode ? !NAMES.test(mode) : await staysBeside(service, base, followed);
  return isProcess ? words.join(' ') || undefined : undefined;
}

async function staysBeside(service: ComposeService, base: AppCompose['base'], followed: Followed): Promise<boolean> {
  const { project, facts } = followed;
  const programs = (await programsStarted(base, await composeCommand(base, service))).map(({ program }) => program);
  const apps = programs.flatMap(program => serverCommand(program)?.app?.module ?? []);
  const isOfApp = (module: string) => project.modules.some(other => other.name === module);
  if (apps.length > 0) return apps.every(module => !isSame(module, facts.entry?.value.module) && isOfApp(module));
  const said = programs.flatMap(({ program, args }) => [program, ...args.map(({ text }) => text)]);
  const isHere = programs.some(({ program, args }) => {
    const words = [program, ...args.map(({ text }) => text)];
    return /\b(beat|worker)\b/.test(words.join(' ')) && hasProcess(words, followed);
  });
  return service.ports.length === 0 && !isHere && !said.some(word => OTHERS.test(word));
}

/** Whether two modules have one app, be it over one protocol or the other. */
function isSame(module: string, other: string | undefined): boolean {
  return module === other || module.replace(/[aw]sgi$/, '') === other?.replace(/[aw]sgi$/, '');
}

/** Whether a process that is run here does the work of a worker or a scheduler, by its queues. */
export function hasProcess(words: readonly string[], { facts }: Followed): boolean {
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
