/** Stages of a Dockerfile, and where the source's files lie in each of them. */
import { isWithin, joinPath, parentOf, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { type DockerInstruction, readInstructions } from './dockerfile-instructions.js';

/** One stage. Paths in it are absolute. */
export interface ImageStage {
  readonly file: string;
  /** Its number and its name, by either of which others take from it. */
  readonly index: number;
  readonly name: string | undefined;
  /** The image that it is made from, or that the stages are which it is made from. */
  readonly image: string;
  /** Where it begins. */
  readonly line: number;
  readonly instructions: readonly StageInstruction[];
  /** The path in the source that is copied to a path of the stage; undefined where nothing of the source lies. */
  readonly sourceOf: (path: string) => string | undefined;
}

/** An instruction with the directory that it works in. */
export type StageInstruction = DockerInstruction & { readonly workdir: string };

/** A directory of the source and where it lies in a stage. */
interface Laid {
  readonly directory: string;
  readonly at: string;
}

/** The files that decide where a Dockerfile is built. */
const CODE = /(^|\/)(package\.json|pyproject\.toml|requirements[^/]*\.txt|manage\.py|Pipfile|setup\.py)$/;

/** Reads the stages of a Dockerfile in their order. */
export async function imageStages(tree: Tree, file: string): Promise<readonly ImageStage[]> {
  const instructions = readInstructions((await tree.read(file)) ?? '');
  const context = contextOf(tree, file, instructions);
  const has = (directory: string) => directory === '' || tree.paths.some(path => isWithin(path, directory));
  const stages: (ImageStage & { readonly laid: readonly Laid[]; readonly end: string })[] = [];
  for (const group of groupedByStage(instructions)) {
    const [from, ...others] = group;
    const [image, name] = from?.kind === 'from' ? [from.image, from.name?.toLowerCase()] : ['', undefined];
    const base = stages.findLast(stage => stage.name !== undefined && stage.name === image.toLowerCase());
    let workdir = base?.end ?? '/';
    const laid: Laid[] = [...(base?.laid ?? [])];
    const placed = others.map(instruction => {
      if (instruction.kind === 'workdir') workdir = pathIn(workdir, instruction.path);
      if (instruction.kind === 'copy') laid.push(...laidBy(instruction, { tree, context, workdir }));
      return { ...instruction, workdir };
    });
    const sourceOf = (path: string) => sourceIn(laid, path, has);
    stages.push({
      file,
      line: from?.line ?? 1,
      index: stages.length,
      name,
      image: base?.image ?? image,
      instructions: [...(base?.instructions ?? []), ...placed],
      sourceOf,
      laid,
      end: workdir,
    });
  }
  return stages;
}

/** A path of a stage as an instruction writes it. */
export function pathIn(workdir: string, path: string): string {
  return `/${resolvePath(workdir, path)}`;
}

function groupedByStage(instructions: readonly DockerInstruction[]): readonly (readonly DockerInstruction[])[] {
  const groups: DockerInstruction[][] = [];
  for (const instruction of instructions) {
    if (instruction.kind === 'from') groups.push([instruction]);
    else groups.at(-1)?.push(instruction);
  }
  return groups;
}

/** The directory that is built with a Dockerfile: the one around it that has most of what is copied, the nearest with code of those. */
function contextOf(tree: Tree, file: string, instructions: readonly DockerInstruction[]): string {
  const parts = file.split('/').slice(0, -1);
  const around = [...parts.keys(), parts.length].reverse().map(depth => parts.slice(0, depth).join('/'));
  const copied = instructions.flatMap(instruction => (instruction.kind === 'copy' ? instruction.from : []));
  const scored = around
    .filter(context => tree.paths.some(path => isWithin(path, context) && CODE.test(path)))
    .map(context => ({ context, score: copied.filter(path => isThere(tree, context, path)).length }));
  return scored.toSorted((a, b) => b.score - a.score)[0]?.context ?? '';
}

function isThere(tree: Tree, context: string, path: string): boolean {
  const name = resolvePath('', path).replace(/\/?[^/]*\*.*$/, '');
  return name !== '' && tree.paths.some(other => isWithin(other, joinPath(context, name)));
}

interface Copying {
  readonly tree: Tree;
  readonly context: string;
  readonly workdir: string;
}

/** A directory's content goes to the target; files keep their names there. */
function laidBy(
  { from, to }: Extract<DockerInstruction, { kind: 'copy' }>,
  { tree, context, workdir }: Copying,
): readonly Laid[] {
  const at = pathIn(workdir, to);
  return from.flatMap(path => {
    const source = resolvePath(context, path.replace(/^\/+/, ''));
    const isDirectory = source === '' || tree.paths.some(other => other.startsWith(`${source}/`));
    if (isDirectory) return withParents({ directory: source, at });
    if (!path.includes('*') && !tree.paths.includes(source)) return [];
    const isInto = from.length > 1 || path.includes('*') || /(^|\/)\.{0,2}$/.test(to);
    return withParents({ directory: parentOf(source), at: isInto ? at : parentOf(at) || '/' });
  });
}

/** What lies in directories of the same names lies as in the source, further up too: `assets` in `/app/assets`. */
function withParents(laid: Laid): readonly Laid[] {
  const found = [laid];
  for (let { directory, at } = laid; directory !== '' && nameOf(directory) === nameOf(at); ) {
    [directory, at] = [parentOf(directory), parentOf(at)];
    if (at === '') break;
    found.push({ directory, at });
  }
  return found;
}

/** Of several directories that are laid in one place, the one that has most of the path, the last of those. */
function sourceIn(laid: readonly Laid[], path: string, has: (directory: string) => boolean): string | undefined {
  const around = laid.filter(({ at }) => at === '/' || isWithin(path, at));
  const depth = Math.max(...around.map(({ at }) => at.length));
  const candidates = around
    .filter(({ at }) => at.length === depth)
    .map(({ directory, at }) => resolvePath(directory, `./${path.slice(at.length)}`));
  return candidates.toReversed().toSorted((a, b) => missingOf(a, has) - missingOf(b, has))[0];
}

/** How many of a path's directories, from its end, are not there. */
function missingOf(path: string, has: (directory: string) => boolean): number {
  const parts = path.split('/');
  const there = [...parts.keys(), parts.length].findLastIndex(depth => has(parts.slice(0, depth).join('/')));
  return parts.length - there;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
