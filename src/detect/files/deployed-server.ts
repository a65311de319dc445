/** How the app is served by what stands around its own files: compose files, a Dockerfile above it, variables that servers read. */
import { parentOf } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { COMPOSE_FILES, deployedFrom, FOR_DEVELOPERS, FOR_PRODUCTION } from './app-dockerfile.js';
import { readCommandLine } from './command-line.js';
import { type ComposePlaces, seenFromApp } from './compose.js';
import { parseComposeText } from './compose-nodes.js';
import { readService, seenFromTop } from './compose-service.js';
import { type Deployment, type GivenVariable, isBuiltFromApp } from './deployment.js';
import { withMountedCode } from './mounted-code.js';
import { programsOf } from './runners.js';
import { type ServerCommand, serverCommand } from './server-command.js';
import { containerServers, readComposeCommand, serversStarted, type WebCommand } from './web-command.js';

/**
 * The command that serves the app, of which only how it does so counts: paths there are others than in the app's directory, so what the app
 * is, is found in its code. A Dockerfile above the app before compose files, those for production first; none that starts anew at each edit.
 */
export async function deployedServer(places: ComposePlaces): Promise<WebCommand | undefined> {
  const [found] = await deployedServers(places);
  if (!found) return undefined;
  const { app: _, directory: __, settings: ___, ...how } = found;
  return how;
}

/** All commands that serve the app there, with what they name, the first one being that of `deployedServer`. */
export async function deployedServers(places: ComposePlaces): Promise<readonly WebCommand[]> {
  const from = await deployedFrom(places.tree, places.source, places.root);
  const above = from === undefined || from === places.tree ? [] : await containerServers(from);
  const started = [
    ...above.map(server => ({ ...server, by: 'container' as const })),
    ...(await composeServers(places)).map(server => ({ ...server, by: 'compose' as const })),
  ];
  return started
    .filter(({ leftOut }) => !leftOut.some(option => /^--(reload|debug)\b/.test(option)))
    .map(server => ({ ...server, place: seenFromApp(places, server.place) }));
}

type PlacedServer = Awaited<ReturnType<typeof serversStarted>>[number];

async function composeServers({ source, root }: ComposePlaces): Promise<readonly PlacedServer[]> {
  const files = source.paths.filter(path => COMPOSE_FILES.test(path) && !FOR_DEVELOPERS.test(path));
  const ranked = files.toSorted((a, b) => rank(a) - rank(b));
  const servers = await Promise.all(ranked.map(file => serversIn(source, root, file)));
  return servers.flat();
}

function rank(file: string): number {
  return FOR_PRODUCTION.test(file) ? 0 : 1;
}

/** What the services of a file that are built from the app are started with. */
async function serversIn(source: Tree, root: string, file: string): Promise<readonly PlacedServer[]> {
  const services =
    parseComposeText(file, (await source.read(file)) ?? '', new Map())
      ?.get('services')
      ?.entries() ?? [];
  const read = services.flatMap(({ key, value }) => (value.kind === 'mapping' ? [readService(key, value)] : []));
  const seen = read.map(service => seenFromTop(service, parentOf(file)));
  const commands = withMountedCode(source, seen).flatMap(service => {
    const isOfApp = (service.build ?? service.code) !== undefined && isBuiltFromApp(service, root, []);
    return isOfApp && service.command ? [service.command] : [];
  });
  const placed = await Promise.all(
    commands.map(async ({ value, place }) => ({ command: await readComposeCommand(value), place })),
  );
  return serversStarted(source, placed);
}

/**
 * A command with what variables of the deployment say beside it, for which the command line counts first:
 * https://docs.gunicorn.org/en/stable/settings.html#settings, https://www.uvicorn.org/settings/.
 */
export async function withServerVariables(
  web: WebCommand | undefined,
  { variables }: Deployment,
): Promise<WebCommand | undefined> {
  const given = (name: string) =>
    variables.find(variable => variable.name === name && (variable.by === 'compose' || variable.by === 'container'));
  const args = given('GUNICORN_CMD_ARGS');
  const asked = args && (web === undefined || web.server === 'gunicorn') ? await argumentsIn(args) : undefined;
  const served: WebCommand | undefined = asked && args ? together(web, asked, args) : web;
  const count = given('WEB_CONCURRENCY') ?? (served?.server === 'uvicorn' ? given('UVICORN_WORKERS') : undefined);
  const isCounted = served && served.workers === undefined && !served.single && /^[1-9]\d*$/.test(count?.value ?? '');
  return isCounted ? { ...served, workers: count!.value } : served;
}

async function argumentsIn({ value }: GivenVariable): Promise<ServerCommand | undefined> {
  const { commands } = await readCommandLine(`gunicorn ${value}`);
  const [program] = (await Promise.all(commands.map(one => programsOf(one)))).flat();
  return program && serverCommand(program);
}

/** What is said last counts, and a command line says what it does behind its variable. */
function together(web: WebCommand | undefined, asked: ServerCommand, { by, place }: GivenVariable): WebCommand {
  const { app: _, directory: __, settings: ___, ...how } = asked;
  if (!web) return { ...how, by: by === 'compose' ? 'compose' : 'container', place };
  return {
    ...how,
    ...web,
    single: web.single || (web.workers === undefined && asked.single),
    options: [...asked.options, ...web.options],
    leftOut: [...asked.leftOut, ...web.leftOut],
  };
}
