/** The compose file of an app: what it runs beside each other, as far as that says something of the app. */
import type { Place } from '../../diagnostics/place.js';
import { installedIn } from '../../source/own-code.js';
import { joinPath, parentOf, relativePath, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { oncePerTree, subtree, type Tree } from '../../source/tree.js';
import { isSecretName } from '../../support/secret-names.js';
import { type ComposeVariables, readVariables } from './compose-interpolation.js';
import { parseComposeText } from './compose-nodes.js';
import { type ComposeService, mergedServices, readService, seenFromTop } from './compose-service.js';
import { EXAMPLE_NAMES } from './env-file.js';
import { withMountedCode } from './mounted-code.js';
import { ofOtherImages } from './other-images.js';
import { withOwnImages } from './own-images.js';

/** A compose file, with what others that compose reads with it add and change. */
export interface ComposeFile {
  readonly path: string;
  /** Paths of all that were read of it, this one included. */
  readonly files: readonly string[];
  /** What the file says it is called. */
  readonly name?: Sourced<string>;
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

/**
 * Reads the compose file at the top of the app's directory, else of the source around it, else of a directory between these, the nearest
 * first, else those below; without one there are no services.
 */
export async function readAppCompose({ tree, source, root }: ComposePlaces): Promise<AppCompose> {
  const own = await readCompose(tree);
  const inApp = own && { services: own.services, base: tree, root: '' };
  if (inApp && isAtTop(own)) return inApp;
  const around = await readCompose(source);
  const between = around && isAtTop(around) ? undefined : await composeBetween(source, root);
  if (around && isAtTop(around)) return aroundApp(around, source, root);
  return between ?? inApp ?? aroundApp(around, source, root);
}

function isAtTop({ path }: ComposeFile): boolean {
  return !path.includes('/');
}

function aroundApp(around: ComposeFile | undefined, base: Tree, root: string): AppCompose {
  return { services: around?.services ?? [], base, root };
}

/** What lies at the top of the nearest directory around an app that has a compose file: `src/docker-compose.yml` of `src/server`. */
async function composeBetween(source: Tree, root: string): Promise<AppCompose | undefined> {
  for (let directory = parentOf(root); directory !== ''; directory = parentOf(directory)) {
    const base = directoriesOf(source)(directory);
    const found = await readCompose(base);
    if (found && isAtTop(found)) return { services: found.services, base, root: relativePath(directory, root) };
  }
  return undefined;
}

/** The parts of a tree below its directories, each the same whenever it is asked for. */
const directoriesOf = oncePerTree((tree: Tree) => {
  const known = new Map<string, Tree>();
  return (directory: string) => {
    const part = known.get(directory) ?? subtree(tree, directory);
    known.set(directory, part);
    return part;
  };
});

/** A place in a file around the app, as seen from the app's directory. */
export function seenFromApp({ root }: Pick<AppCompose, 'root'>, place: Place): Place {
  return { ...place, file: relativePath(root, place.file) };
}

/** Names of compose files, the first that exists counting. */
const FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

/** Names that people give to compose when there is none of the others, what is for people first. */
const NAMED_FILES = [
  /^(docker-)?compose[._-](prod(uction)?|prd|live)\.ya?ml$/,
  /^(prod(uction)?|prd|live)(\.docker-compose)?\.ya?ml$/,
  /^(docker-)?compose[._-](staging|deploy(ment)?|server)\.ya?ml$/,
  /^(docker-)?compose[._-](dev(elopment)?|local)\.ya?ml$/,
];

/** Directories that people keep what deploys an app in. */
const ELSEWHERE = /^(\.?docker|docker-compose|compose|infra(structure)?|deploy(ments?)?|ops|devops|containers?)\//;

/** The same, two or three directories below, where none of these is for developers: `tools/deploy/docker/`. */
const FURTHER_BELOW =
  /\/(\.?docker|docker-compose|compose|infra(structure)?|deploy(ments?)?|ops|devops|containers?|prod(uction)?)\/[^/]+$/;
const NOT_OF_APP = /(^|\/)(dev(el(opment)?)?|local|tests?|ci|e2e|debug|docs?|examples?|extras?)\//;

/** Files of those who work on the app, of tests, and for machines of another kind. */
const FOR_DEVELOPERS_ALONE =
  /(^|[./_-])(dev|devel|development|devcontainer|override|tests?|ci|e2e|debug|lint|docs?|examples?|samples?|gpu|cuda|arm64?|windows|mac(os)?)([./_-]|$)/i;

/** Files that compose reads after its own, the first that exists counting. */
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/**
 * Reads the compose file at the top of a tree, else one in a directory for what deploys it, with its override and the `.env` beside it.
 * Paths in it are those of the tree. Undefined when there is none; one that is no YAML has no services.
 */
export const readCompose = oncePerTree(readFile);

async function readFile(tree: Tree): Promise<ComposeFile | undefined> {
  const own = FILES.find(path => tree.paths.includes(path));
  const named = own ?? (await namedFile(tree));
  const [path, ...parts] = named === undefined ? await partFiles(tree) : [named];
  if (path === undefined) return undefined;
  const variables = readVariables((await tree.read(joinPath(parentOf(path), '.env'))) ?? '');
  const override = own === undefined ? undefined : OVERRIDES.find(candidate => tree.paths.includes(candidate));
  const included = await includedFiles(tree, path, variables);
  const files = [...included, path, ...parts, ...(override === undefined ? [] : [override])];
  const read = await Promise.all(
    files.map(async file => (await readServices(tree, file, variables)).map(one => seenFromTop(one, parentOf(file)))),
  );
  const name = await readName(tree, path, variables);
  const merged = read.reduce<readonly ComposeService[]>((all, services) => mergedServices(all, services), []);
  const built = await ofOtherImages(tree, await withBuilds(tree, path, merged, variables));
  const services = withMountedCode(tree, await withOwnImages(tree, built));
  return { path, files, ...(name && { name }), services };
}

/** Files that a compose file takes in as they are: https://docs.docker.com/reference/compose-file/include/. */
async function includedFiles(tree: Tree, path: string, variables: ComposeVariables): Promise<readonly string[]> {
  const node = parseComposeText(path, (await tree.read(path)) ?? '', variables)?.get('include');
  const written = (node?.items() ?? []).flatMap(item => {
    const paths = item.kind === 'mapping' ? item.get('path') : item;
    return paths?.kind === 'list' ? paths.items().map(one => one.text()) : [paths?.text()];
  });
  const found = written.flatMap(text => (text === undefined ? [] : [resolvePath(parentOf(path), text)]));
  return found.filter(file => file !== path && tree.paths.includes(file));
}

/** The first of the other files that compose may be told to read: Ansible's and others have such names too. */
async function namedFile(tree: Tree): Promise<string | undefined> {
  const elsewhere = tree.paths.filter(path => ELSEWHERE.test(path) && path.split('/').length === 2);
  const isInstalled = installedIn(tree.paths);
  const below = tree.paths.filter(
    path =>
      /^([^/]+\/){2,3}[^/]+$/.test(path) && FURTHER_BELOW.test(path) && !NOT_OF_APP.test(path) && !isInstalled(path),
  );
  const named = (paths: readonly string[], names: readonly RegExp[]) =>
    names.flatMap(name => paths.filter(path => name.test(path.split('/').at(-1)!)));
  const usual = FILES.flatMap(file => elsewhere.filter(path => path.endsWith(`/${file}`)));
  const atTop = tree.paths.filter(path => !path.includes('/'));
  for (const path of [...named(atTop, NAMED_FILES), ...usual, ...named(elsewhere, NAMED_FILES), ...onlyOf(below)]) {
    if (/^services:/m.test((await tree.read(path)) ?? '')) return path;
  }
  return undefined;
}

/** Names of files for a part of what runs: `docker-compose.infra.yml`. */
const PART = /^(docker-)?compose[._-][\w-]+\.ya?ml$/;

/** The files for parts where no other is there: those at the top, else those of the one directory with some. */
async function partFiles(tree: Tree): Promise<readonly string[]> {
  const all = tree.paths.filter(path => PART.test(path.split('/').at(-1)!) && !FOR_DEVELOPERS_ALONE.test(path));
  const elsewhere = all.filter(path => ELSEWHERE.test(path) && path.split('/').length === 2);
  const atTop = all.filter(path => !path.includes('/'));
  const paths = atTop.length > 0 ? atTop : elsewhere.filter(path => parentOf(path) === parentOf(elsewhere[0]!));
  const texts = await Promise.all(paths.map(path => tree.read(path)));
  return paths.filter((_, at) => /^services:/m.test(texts[at] ?? ''));
}

/** The one file with a name of compose's own among some; none where there are several, of which nothing says which is meant. */
function onlyOf(paths: readonly string[]): readonly string[] {
  const usual = paths.filter(path => FILES.includes(path.split('/').at(-1)!));
  return usual.length === 1 ? usual : [];
}

/** Further compose files, which build what the first only runs. */
const FURTHER = /^([\w.-]+\/)?[^/]*(compose|dev|build)[^/]*\.ya?ml$/;

/**
 * Services that only name the app's own published image, with the directory that another compose file builds it from: the service of the same
 * name there, or one of that image.
 */
async function withBuilds(
  tree: Tree,
  path: string,
  services: readonly ComposeService[],
  variables: ComposeVariables,
): Promise<readonly ComposeService[]> {
  if (services.every(({ build, image }) => build ?? !image)) return services;
  const paths = tree.paths.filter(other => other !== path && FURTHER.test(other) && /compose|^docker\//.test(other));
  const others = (await Promise.all(paths.map(other => readServices(tree, other, variables)))).flat();
  const built = others.filter(({ build }) => build && /^\.{0,2}\/?$/.test(build.value));
  return services.map(service => {
    const image = service.image && !service.build ? repositoryOf(service.image.value) : undefined;
    const same = built.find(
      other => other.name.value === service.name.value || (other.image && repositoryOf(other.image.value) === image),
    );
    return image === undefined || !same ? service : { ...service, build: { ...same.build!, value: '.' } };
  });
}

/** An image without its tag. */
function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
}

async function readServices(tree: Tree, path: string, variables: ComposeVariables): Promise<readonly ComposeService[]> {
  const text = (await tree.read(path)) ?? '';
  const read = (values: ComposeVariables) =>
    (parseComposeText(path, text, values)?.get('services')?.entries() ?? [])
      .filter(({ value }) => value.kind === 'mapping')
      .map(({ key, value }) => readService(key, value));
  const services = read(variables);
  // A number of workers or the level of a log that only a copy of the example gives is no option at all without it.
  const shown = await exampleVariables(tree);
  const commands = shown.size > 0 ? read(new Map([...shown, ...variables])) : services;
  const filled = services.map((service, at) => {
    const command = commands[at]?.command;
    return command ? { ...service, command } : service;
  });
  return forPeople(filled);
}

/** What the file says it is called. */
async function readName(tree: Tree, path: string, variables: ComposeVariables): Promise<Sourced<string> | undefined> {
  const node = parseComposeText(path, (await tree.read(path)) ?? '', variables)?.get('name');
  const value = node?.text();
  return node && value ? { value, place: node.place } : undefined;
}

/** Profiles of those who work on the app, and of those who use it. */
const FOR_DEVELOPERS = /^(dev(el(op(ment)?)?)?|local|debug|tests?|testing)$/i;
const FOR_PEOPLE = /^(prod(uction)?|live|release)$/i;

/** All services but those for developers alone, where others are there for people. */
function forPeople(services: readonly ComposeService[]): readonly ComposeService[] {
  const isSplit = services.some(({ profiles = [] }) => profiles.some(profile => FOR_PEOPLE.test(profile)));
  const isForDevelopers = ({ profiles = [] }: ComposeService) =>
    profiles.length > 0 && profiles.every(profile => FOR_DEVELOPERS.test(profile));
  return isSplit ? services.filter(service => !isForDevelopers(service)) : services;
}

/** What an example beside the file gives variables, but for secrets. */
async function exampleVariables(tree: Tree): Promise<ComposeVariables> {
  const path = tree.paths.find(candidate => EXAMPLE_NAMES.test(candidate));
  const shown = path === undefined ? new Map() : readVariables((await tree.read(path)) ?? '');
  return new Map([...shown].filter(([name]) => !isSecretName(name)));
}
