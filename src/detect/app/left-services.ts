/** Services of the app's compose file that run something of the app beside its web server, and that nobody runs here. */
import type { Sourced } from '../../source/sourced.js';
import { commandWords } from '../files/command-words.js';
import { type AppCompose, readAppCompose, seenFromApp } from '../files/compose.js';
import type { ComposeService } from '../files/compose-service.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { startedScript } from '../files/image-scripts.js';
import { serverCommand } from '../files/server-command.js';
import { composeCommand, programsStarted, readComposeCommand } from '../files/web-command.js';
import type { Project } from '../project.js';
import { workerOf } from './compose-workers.js';

/** What is no process of the app in an image: servers, what builds and tests, what waits, what ends before the app is there. */
const OTHERS =
  /^(gunicorn|uvicorn|hypercorn|daphne|granian|uwsgi|waitress-serve|fastapi|flask|runserver\w*|npm|npx|yarn|pnpm|bun|node|vite|pytest|py\.test|tox|test|migrate|collectstatic|alembic|sleep|tail|true|flower|jupyter\S*|mkdocs|sphinx\S*|tailwind|shell\w*)$/;

/** Words for the web server. */
const SERVERS = /^(web\w*|serve\w*|start\w*|api|app|run\w*|gunicorn|uvicorn|daphne|django|prod\w*)$/;

const NAMES =
  /(^|[./_-])(migrat\w*|seed\w*|init\w*|setup|tests?|docs?|dev|frontend|client|flower|shell|lint|static\w*)([./_-]|$)/i;

/** A process of a compose file: its name there, and the words that start it. */
export interface LeftService extends Sourced<string> {
  readonly name: string;
}

/** Finds them in the order of the file; a server of another app than the one that is served is one of them. */
export async function leftServices(project: Project, served: string | undefined): Promise<readonly LeftService[]> {
  const compose = await readAppCompose(project);
  const { services, root } = compose;
  const own = services.filter(service => isBuiltFromApp(service, root, services));
  return (await Promise.all(own.map(service => leftOf(compose, service, project, served)))).flat();
}

async function leftOf(
  compose: AppCompose,
  service: ComposeService,
  project: Project,
  served: string | undefined,
): Promise<readonly LeftService[]> {
  const { name, profiles, ports } = service;
  const written = service.command ?? service.entrypoint;
  const isOther = written === undefined || profiles !== undefined || NAMES.test(name.value);
  const isKnown = project.config.components?.[name.value] !== undefined;
  if (isOther || isKnown || (await workerOf(compose, service, project)) !== undefined) return [];
  const words = commandWords(await readComposeCommand(written.value));
  const left = { name: name.value, value: words.join(' '), place: seenFromApp(compose, written.place) };
  const programs = (await programsStarted(compose.base, await composeCommand(compose.base, service))).map(
    ({ program }) => program,
  );
  // A script with a word that says which of its programs is meant.
  const [, mode] = (await startedScript(compose.base, service, words)) === undefined ? [] : words;
  if (mode !== undefined && /^[a-z]/.test(mode) && !SERVERS.test(mode)) return NAMES.test(mode) ? [] : [left];
  const apps = programs.flatMap(program => serverCommand(program)?.app?.module ?? []);
  const isOfApp = (module: string) => project.modules.some(other => other.name === module);
  if (apps.length > 0) return apps.every(module => !isSame(module, served) && isOfApp(module)) ? [left] : [];
  const said = programs.flatMap(({ program, args }) => [program, ...args.map(({ text }) => text)]);
  return words.length === 0 || ports.length > 0 || said.some(word => OTHERS.test(word)) ? [] : [left];
}

/** Whether two modules have one app, be it over one protocol or the other. */
function isSame(module: string, other: string | undefined): boolean {
  return module === other || module.replace(/[aw]sgi$/, '') === other?.replace(/[aw]sgi$/, '');
}
