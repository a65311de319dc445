/** What the app's own Dockerfile says of it: variables, directories, the version of Python, and what its container runs. */
import { isWithin } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import type { Tree } from '../../source/tree.js';
import { appDockerfile } from './app-dockerfile.js';
import { commandText, type DockerInstruction, type ImageCommand, readInstructions } from './dockerfile-instructions.js';

/** Where the source lies in an image whose Dockerfile does not say. */
const USUAL_DIRECTORY = '/app';

/** Finds the value that the Dockerfile sets a variable to: in its last stage and those that it is made from, else in any. */
export async function imageVariable(tree: Tree, name: string): Promise<Sourced<string> | undefined> {
  const { own, all } = await readDockerfile(tree);
  const find = (instructions: readonly PlacedInstruction[]) => knownVariables(instructions).get(name);
  return find(own) ?? find(all);
}

/** Finds the variables that the last stage of the Dockerfile has in the end, with those of the stages that it is made from. */
export async function imageVariables(
  tree: Tree,
): Promise<readonly Sourced<{ readonly name: string; readonly value: string }>[]> {
  const { own } = await readDockerfile(tree);
  return [...knownVariables(own)].map(([name, { value, place }]) => ({ value: { name, value }, place }));
}

/** Finds the directory in the image that the source is copied to: the first that the last stage works in. */
export async function imageDirectory(tree: Tree): Promise<string> {
  const { last, all } = await readDockerfile(tree);
  return directoryOf([...last, ...all]);
}

/** Finds the version of Python that the Dockerfile's images carry, the last one when there are several. */
export async function imagePython(tree: Tree): Promise<Sourced<string> | undefined> {
  return pythonOf((await readDockerfile(tree)).all);
}

/** The same of any Dockerfile of a tree. */
export async function pythonIn(tree: Tree, file: string): Promise<Sourced<string> | undefined> {
  return pythonOf(readInstructions((await tree.read(file)) ?? '').map(instruction => ({ ...instruction, file })));
}

function pythonOf(instructions: readonly PlacedInstruction[]): Sourced<string> | undefined {
  const versions = instructions.flatMap(instruction => {
    const version = instruction.kind === 'from' ? /python:?(3\.\d+)/i.exec(instruction.image)?.[1] : undefined;
    return version === undefined
      ? []
      : [{ value: version, place: placeOf(instruction), why: 'as its container has it' }];
  });
  return versions.at(-1);
}

/** Finds the directories that the Dockerfile declares as volumes: those in the source relative to it, others absolute. */
export async function imageVolumes(tree: Tree): Promise<readonly Sourced<string>[]> {
  const { last, all } = await readDockerfile(tree);
  const root = directoryOf([...last, ...all]);
  return all.flatMap(instruction => {
    // A volume of the source itself is there for developers to mount their own over it.
    const paths = instruction.kind === 'volume' ? instruction.paths.filter(path => path !== root) : [];
    return paths.map(path => ({
      value: isWithin(path, root) ? path.slice(root.length + 1) : path,
      place: placeOf(instruction),
    }));
  });
}

/** Finds the directories that commands of the Dockerfile make for the container to use, by absolute paths. */
export async function madeInImage(tree: Tree): Promise<readonly string[]> {
  const { own } = await readDockerfile(tree);
  return own.flatMap(instruction => {
    if (instruction.kind !== 'run') return [];
    const calls = [...commandText(instruction.command).matchAll(/\bmkdir\s+([^;&|\n]+)/g)].map(match =>
      match[1]!.split(/\s+/),
    );
    return calls.flat().flatMap(word => (/^\/[\w./-]+$/.test(word) ? [word.replace(/\/$/, '')] : []));
  });
}

/** Finds the commands that run while the image is made, in the stages that its last one is made from. */
export async function imageRuns(tree: Tree): Promise<readonly Sourced<ImageCommand>[]> {
  const { own } = await readDockerfile(tree);
  return own.flatMap(instruction =>
    instruction.kind === 'run' ? [{ value: instruction.command, place: placeOf(instruction) }] : [],
  );
}

/** Finds the first port that the Dockerfile's last stage, or one that it is made from, says it answers on. */
export async function exposedPort(tree: Tree): Promise<Sourced<string> | undefined> {
  const { own } = await readDockerfile(tree);
  const exposed = own.findLast(
    ({ kind, ...rest }) => kind === 'other' && 'keyword' in rest && rest.keyword === 'expose',
  );
  const port = exposed?.kind === 'other' ? /^\d+/.exec(exposed.text)?.[0] : undefined;
  return exposed && port !== undefined
    ? { value: port, place: placeOf(exposed), why: 'as its container has it' }
    : undefined;
}

/** How a container of the app is started. */
export interface ContainerStart {
  /** CMD alone, ENTRYPOINT alone, and the two in one where both are words. */
  readonly commands: readonly Sourced<ImageCommand>[];
  readonly variables: Readonly<Record<string, string>>;
  /** Directory of the source in the image. */
  readonly root: string;
}

/** Finds how a container of the app is started. */
export async function containerStart(tree: Tree): Promise<ContainerStart> {
  const { own, last, all } = await readDockerfile(tree);
  const find = (kind: 'cmd' | 'entrypoint') => {
    const [found] = [own, all].flatMap(
      instructions => instructions.findLast(instruction => instruction.kind === kind) ?? [],
    );
    return found?.kind === kind ? { value: found.command, place: placeOf(found) } : undefined;
  };
  const [cmd, entrypoint] = [find('cmd'), find('entrypoint')];
  const whole = entrypoint && cmd ? joinedCommand(entrypoint, cmd) : undefined;
  return {
    commands: [cmd, entrypoint, whole].filter(command => command !== undefined),
    variables: Object.fromEntries([...variablesOf(own)].map(([name, { value }]) => [name, value])),
    root: directoryOf([...last, ...all]),
  };
}

function joinedCommand(entrypoint: Sourced<ImageCommand>, { value: cmd, place }: Sourced<ImageCommand>) {
  if (entrypoint.value.form !== 'exec' || cmd.form !== 'exec') return undefined;
  return { value: { form: 'exec', words: [...entrypoint.value.words, ...cmd.words] }, place } as const;
}

type PlacedInstruction = DockerInstruction & { readonly file: string };

/** The instructions by what they count for. */
interface ReadDockerfile {
  readonly all: readonly PlacedInstruction[];
  /** Those of the last stage that is not for developers. */
  readonly last: readonly PlacedInstruction[];
  /** Those of the last stage, behind those of the stages that it is made from. */
  readonly own: readonly PlacedInstruction[];
}

/** Names of stages that are built for those who work on the app. */
const FOR_DEVELOPERS = /(^|[-_.])(dev|devel|development|local|debug|tests?|testing|ci|lint)$/i;

/** Whether a stage, by its name, is one of those. */
export function isStageForDevelopers(name: string): boolean {
  return FOR_DEVELOPERS.test(name);
}

async function readDockerfile(tree: Tree): Promise<ReadDockerfile> {
  const { file, instructions } = await appDockerfile(tree);
  const all = instructions.map(instruction => ({ ...instruction, file }));
  const stages: PlacedInstruction[][] = [];
  for (const instruction of all) {
    if (instruction.kind === 'from') stages.push([instruction]);
    else stages.at(-1)?.push(instruction);
  }
  const nameOf = ([from]: readonly PlacedInstruction[]) => (from?.kind === 'from' ? (from.name ?? '') : '');
  const ofPeople = stages.findLastIndex(stage => !isStageForDevelopers(nameOf(stage)));
  const end = ofPeople < 0 ? stages.length - 1 : ofPeople;
  const chain: PlacedInstruction[][] = [];
  for (let at = end; at >= 0; ) {
    chain.unshift(stages[at]!);
    const [from] = stages[at]!;
    const base = from?.kind === 'from' ? from.image.toLowerCase() : '';
    at = stages.slice(0, at).findLastIndex(([other]) => other?.kind === 'from' && other.name?.toLowerCase() === base);
  }
  return { all, last: stages[end] ?? [], own: chain.flat() };
}

/** Those whose values not only whoever builds the image knows. */
function knownVariables(instructions: readonly PlacedInstruction[]): ReadonlyMap<string, Sourced<string>> {
  return new Map([...variablesOf(instructions)].filter(([, { value }]) => !/\$\{?\w/.test(value)));
}

/** The values that variables have in the end. */
function variablesOf(instructions: readonly PlacedInstruction[]): ReadonlyMap<string, Sourced<string>> {
  const values = instructions.flatMap(instruction =>
    instruction.kind === 'env'
      ? instruction.values.map(([name, value]) => [name, { value, place: placeOf(instruction) }] as const)
      : [],
  );
  return new Map(values);
}

function directoryOf(instructions: readonly PlacedInstruction[]): string {
  const [path] = instructions.flatMap(instruction =>
    instruction.kind === 'workdir' && instruction.path.startsWith('/') ? [instruction.path] : [],
  );
  return path?.replace(/\/$/, '') ?? USUAL_DIRECTORY;
}

function placeOf({ file, line }: PlacedInstruction) {
  return { file, line };
}
