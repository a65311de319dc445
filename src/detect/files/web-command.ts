/** The command that starts the app: that of its Procfile, of its own container or of its platform's file, with the scripts that they run. */
import type { Place } from '../../diagnostics/place.js';
import { oncePerTree, type Tree } from '../../source/tree.js';
import { objectReference } from '../../support/app-object.js';
import { type CommandLine, type CommandSurroundings, readCommandLine, readWords } from './command-line.js';
import { commandWords } from './command-words.js';
import { type ComposePlaces, readAppCompose, readCompose, seenFromApp } from './compose.js';
import type { ComposeCommand, ComposeService } from './compose-service.js';
import { isBuiltFromApp } from './deployment.js';
import { containerStart } from './dockerfile.js';
import type { ImageCommand } from './dockerfile-instructions.js';
import { startedScript } from './image-scripts.js';
import { readPlatformFile } from './platform-files.js';
import type { Processes } from './processes.js';
import { readProcfile } from './procfile.js';
import { programsOf, type RunProgram } from './runners.js';
import { type ServerCommand, serverCommand } from './server-command.js';
import { settingsPrograms, withSettings } from './server-settings.js';
import { supervisedCommands } from './supervisor.js';

/** What starts the app, and by what it is known. */
export interface WebCommand extends ServerCommand {
  readonly by: 'Procfile' | 'container' | 'settings' | 'platform' | 'compose';
  readonly place: Place;
}

/** A command line where it is written. */
export interface PlacedCommand extends CommandSurroundings {
  readonly command: CommandLine;
  readonly place: Place;
}

/** Reads the command that starts the app: the Procfile's web process, else that of its own container, else what its platform is told, else what compose runs. */
export async function readWebCommand(tree: Tree): Promise<WebCommand | undefined> {
  const own = await webServer(tree, await readProcfile(tree));
  if (own) return { ...own, by: 'Procfile' };
  const inContainer = await readContainerCommand(tree);
  if (inContainer) return inContainer;
  const told = await webServer(tree, (await readPlatformFile(tree)).processes);
  return told ? { ...told, by: 'platform' } : readComposeWeb(tree);
}

/** Names of the container that answers people. */
const WEB = /^(web|app|api|backend|server|django|flask|fastapi|site)$/i;

/** Reads the command of the compose file that starts one app, itself or by a script of the image, and not for those who change its code. */
async function readComposeWeb(tree: Tree): Promise<WebCommand | undefined> {
  const services = (await readCompose(tree))?.services ?? [];
  const own = services.filter(service => isBuiltFromApp(service, '', services));
  // Of several apps the one counts whose container is called after what it is.
  const named = own.toSorted((a, b) => Number(WEB.test(b.name.value)) - Number(WEB.test(a.name.value)));
  const [first] = named;
  const counting = first && WEB.test(first.name.value) && !(named[1] && WEB.test(named[1].name.value)) ? [first] : own;
  const commands = (await Promise.all(counting.map(service => composeCommand(tree, service)))).flat();
  const servers = (await serversStarted(tree, commands)).filter(({ app }) => app);
  const [server, ...others] = servers.filter(({ options, leftOut }) => ![...options, ...leftOut].some(isReload));
  const isOne = others.every(({ app }) => objectReference(app!) === objectReference(server!.app!));
  return server && isOne ? { ...server, by: 'compose' } : undefined;
}

/** Programs that start for developers what a server starts for people. */
const DEV_SERVERS = /^(runserver(_plus)?|runserver_socketio|rundev|daphne)$/;

/** The programs that are started together with the app's server, whoever starts it: before it, as a rule. */
export async function programsBeside(places: ComposePlaces): Promise<readonly StartedProgram[]> {
  const { tree } = places;
  const web = (await readProcfile(tree)).get('web');
  const compose = await readAppCompose(places);
  const { services, base, root } = compose;
  const own = services.filter(service => isBuiltFromApp(service, root, services));
  const composed = await Promise.all(own.map(service => composeCommand(base, service)));
  const ways = [web ? [web] : [], await containerCommands(tree)].map(commands => programsStarted(tree, commands));
  const inCompose = composed.map(async commands =>
    (await programsStarted(base, commands)).map(one => ({ ...one, place: seenFromApp(compose, one.place) })),
  );
  for (const programs of await Promise.all([...ways, ...inCompose])) {
    const serves = ({ program }: StartedProgram) =>
      serverCommand(program) !== undefined || program.args.some(({ text }) => DEV_SERVERS.test(text));
    if (programs.some(serves)) return programs.filter(program => !serves(program));
  }
  return [];
}

function isReload(option: string): boolean {
  return /^--?(reload|debug|autoreload)\b/.test(option);
}

/** What a service runs: its command, or the script that the image has it from. */
export async function composeCommand(tree: Tree, service: ComposeService): Promise<readonly PlacedCommand[]> {
  const written = service.command ?? service.entrypoint;
  if (!written) return [];
  const command = await readComposeCommand(written.value);
  const script = await startedScript(tree, service, commandWords(command));
  const text = script === undefined ? undefined : await tree.read(script);
  return script === undefined || text === undefined
    ? [{ command, place: written.place }]
    : [{ command: await readCommandLine(text), place: { file: script, line: 1 } }];
}

/** A command of a compose file, whichever form it has. */
export async function readComposeCommand(command: ComposeCommand): Promise<CommandLine> {
  return command.kind === 'words' ? readWords(command.words) : readCommandLine(command.line);
}

async function webServer(tree: Tree, processes: Processes) {
  const web = processes.get('web');
  return web && (await serversStarted(tree, [web])).at(-1);
}

/** Reads the command of the app's own container, where it starts one app. */
export async function readContainerCommand(tree: Tree): Promise<WebCommand | undefined> {
  const [first, ...others] = (await containerServers(tree)).filter(({ app }) => app);
  const isOne = others.every(({ app }) => objectReference(app!) === objectReference(first!.app!));
  if (first) return isOne ? { ...first, by: 'container' } : undefined;
  return startedBySettings(tree);
}

/** Finds the servers that the container of a tree starts. */
export async function containerServers(tree: Tree): Promise<Awaited<ReturnType<typeof serversStarted>>> {
  return serversStarted(tree, await containerCommands(tree));
}

/** What a file of a server's settings starts: whether that server is there, and so is what starts the app, is for others to say. */
async function startedBySettings(tree: Tree): Promise<WebCommand | undefined> {
  for (const { program, file } of await settingsPrograms(tree)) {
    const server = serverCommand(program);
    if (server?.app) return { ...server, by: 'settings', place: { file } };
  }
  return undefined;
}

/** What starts the app by a command, in words. */
export function starterOf({ by, place }: WebCommand): string {
  switch (by) {
    case 'platform':
      return place.file;
    case 'Procfile':
      return 'the Procfile';
    case 'compose':
      return 'the compose file';
    case 'container':
      return 'its container';
    case 'settings':
      return "the server's own file of settings";
  }
}

/** Why something is taken from a command. */
export function asStarted(web: WebCommand): string {
  return `as ${starterOf(web)} starts it`;
}

/** Finds the servers that commands start, themselves or by scripts of the source that they run. */
export async function serversStarted(
  tree: Tree,
  commands: readonly PlacedCommand[],
): Promise<readonly (ServerCommand & { readonly place: Place })[]> {
  const started = (await programsStarted(tree, commands)).map(async ({ program, place, root }) => {
    const server = serverCommand(await withSettings(tree, program, root));
    return server ? [{ ...server, place }] : [];
  });
  return (await Promise.all(started)).flat();
}

/** A program that a command runs, and the path that the source lies at there. */
export interface StartedProgram {
  readonly program: RunProgram;
  readonly place: Place;
  readonly root: string | undefined;
}

/** Finds the programs that commands run, themselves or by scripts of the source. */
export async function programsStarted(
  tree: Tree,
  commands: readonly PlacedCommand[],
): Promise<readonly StartedProgram[]> {
  const found: StartedProgram[] = [];
  const seen = new Set<string>();
  const queue = [...commands];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { command, place, ...surroundings } = next;
    const programs = (await Promise.all(command.commands.map(one => programsOf(one, surroundings)))).flat();
    for (const program of programs) {
      const line = place.line === undefined ? {} : { line: place.line + program.line };
      found.push({ program, place: { ...place, ...line }, root: surroundings.root });
      for (const path of scriptsOf(tree, program)) {
        if (seen.has(path)) continue;
        seen.add(path);
        const text = (await tree.read(path)) ?? '';
        queue.push({
          ...surroundings,
          command: await readCommandLine(text, surroundings),
          place: { file: path, line: 1 },
        });
      }
      if (program.program !== 'supervisord' || seen.has(program.program)) continue;
      seen.add(program.program);
      for (const one of await supervisedCommands(
        tree,
        program.args.map(({ text }) => text),
      )) {
        queue.push({ ...surroundings, command: await readCommandLine(one.text, surroundings), place: one.place });
      }
    }
  }
  return found;
}

/** Finds the programs that the app's own container starts, with those of its scripts. */
export const startedInContainer = oncePerTree(async (tree): Promise<readonly StartedProgram[]> => {
  const commands = await containerCommands(tree);
  // The last of several is the whole of its entrypoint and what that is given.
  return programsStarted(tree, commands.length > 2 ? commands.slice(2) : commands);
});

async function containerCommands(tree: Tree): Promise<readonly PlacedCommand[]> {
  const { commands, ...surroundings } = await containerStart(tree);
  return Promise.all(
    commands.map(async ({ value, place }) => ({
      ...surroundings,
      command: await readImageCommand(value, surroundings),
      place,
    })),
  );
}

/** A command of a Dockerfile, whichever form it has. */
export function readImageCommand(
  command: ImageCommand,
  surroundings: CommandSurroundings,
): CommandLine | Promise<CommandLine> {
  return command.form === 'exec' ? readWords(command.words) : readCommandLine(command.text, surroundings);
}

/** The programs that a command of a Dockerfile runs in the end. */
export async function imagePrograms(command: ImageCommand): Promise<readonly RunProgram[]> {
  const { commands } = await readImageCommand(command, {});
  return (await Promise.all(commands.map(one => programsOf(one)))).flat();
}

/** The scripts of the source that a program is, or is given to run, by their paths in the image. */
export function scriptsOf(tree: Tree, { program, path, args }: RunProgram): readonly string[] {
  const isShell = /^(\w*sh|source|\.)$/.test(program);
  const operand = isShell ? args.find(({ text }) => !text.startsWith('-'))?.text : undefined;
  const words = [path, operand, ...args.map(({ text }) => text).filter(text => text.endsWith('.sh'))];
  return words.flatMap(word => {
    const name = word?.split('/').at(-1) ?? '';
    const paths = tree.paths.filter(candidate => candidate === name || candidate.endsWith(`/${name}`));
    return name !== '' && !name.endsWith('.py') && paths.length === 1 ? paths : [];
  });
}
