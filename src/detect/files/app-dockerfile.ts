/** Which of the Dockerfiles in an app's directory is the one that it is deployed with. */
import { asideIn, installedIn } from '../../source/own-code.js';
import { isWithin, parentOf, resolvePath } from '../../source/paths.js';
import { oncePerTree, type Tree } from '../../source/tree.js';
import { RUN_SERVERS } from '../../support/run-servers.js';
import { readCompose } from './compose.js';
import { parseComposeText } from './compose-nodes.js';
import { dockerfileOf, readService } from './compose-service.js';
import { commandText, type DockerInstruction, readInstructions } from './dockerfile-instructions.js';

/** Dockerfiles, at the top or in a directory of their own. */
export const DOCKERFILES =
  /^([\w.-]+\/){0,3}([\w-]+\.)?(Dockerfile(?![^/]*\.(md|rst|txt|html?|ya?ml|py|sh)$)[^/]*|Containerfile(\.[\w-]+)?)$/i;

/** Those of people who work on the app. */
export const FOR_DEVELOPERS =
  /(^|[./_-])(dev|devel|development|devcontainer|gitpod|local|test|tests|ci|debug|e2e|lint|docs?)([./_-]|$)/i;
/** Those of what stands beside an app. */
const AROUND =
  /(^|[/._-])(nginx|frontend|client|web-?client|ui|postgres|db|database|redis|traefik|caddy|proxy|devcontainer|docs)([/._-]|$)/i;
/** Those that say so. */
export const FOR_PRODUCTION = /(^|[./_-])(prod|production|release)([./_-]|$)/i;

const TOP = 'Dockerfile';
/** Files that make a project of the directory that they lie in. */
const MANIFEST = /(^|\/)(package\.json|pyproject\.toml|requirements[^/]*\.txt|Pipfile|setup\.py|manage\.py)$/;
const PYTHON_IMAGE = /(^|[/_-])(python|pypy|uv|poetry|conda|miniconda3|uvicorn)/i;
const PYTHON_INSTALL = /\b(pip3?|uv|poetry|pipenv|pdm|conda)\s+(install|sync)\b/;

/** A Dockerfile as it is read. */
export interface AppDockerfile {
  /** Its path in the app's directory. */
  readonly file: string;
  readonly instructions: readonly DockerInstruction[];
}

/**
 * Finds the Dockerfile that an app is deployed with: the one at the top of its directory, else of those that install Python packages and
 * start something the one for production, else the one that its compose files build, else the one that is called nothing but Dockerfile, else
 * the one that starts a server: others are called by the part that they are for. Of several that are alike none counts.
 * @returns one without instructions where there is none
 */
export const appDockerfile = oncePerTree(findDockerfile);

/**
 * The tree whose Dockerfile an app in a directory of the source is deployed with: its own, else the source around it where that copies the
 * directory into an image, or a compose file mounts it there; undefined where neither has one.
 */
export async function deployedFrom(tree: Tree, source: Tree, root: string): Promise<Tree | undefined> {
  if ((await appDockerfile(tree)).instructions.length > 0) return tree;
  if (tree === source || root === '') return undefined;
  const { file, instructions } = await appDockerfile(source);
  const isCopied = instructions.some(
    instruction => instruction.kind === 'copy' && instruction.from.some(path => resolvePath('', path) === root),
  );
  const { services = [] } = isCopied ? {} : ((await readCompose(source)) ?? {});
  const isMounted = services.some(
    one => one.code !== undefined && isWithin(root, one.code) && dockerfileOf(one) === file,
  );
  return isCopied || isMounted ? source : undefined;
}

async function findDockerfile(tree: Tree): Promise<AppDockerfile> {
  // Beside one for production the other is for developers.
  if (tree.paths.includes(TOP)) return (await productionBeside(tree)) ?? readAt(tree, TOP);
  const projects = new Set(tree.paths.filter(path => MANIFEST.test(path) && !isListAlone(tree, path)).map(parentOf));
  // What lies in a project of its own is that one's.
  const isOwn = (path: string) => !path.includes('/') || !projects.has(parentOf(path));
  const paths = countedDockerfiles(tree).filter(path => !FOR_DEVELOPERS.test(path) && isOwn(path));
  const all = (await Promise.all(paths.map(path => readAt(tree, path)))).filter(hasPython);
  const read = all.filter(startsSomething);
  // What they start is said by who builds them.
  const built = all.length > 0 ? await builtByCompose(tree) : new Set();
  const ranked = [
    read.filter(({ file }) => FOR_PRODUCTION.test(file)),
    all.filter(({ file }) => built.has(file)),
    read.filter(({ file }) => /(^|\/)Dockerfile$/.test(file)),
    read.filter(startsServer),
    read,
  ];
  const best = ranked.find(files => files.length > 0) ?? [];
  return best.length === 1 ? best[0]! : { file: TOP, instructions: [] };
}

/** Directories of what an app's containers are made with. */
const FOR_CONTAINERS = /(^|\/)(\.?docker|deploy(ment)?|containers?|build|infra)$/;

/** Whether a file lists packages in such a directory, without any code: it is kept for the Dockerfile beside it. */
function isListAlone({ paths }: Tree, path: string): boolean {
  const directory = parentOf(path);
  const isList = path.endsWith('.txt') && FOR_CONTAINERS.test(directory);
  return isList && !paths.some(other => other.endsWith('.py') && isWithin(other, directory));
}

/** Dockerfiles that are no installed package's, and lie in no examples or the like. */
function countedDockerfiles({ paths }: Tree): readonly string[] {
  const [isInstalled, asideOf] = [installedIn(paths), asideIn(paths)];
  return paths.filter(path => DOCKERFILES.test(path) && !isInstalled(path) && asideOf(path) === undefined);
}

/** Finds the paths of an app's own Dockerfiles: those for developers too, none of what stands beside it. */
export function ownDockerfiles(tree: Tree): readonly string[] {
  return countedDockerfiles(tree).filter(path => !AROUND.test(path));
}

/** The one Dockerfile at the top that is called for production; undefined where there are none, or several. */
async function productionBeside(tree: Tree): Promise<AppDockerfile | undefined> {
  const paths = tree.paths.filter(
    path => !path.includes('/') && DOCKERFILES.test(path) && FOR_PRODUCTION.test(path) && !FOR_DEVELOPERS.test(path),
  );
  const [only, another] = (await Promise.all(paths.map(path => readAt(tree, path)))).filter(
    file => hasPython(file) && startsSomething(file),
  );
  return another ? undefined : only;
}

async function readAt(tree: Tree, file: string): Promise<AppDockerfile> {
  return { file, instructions: readInstructions((await tree.read(file)) ?? '') };
}

function hasPython({ instructions }: AppDockerfile): boolean {
  return instructions.some(instruction => {
    if (instruction.kind === 'from') return PYTHON_IMAGE.test(instruction.image);
    if (instruction.kind !== 'run') return false;
    return PYTHON_INSTALL.test(commandText(instruction.command));
  });
}

function startsSomething({ instructions }: AppDockerfile): boolean {
  return instructions.some(({ kind }) => kind === 'cmd' || kind === 'entrypoint');
}

/** Programs of servers, and commands of frameworks that serve. */
const SERVES = new RegExp(`\\b(${RUN_SERVERS.map(([kind]) => kind).join('|')}|fastapi run|flask run|runserver)\\b`);

function startsServer({ instructions }: AppDockerfile): boolean {
  return instructions.some(
    one => (one.kind === 'cmd' || one.kind === 'entrypoint') && SERVES.test(commandText(one.command)),
  );
}

/** Compose files, at the top or in a directory of their own. */
export const COMPOSE_FILES = /^([\w.-]+\/){0,3}(docker-)?compose[^/]*\.ya?ml$/;

/** The Dockerfiles that services of compose files are built from, of those for production alone where there are such. */
async function builtByCompose(tree: Tree): Promise<ReadonlySet<string>> {
  const files = tree.paths.filter(path => COMPOSE_FILES.test(path));
  const built = await Promise.all(files.map(async file => ({ file, dockerfiles: await dockerfilesIn(tree, file) })));
  const some = built.filter(({ dockerfiles }) => dockerfiles.length > 0);
  const forProduction = some.filter(({ file }) => FOR_PRODUCTION.test(file));
  return new Set((forProduction.length > 0 ? forProduction : some).flatMap(({ dockerfiles }) => dockerfiles));
}

async function dockerfilesIn(tree: Tree, file: string): Promise<readonly string[]> {
  const services =
    parseComposeText(file, (await tree.read(file)) ?? '', new Map())
      ?.get('services')
      ?.entries() ?? [];
  return services.flatMap(({ key, value }) => {
    const { build, dockerfile } = value.kind === 'mapping' ? readService(key, value) : {};
    if (!build) return [];
    return [resolvePath(resolvePath(parentOf(file), build.value), dockerfile?.value ?? TOP)];
  });
}
