/** Files that say how the app is started, and so which of several apps is meant. */

import { isTomlFile, parseToml, stringAt } from '../../source/toml-file.js';
import type { Tree } from '../../source/tree.js';
import { type AppReference, readReference } from '../../support/app-object.js';
import type { AppNaming } from '../../support/frameworks/definition.js';
import { RUN_SERVERS } from '../../support/run-servers.js';
import { WEB_FRAMEWORKS } from '../../support/web-frameworks.js';
import { argumentsOf, callsIn, literalString, qualify } from '../code/module.js';
import { readCommandLine, readWords } from '../files/command-line.js';
import { parseComposeText } from '../files/compose-nodes.js';
import { readService } from '../files/compose-service.js';
import { readInstructions } from '../files/dockerfile-instructions.js';
import { type PlacedCommand, readImageCommand, serversStarted } from '../files/web-command.js';
import type { Project } from '../project.js';

/** How the commands of a file of one kind are read. */
interface StartFile {
  readonly name: RegExp;
  readonly commands: (text: string, path: string) => Promise<readonly PlacedCommand[]>;
}

/** Files with commands, those that decide first come first. */
const FILES: readonly StartFile[] = [
  { name: /^Dockerfile[^/]*$/, commands: imageCommands },
  { name: /^(docker-)?compose[^/]*\.ya?ml$/, commands: composeCommands },
  {
    name: /^(scripts\/)?[\w.-]+\.sh$/,
    commands: async (text, file) => [{ command: await readCommandLine(text), place: { file, line: 1 } }],
  },
];

/** What the app's own files name, a list for each kind of file that names any; those that decide first come first. */
export async function appsNamedAtStart(project: Project): Promise<readonly (readonly AppReference[])[]> {
  const trees = project.source === project.tree ? [project.tree] : [project.tree, project.source];
  const namings = WEB_FRAMEWORKS.flatMap(([, { namesApp }]) => namesApp ?? []);
  const named = await Promise.all(namings.map(naming => inTrees(trees, tree => appNamed(tree, naming))));
  const started = await Promise.all(FILES.map(file => inTrees(trees, tree => appsStarted(tree, file))));
  return [...named, startedInCode(project), ...started].filter(list => list.length > 0);
}

async function inTrees(
  trees: readonly Tree[],
  find: (tree: Tree) => Promise<readonly AppReference[]>,
): Promise<readonly AppReference[]> {
  return (await Promise.all(trees.map(find))).flat();
}

async function appNamed(tree: Tree, naming: AppNaming): Promise<readonly AppReference[]> {
  const text = await tree.read(naming.file);
  const written = text === undefined ? undefined : writtenName(text, naming);
  const app = written === undefined ? undefined : readReference(written.replace(/\.py(?=:|$)/, ''));
  return app ? [app] : [];
}

function writtenName(text: string, naming: AppNaming): string | undefined {
  switch (naming.kind) {
    case 'variable':
      return new RegExp(`^\\s*(?:export\\s+)?${naming.variable}\\s*=\\s*["']?([^"'#\\s]+)`, 'm').exec(text)?.[1];
    case 'toml': {
      const parsed = parseToml(naming.file, text, 'QS206');
      return isTomlFile(parsed) ? stringAt(parsed.data, ...naming.table, naming.key) : undefined;
    }
  }
}

async function appsStarted(tree: Tree, { name, commands }: StartFile): Promise<readonly AppReference[]> {
  const files = tree.paths.filter(path => name.test(path));
  const read = files.map(async path => commands((await tree.read(path)) ?? '', path));
  const servers = await serversStarted(tree, (await Promise.all(read)).flat());
  return servers.flatMap(({ app }) => (app?.attribute === undefined ? [] : [app]));
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
  const commands = services.flatMap(({ key, value }) =>
    value.kind === 'mapping' ? (readService(key, value).command ?? []) : [],
  );
  return Promise.all(
    commands.map(async ({ value, place }) => ({
      command: value.kind === 'words' ? readWords(value.words) : await readCommandLine(value.line),
      place,
    })),
  );
}

/** `uvicorn.run("shop.main:app")`. */
function startedInCode({ modules }: Project): readonly AppReference[] {
  const starters = new Set(RUN_SERVERS.flatMap(([, { starter }]) => starter ?? []));
  const calls = modules
    .filter(({ isTest }) => !isTest)
    .flatMap(module =>
      module.statements.flatMap(({ tokens }) =>
        callsIn(tokens)
          .filter(({ callee }) => starters.has(qualify(module, callee)))
          .map(({ open }) => argumentsOf(tokens, open)[0]),
      ),
    );
  return calls.flatMap(first => {
    const app = readReference((first && literalString(first.tokens)) ?? '');
    return app?.attribute === undefined ? [] : [app];
  });
}
