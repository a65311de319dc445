/** Files with commands that may start the app: Dockerfiles, compose files, scripts, recipes of make, workflows. */
import { asideIn, installedIn } from '../../source/own-code.js';
import type { Tree } from '../../source/tree.js';
import { growsWithoutEnd, yamlDocuments } from '../../source/yaml-documents.js';
import { DOCKERFILES } from './app-dockerfile.js';
import { readCommandLine } from './command-line.js';
import { parseComposeText } from './compose-nodes.js';
import { readService } from './compose-service.js';
import { readInstructions } from './dockerfile-instructions.js';
import { type PlacedCommand, readComposeCommand, readImageCommand } from './web-command.js';

/** How the commands of files of one kind are read. */
export interface StartFiles {
  readonly name: RegExp;
  readonly commands: (text: string, path: string) => Promise<readonly PlacedCommand[]>;
}

/** Scripts, likewise. */
export const SCRIPTS = /^((scripts?|bin|docker|deploy\w*|compose)\/([\w.-]+\/){0,2})?[\w.-]+\.sh$/;

/** Those that decide first come first. */
export const START_FILES: readonly StartFiles[] = [
  {
    name: /^Procfile[^/]*$/,
    commands: (text, file) => linesOf(text.replaceAll(/^[\w-]+:/gm, ''), file),
  },
  { name: DOCKERFILES, commands: imageCommands },
  { name: /^([\w.-]+\/){0,3}(docker-)?compose[^/]*\.ya?ml$/, commands: composeCommands },
  { name: SCRIPTS, commands: linesOf },
  {
    name: /^([Mm]akefile|[Jj]ustfile)$/,
    commands: (text, file) => linesOf(text.replaceAll(/^[^\t ].*$/gm, '').replaceAll(/^[\t ]+[@-]*/gm, ''), file),
  },
  {
    name: /^(\.github\/workflows\/[^/]+|\.gitlab-ci|\.circleci\/config|render|app|fly|railway)\.ya?ml$/,
    commands: workflowCommands,
  },
];

/** The app's own files of a kind: not those of installed packages, nor those of examples. */
export function startFilesIn(tree: Tree, { name }: Pick<StartFiles, 'name'>): readonly string[] {
  const [isInstalled, asideOf] = [installedIn(tree.paths), asideIn(tree.paths)];
  const isOwn = (path: string) => path.startsWith('.') || (!isInstalled(path) && asideOf(path) === undefined);
  return tree.paths.filter(path => name.test(path) && isOwn(path));
}

async function linesOf(text: string, file: string): Promise<readonly PlacedCommand[]> {
  return [{ command: await readCommandLine(text), place: { file, line: 1 } }];
}

async function imageCommands(text: string, file: string): Promise<readonly PlacedCommand[]> {
  const commands = readInstructions(text).flatMap(({ line, ...body }) => {
    const isCommand = body.kind === 'cmd' || body.kind === 'entrypoint' || body.kind === 'run';
    return isCommand ? [{ value: body.command, line }] : [];
  });
  return Promise.all(
    commands.map(async ({ value, line }) => ({ command: await readImageCommand(value, {}), place: { file, line } })),
  );
}

async function composeCommands(text: string, file: string): Promise<readonly PlacedCommand[]> {
  const services = parseComposeText(file, text, new Map())?.get('services')?.entries() ?? [];
  const commands = services.flatMap(({ key, value }) => {
    if (value.kind !== 'mapping') return [];
    const { entrypoint, command } = readService(key, value);
    return [...(entrypoint ? [entrypoint] : []), ...(command ? [command] : [])];
  });
  return Promise.all(commands.map(async ({ value, place }) => ({ command: await readComposeCommand(value), place })));
}

/** Keys of workflows that hold commands. */
const COMMANDS = /^(run|script|before_script|command|startCommand|start_command|run_command)$/;

async function workflowCommands(text: string, file: string): Promise<readonly PlacedCommand[]> {
  const values = yamlDocuments(text).documents.flatMap(document =>
    document.errors.length > 0 || growsWithoutEnd(document) ? [] : commandsIn(document.toJS({ maxAliasCount: -1 })),
  );
  return (await Promise.all(values.map(value => linesOf(value, file)))).flat();
}

function commandsIn(value: unknown, isCommand = false): readonly string[] {
  if (typeof value === 'string') return isCommand ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(item => commandsIn(item, isCommand));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => commandsIn(inner, COMMANDS.test(key)));
}
