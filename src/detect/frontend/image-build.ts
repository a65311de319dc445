/** How a Dockerfile's stage builds a frontend: its variables, its commands, and what the app's image takes from it. */
import { defined } from '../../source/defined.js';
import { isWithin, joinPath, relativePath, resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';
import { oncePerTree, type Tree } from '../../source/tree.js';
import { FRONTENDS } from '../../support/frontends/index.js';
import type { GivenVariable, PlacedFiles } from '../facts.js';
import { DOCKERFILES, FOR_DEVELOPERS, FOR_PRODUCTION } from '../files/app-dockerfile.js';
import { commandText } from '../files/dockerfile-instructions.js';
import { type ImageStage, imageStages, pathIn, type StageInstruction } from '../files/image-stages.js';
import { startFilesIn } from '../files/start-commands.js';
import { packagesOfStage } from './system-packages.js';

/** A stage that builds a frontend. */
export interface ImageBuild {
  /** The major version of Node, or more of it. */
  readonly node: Sourced<string> | undefined;
  /** Values that variables have in it, where they are known. */
  readonly variables: readonly Sourced<GivenVariable>[];
  /** Debian packages that it installs them with. */
  readonly packages: readonly Sourced<string>[];
  /** What it runs once its packages are installed, as commands for a shell in the package's directory. */
  readonly commands: readonly Sourced<string>[];
  /** What the app's own image takes from it, and from others beside it that build the same package; empty: it is published by itself. */
  readonly taken: readonly Sourced<PlacedFiles>[];
  /** The image of a server of files that takes what it builds, where the app's own does not. */
  readonly published: Sourced<string> | undefined;
}

const NODE = /(^|\/)(node|bun)(?:$|@|:v?(\d[\d.]*)?)/;
const CALLS = /(^|[\s;&|"'/(])(npm|yarn|pnpm|bun|bunx|npx)(\s|$|:)/;
/** What hands out files and runs no app. */
const FILE_SERVERS = /(^|\/)(nginx|nginx-unprivileged|caddy|httpd|busybox|scratch|traefik)(:|$|@)/;

/** The stages of each Dockerfile of a source that is not for developers. */
const deployedStages = oncePerTree(source => {
  const files = startFilesIn(source, { name: DOCKERFILES }).filter(path => !FOR_DEVELOPERS.test(path));
  return Promise.all(files.map(file => imageStages(source, file)));
});

/** Finds the stage that builds the package of a directory: the one that the app's own image takes from, before others. */
export async function imageBuild(source: Tree, root: string): Promise<ImageBuild | undefined> {
  const builds = (await deployedStages(source)).flatMap(stages =>
    stages
      .filter(stage => isBuiltIn(stage, root))
      .map(stage => ({ stage, taken: takenFrom(stages, stage, source), published: publishedFrom(stages, stage) })),
  );
  const rank = ({ stage, taken }: (typeof builds)[number]) =>
    taken.length > 0 || !isNode(stage) ? 0 : FOR_PRODUCTION.test(stage.file) ? 1 : 2;
  const [best] = builds.toSorted((a, b) => rank(a) - rank(b));
  if (!best) return undefined;
  const { stage, published } = best;
  const beside = builds.filter(
    build => build.stage === stage || (build.stage.file === stage.file && build.taken.length > 0),
  );
  const taken = beside.flatMap(build => build.taken);
  const commands = beside.flatMap(build => commandsOf(build.stage, root));
  return {
    node: nodeOf(stage),
    variables: variablesOf(stage),
    packages: isNode(stage) ? await packagesOfStage(stage) : [],
    // A stage has the commands of the one that it is made from.
    commands: commands.filter(({ place }, at) => commands.findIndex(other => other.place.line === place.line) === at),
    taken,
    published: taken.length > 0 ? undefined : published,
  };
}

function isNode({ image }: ImageStage): boolean {
  return NODE.test(image);
}

/** Whether a stage runs a package manager where it has the package. */
function isBuiltIn(stage: ImageStage, root: string): boolean {
  const name = root.split('/').at(-1)!;
  return stage.instructions.some(instruction => {
    const text = textOf(instruction);
    if (text === undefined || !CALLS.test(text)) return false;
    const at = stage.sourceOf(instruction.workdir);
    if (at === root || (at !== undefined && isWithin(root, at) && name !== '' && text.includes(name))) return true;
    return [...text.matchAll(/(?<=^|[\s="'(])\/[\w./-]+/g)].some(([path]) => stage.sourceOf(path) === root);
  });
}

function textOf(instruction: StageInstruction): string | undefined {
  if (instruction.kind !== 'run') return undefined;
  return commandText(instruction.command);
}

function placeOf({ file }: ImageStage, { line }: Pick<StageInstruction, 'line'>) {
  return { file, line };
}

function nodeOf(stage: ImageStage): Sourced<string> | undefined {
  const version = NODE.exec(stage.image);
  const isVersion = version?.[2] === 'node' && version[3] !== undefined;
  const why = 'as the image that builds it has it';
  return isVersion ? { value: version[3]!.replace(/\.$/, ''), place: placeOf(stage, stage), why } : undefined;
}

/** Those whose values are written, the last of each name. */
function variablesOf(stage: ImageStage): ImageBuild['variables'] {
  const all = stage.instructions.flatMap(instruction => {
    const values =
      instruction.kind === 'env'
        ? instruction.values
        : instruction.kind === 'arg' && instruction.value !== undefined
          ? [[instruction.name, instruction.value] as const]
          : [];
    return values.map(([name, value]) => ({ value: { name, value }, place: placeOf(stage, instruction) }));
  });
  const last = new Map(all.filter(({ value }) => !value.value.includes('$')).map(one => [one.value.name, one]));
  return [...last.values()];
}

/** What installs packages, be it those of Node or of the system. */
const INSTALLS = /\b(npm|pnpm|bun)\s+(ci|i|install)\b|\byarn(\s+install\b|\s*(&&|;|$|\s--))|\b(apt-get|apk|corepack)\b/;

/** Programs that make a frontend, as words of a command. */
const MAKERS = new RegExp(
  `(^|[\\s;&|"'/(])(node|node_modules|${Object.values(FRONTENDS)
    .flatMap(({ commands }) => commands)
    .join('|')})(?=$|[\\s;/])`,
);

/**
 * The commands behind the last one that installs, with paths of the stage as seen from the directory that they run in. A stage that is
 * made for the app's own packages may install those of Node beside them, and then nothing that it runs makes a frontend.
 */
function commandsOf(stage: ImageStage, root: string): readonly Sourced<string>[] {
  const runs = stage.instructions.filter(({ kind }) => kind === 'run');
  const installed = runs.findLastIndex(run => INSTALLS.test(textOf(run)!));
  const behind = runs.slice(installed + 1);
  const isMade = (text: string) => CALLS.test(text) || MAKERS.test(text);
  if (!isNode(stage) && !behind.some(run => isMade(textOf(run)!))) return [];
  return behind.flatMap(run => {
    const at = stage.sourceOf(run.workdir);
    if (at === undefined) return [];
    const go = at === root ? '' : `cd ${relativePath(root, at) || '.'} && `;
    const text = textOf(run)!.replace(
      /(^|[\s="'(])(\/[\w.-]+(?:\/[\w.-]+)*)/g,
      (whole, before: string, path: string) => {
        const inSource = stage.sourceOf(path);
        return inSource === undefined ? whole : `${before}${relativePath(at, inSource) || '.'}`;
      },
    );
    return [{ value: `${go}${text}`, place: placeOf(stage, run) }];
  });
}

/** The later stage with a server of files that takes from a stage. */
function publishedFrom(stages: readonly ImageStage[], from: ImageStage): Sourced<string> | undefined {
  const publishing = stages
    .slice(from.index + 1)
    .find(stage => hasFilesAlone(stage, stages) && takesOf(stage, from).length > 0);
  return publishing && { value: 'apart', place: placeOf(publishing, publishing), why: 'publishes it without the app' };
}

const PYTHON = /python|pypy|conda|\b(uv|pip3?|poetry|gunicorn|uvicorn|flask|django)\b/i;

/** Whether a stage hands out files and has no app in it: a server of files, or an image without Python that takes from stages of Node alone. */
function hasFilesAlone(stage: ImageStage, stages: readonly ImageStage[]): boolean {
  if (FILE_SERVERS.test(stage.image)) return true;
  const isOfNode = (taken: string) =>
    stages.some(other => isNode(other) && (other.name === taken.toLowerCase() || `${other.index}` === taken));
  return (
    !PYTHON.test(stage.image) &&
    stage.instructions.every(one => (one.kind === 'take' ? isOfNode(one.stage) : hasNoApp(one)))
  );
}

/** Whether an instruction brings neither Python nor a directory of the source. */
function hasNoApp(instruction: StageInstruction): boolean {
  switch (instruction.kind) {
    case 'run':
    case 'cmd':
    case 'entrypoint':
      return !PYTHON.test(commandText(instruction.command));
    case 'copy':
      return instruction.from.every(path => /\.\w{1,11}$/.test(path) && !path.endsWith('.py'));
    default:
      return true;
  }
}

/** What a stage itself takes from another one. */
function takesOf(stage: ImageStage, from: ImageStage) {
  const names = [String(from.index), ...(from.name === undefined ? [] : [from.name])];
  return stage.instructions
    .flatMap(one => (one.kind === 'take' && one.line > stage.line ? [one] : []))
    .filter(take => names.includes(take.stage.toLowerCase()));
}

/** What later stages that run the app take from a stage, without what the source has already. */
function takenFrom(stages: readonly ImageStage[], from: ImageStage, source: Tree): readonly Sourced<PlacedFiles>[] {
  return stages.slice(from.index + 1).flatMap(stage => {
    if (isNode(stage) || hasFilesAlone(stage, stages)) return [];
    return takesOf(stage, from).flatMap(take => {
      const files = take.from.flatMap(path => placedFile(path, take, { from, stage, source }) ?? []);
      return files.map(value => ({ value, place: placeOf(stage, take), why: 'as its container takes it' }));
    });
  });
}

interface Taking {
  readonly from: ImageStage;
  readonly stage: ImageStage;
  readonly source: Tree;
}

function placedFile(
  path: string,
  { from: all, to, workdir }: Extract<StageInstruction, { kind: 'take' }>,
  { from, stage, source }: Taking,
): PlacedFiles | undefined {
  const { directory, name } = partsOf(pathIn('/', path));
  const inSource = from.sourceOf(directory);
  if (inSource === undefined || (inSource === '' && name === undefined)) return undefined;
  if (isGiven(source, name === undefined ? inSource : joinPath(inSource, name))) return undefined;
  const isInto = name === undefined || all.length > 1 || name.includes('*') || /(^|\/)\.{0,2}$/.test(to);
  const named = pathIn(workdir, to);
  const target = isInto ? named : named.replace(/\/[^/]*$/, '') || '/';
  return defined({
    path: inSource,
    include: name === undefined ? undefined : [name],
    to: stage.sourceOf(target) ?? target,
  });
}

/** A directory, or one with the file or pattern in it. */
function partsOf(path: string): { readonly directory: string; readonly name?: string } {
  const at = path.lastIndexOf('/');
  const name = path.slice(at + 1);
  return /\*|\.\w{1,11}$/.test(name) ? { directory: path.slice(0, at) || '/', name } : { directory: path };
}

/** What is no file for browsers that a build made: packages, programs, and what lies in the source. */
function isGiven(source: Tree, path: string): boolean {
  return (
    /(^|\/)(node_modules|bin)(\/|$)/.test(path) ||
    source.paths.includes(resolvePath('', path)) ||
    isPackage(source, path)
  );
}

function isPackage({ paths }: Tree, directory: string): boolean {
  return paths.includes(joinPath(directory, 'package.json'));
}
