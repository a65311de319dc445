/** The compose file of an app: what it runs beside each other, as far as that says something of the app. */
import type { Place } from '../../diagnostics/place.js';
import { relativePath } from '../../source/paths.js';
import { oncePerTree, type Tree } from '../../source/tree.js';
import { type ComposeVariables, readVariables } from './compose-interpolation.js';
import { parseComposeText } from './compose-nodes.js';
import { type ComposeService, mergedServices, readService } from './compose-service.js';

/** A compose file, with what the override beside it changes. */
export interface ComposeFile {
  readonly path: string;
  readonly services: readonly ComposeService[];
}

/** Where a compose file is looked for: the app's directory, and the source around it, in which the app lies at `root`. */
export interface ComposePlaces {
  readonly tree: Tree;
  readonly source: Tree;
  readonly root: string;
}

/** The services of an app's compose file. */
export interface AppCompose {
  readonly services: readonly ComposeService[];
  /** Where the file lies. */
  readonly base: Tree;
  /** The app's directory seen from there. */
  readonly root: string;
}

/** Reads the compose file in the app's own directory, else the one in the source around it; without one there are no services. */
export async function readAppCompose({ tree, source, root }: ComposePlaces): Promise<AppCompose> {
  const own = await readCompose(tree);
  if (own) return { services: own.services, base: tree, root: '' };
  return { services: (await readCompose(source))?.services ?? [], base: source, root };
}

/** A place in a file around the app, as seen from the app's directory. */
export function seenFromApp({ root }: Pick<AppCompose, 'root'>, place: Place): Place {
  return { ...place, file: relativePath(root, place.file) };
}

/** Names of compose files, the first that exists counting. */
const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** Names that people give to compose when there is none of the others. */
const NAMED_FILES = ['docker-compose.dev.yml'];

/** Files that compose reads after its own, the first that exists counting. */
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * Reads the compose file at the top of a tree, with its override and the `.env` beside it. Undefined when there is none; one that
 * is no YAML has no services.
 */
export const readCompose = oncePerTree(readFile);

async function readFile(tree: Tree): Promise<ComposeFile | undefined> {
  const own = FILES.find(path => tree.paths.includes(path));
  const path = own ?? NAMED_FILES.find(candidate => tree.paths.includes(candidate));
  if (path === undefined) return undefined;
  const variables = readVariables((await tree.read('.env')) ?? '');
  const services = await readServices(tree, path, variables);
  const override = own === undefined ? undefined : OVERRIDES.find(candidate => tree.paths.includes(candidate));
  return {
    path,
    services:
      override === undefined ? services : mergedServices(services, await readServices(tree, override, variables)),
  };
}

async function readServices(tree: Tree, path: string, variables: ComposeVariables): Promise<readonly ComposeService[]> {
  const root = parseComposeText(path, (await tree.read(path)) ?? '', variables);
  return (root?.get('services')?.entries() ?? [])
    .filter(({ value }) => value.kind === 'mapping')
    .map(({ key, value }) => readService(key, value));
}
