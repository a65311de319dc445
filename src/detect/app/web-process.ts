/** The command that starts the web process of an app whose server is none that is known: the configured one, or that of its deployment. */
import { configPlace } from '../../source/config-place.js';
import type { Sourced } from '../../source/sourced.js';
import type { CommandFacts } from '../facts.js';
import { commandWords } from '../files/command-words.js';
import { readAppCompose, seenFromApp } from '../files/compose.js';
import { isBuiltFromApp } from '../files/deployment.js';
import { containerStart, exposedPort } from '../files/dockerfile.js';
import { readPlatformFile } from '../files/platform-files.js';
import { namedIn, type Processes } from '../files/processes.js';
import { readProcfile } from '../files/procfile.js';
import { readComposeCommand, readImageCommand } from '../files/web-command.js';
import type { Project } from '../project.js';

/** The configured command; undefined: none is. */
export function configuredCommand({ config, origins }: Project): CommandFacts | undefined {
  const { command, port } = config.server ?? {};
  if (command === undefined) return undefined;
  const words = { value: command, place: configPlace(origins, 'server.command') };
  // Words of a list are no text for a shell, but a variable in them is meant as one.
  const started = { ...words, value: command.some(hasVariable) ? ['sh', '-c', asText(command)] : command };
  const asked = port === undefined ? undefined : { value: `${port}`, place: configPlace(origins, 'server.port') };
  return withPort(started, asked ?? writtenPort(words));
}

/** The command by which the Procfile, the compose file, the Dockerfile or a platform starts what answers on a port. */
export async function deployedCommand(project: Project): Promise<CommandFacts | undefined> {
  const { tree } = project;
  return (
    webOf(await readProcfile(tree)) ??
    (await ofCompose(project)) ??
    (await ofContainer(project)) ??
    webOf((await readPlatformFile(tree)).processes)
  );
}

function webOf(processes: Processes): CommandFacts | undefined {
  const web = processes.get('web');
  if (!web) return undefined;
  return withPort({ value: commandWords(web.command), place: web.place, why: `as ${namedIn(web)} starts it` });
}

async function ofCompose(project: Project): Promise<CommandFacts | undefined> {
  const compose = await readAppCompose(project);
  const { services, root } = compose;
  for (const service of services) {
    const { command, ports } = service;
    if (!command || ports.length === 0 || !isBuiltFromApp(service, root, services)) continue;
    const value = commandWords(await readComposeCommand(command.value));
    const place = seenFromApp(compose, command.place);
    const inside = ports.flatMap(port => /^(?:.*:)?(\d+)(?:\/tcp)?$/.exec(port.value)?.[1] ?? [])[0];
    const started = { value, place, why: 'as the compose file starts it' };
    return withPort(started, writtenPort(started) ?? (inside === undefined ? undefined : { value: inside, place }));
  }
  return undefined;
}

async function ofContainer({ tree }: Project): Promise<CommandFacts | undefined> {
  const { commands, ...around } = await containerStart(tree);
  const command = commands.at(-1);
  if (!command) return undefined;
  const value = commandWords(await readImageCommand(command.value, around));
  const started = { value, place: command.place, why: 'as its container starts it' };
  const port = writtenPort(started) ?? (await exposedPort(tree));
  // A container that answers nobody is no web process.
  return port === undefined && !value.some(word => word.includes('PORT')) ? undefined : withPort(started, port);
}

function withPort(command: Sourced<readonly string[]>, port = writtenPort(command)): CommandFacts {
  return port === undefined ? { command } : { command, port };
}

/** The port that the words of a command name: `--server.port=8501`, `--port 7860`, `0.0.0.0:8050`. */
function writtenPort({ value, place }: Sourced<readonly string[]>): Sourced<string> | undefined {
  const text = value.join(' ');
  const [, option, address] =
    /--?(?:[\w.-]*[.-])?port[= ](\d+)\b|(?:^|[\s=])[\w.*[\]]+:(\d{2,5})(?:\s|$)/.exec(text) ?? [];
  const port = option ?? address;
  return port === undefined ? undefined : { value: port, place, why: 'as the command says' };
}

function hasVariable(word: string): boolean {
  return /\$\{?\w/.test(word);
}

/** Words as a text that a shell takes apart into the same, with its variables put in. */
function asText(words: readonly string[]): string {
  const quoted = words.map(word => {
    if (/^[\w@%+=:,./-]+$/.test(word)) return word;
    return hasVariable(word) ? `"${word.replaceAll(/["\\`]/g, '\\$&')}"` : `'${word.replaceAll("'", "'\\''")}'`;
  });
  return `exec ${quoted.join(' ')}`;
}
