/** Files that an app has by a copy of what git keeps: `COPY settings.docker.py settings.py`, `cp config.example.toml config.toml`. */

import type { Place } from '../../diagnostics/place.js';
import { isWithin, parentOf, resolvePath } from '../../source/paths.js';
import type { Tree } from '../../source/tree.js';
import { appDockerfile } from './app-dockerfile.js';
import type { CommandLine } from './command-line.js';
import { imageDirectory } from './dockerfile.js';
import { type ImageStage, imageStages, pathIn, type StageInstruction } from './image-stages.js';
import { programsOf, type RunProgram } from './runners.js';
import { START_FILES, startFilesIn } from './start-commands.js';
import { readImageCommand, startedInContainer } from './web-command.js';

/** A copy, by paths of the source. */
export interface CopiedFile {
  readonly from: string;
  readonly to: string;
  readonly place: Place;
  /** In words: who makes it. */
  readonly why: string;
}

/** Files that say of themselves that they are to be copied. */
const SAMPLE =
  /(^|[._-])(example|sample|dist|default|defaults|template|tmpl|tpl|skel|docker|ci|test|github|travis)([._-]|$)/i;

/** What an app reads its settings from; of variables is told otherwise. */
const SETTINGS = /\.(py|toml|ini|cfg|conf|json|ya?ml|properties)$/;
const VARIABLES = /(^|\/)[\w.-]*\.?env([._-][\w.-]*)?$/;

/** Files of what stands around an app. */
const AROUND = /(nginx|supervisor|compose|docker-|package\.json|pre-commit|alembic\.ini$)/;

/**
 * Finds the copies whose targets git has not: those that the app's own container makes, and those that CI, scripts, recipes and the readme
 * make of samples, as far as the code cannot go without, each target once.
 */
export async function copiedFiles(source: Tree): Promise<readonly CopiedFile[]> {
  const inContainer = [...(await inImage(source)), ...(await atStart(source))];
  const byPeople = (await Promise.all([inFiles(source), inReadme(source)])).flat();
  const wanted: CopiedFile[] = [];
  for (const copy of [...inContainer, ...byPeople]) {
    if (wanted.some(({ to }) => to === copy.to) || !isCopy(source, copy)) continue;
    if (!inContainer.includes(copy) && !(SAMPLE.test(copy.from) && (await isUsed(source, copy.to)))) continue;
    wanted.push(copy);
  }
  return wanted;
}

/** A tree in which the copies have been made. */
export function withCopies(tree: Tree, copies: readonly CopiedFile[]): Tree {
  if (copies.length === 0) return tree;
  const made = new Map(copies.map(({ from, to }) => [to, from]));
  return {
    paths: [...tree.paths, ...made.keys()].sort(),
    read: path => tree.read(made.get(path) ?? path),
  };
}

function isCopy({ paths }: Tree, { from, to }: CopiedFile): boolean {
  const isOfSettings = SETTINGS.test(to) && !VARIABLES.test(to) && !AROUND.test(to);
  return isOfSettings && from !== to && paths.includes(from) && !paths.includes(to);
}

async function inImage(source: Tree): Promise<readonly CopiedFile[]> {
  const { file, instructions } = await appDockerfile(source);
  if (instructions.length === 0) return [];
  const stages = await imageStages(source, file);
  const laid = stages.flatMap(stage => laidDirectories(source, stage));
  const why = 'as its own container has it';
  const found = stages.flatMap(({ instructions }) =>
    instructions.map(async instruction => {
      const place = { file, line: instruction.line };
      const copies =
        instruction.kind === 'copy'
          ? renamed(source, laid, instruction)
          : instruction.kind === 'run'
            ? copied(laid, instruction.workdir, await copiesIn(await readImageCommand(instruction.command, {})))
            : [];
      return copies.map(copy => ({ ...copy, place, why }));
    }),
  );
  return (await Promise.all(found)).flat();
}

/** A directory of the source, and where an image has it. */
interface Laid {
  readonly directory: string;
  readonly at: string;
}

function laidDirectories({ paths }: Tree, { instructions }: ImageStage): readonly Laid[] {
  return instructions.flatMap(instruction => {
    if (instruction.kind !== 'copy') return [];
    const { from, to, workdir } = instruction;
    const directories = from.map(path => resolvePath('', path.replace(/^\/+/, '')));
    return directories
      .filter(directory => directory === '' || paths.some(path => path.startsWith(`${directory}/`)))
      .map(directory => ({ directory, at: pathIn(workdir, to) }));
  });
}

/** The path in the source of a path in an image, by the directory that was laid there last. */
function seenInSource(laid: readonly Laid[], path: string): string | undefined {
  const around = laid.findLast(({ at }) => at === '/' || isWithin(path, at));
  return around && resolvePath(around.directory, `./${path.slice(around.at.length)}`);
}

function renamed(
  source: Tree,
  laid: readonly Laid[],
  { from, to, workdir }: Extract<StageInstruction, { kind: 'copy' }>,
): readonly Paths[] {
  const [only, another] = from;
  const own = only === undefined || another !== undefined ? undefined : inContext(source, only);
  const target = SETTINGS.test(to) ? seenInSource(laid, pathIn(workdir, to)) : undefined;
  return own !== undefined && target !== undefined ? [{ from: own, to: target }] : [];
}

function copied(laid: readonly Laid[], workdir: string, copies: readonly WrittenCopy[]): readonly Paths[] {
  return copies.flatMap(({ from, to, directory }) => {
    const at = (path: string) => seenInSource(laid, pathIn(pathIn(workdir, directory === '' ? '.' : directory), path));
    const [left, right] = [at(from), at(to)];
    return left === undefined || right === undefined ? [] : [{ from: left, to: into(right, to, from) }];
  });
}

type Paths = Pick<CopiedFile, 'from' | 'to'>;

function inContext({ paths }: Tree, path: string): string | undefined {
  const own = resolvePath('', path.replace(/^\/+/, ''));
  return paths.find(candidate => candidate === own) ?? paths.find(candidate => candidate.endsWith(`/${own}`));
}

/** What scripts of the container copy before it serves. */
async function atStart(source: Tree): Promise<readonly CopiedFile[]> {
  const root = await imageDirectory(source);
  const why = 'as its own container makes it when it starts';
  return (await startedInContainer(source)).flatMap(({ program, place }) =>
    copyOf(program).flatMap(({ from, to, directory }) => {
      const at = (path: string) =>
        isWithin(path, root) ? resolvePath('', path.slice(root.length)) : resolvePath(directory, path);
      const isOutside = [from, to].some(path => path.startsWith('/') && !isWithin(path, root));
      return isOutside ? [] : [{ from: at(from), to: into(at(to), to, from), place, why }];
    }),
  );
}

async function inFiles(source: Tree): Promise<readonly CopiedFile[]> {
  const all = START_FILES.slice(3).map(async files => {
    const found = startFilesIn(source, files).map(async file => {
      const text = (await source.read(file)) ?? '';
      if (!/\b(cp|mv)\s/.test(text)) return [];
      const commands = (await files.commands(text, file)).map(async ({ command, place }) =>
        (await copiesIn(command)).map(copy => ({ ...copy, place, why: `as ${file} makes it` })),
      );
      return (await Promise.all(commands)).flat().flatMap(copy => placedCopy(source, copy, parentOf(file)));
    });
    return (await Promise.all(found)).flat();
  });
  return (await Promise.all(all)).flat();
}

async function inReadme(source: Tree): Promise<readonly CopiedFile[]> {
  const files = source.paths.filter(path => /^([\w.-]+\/)?(README|INSTALL|CONTRIBUTING)\.(md|rst|txt)$/i.test(path));
  const found = files.map(async file => {
    const lines = ((await source.read(file)) ?? '').split(/\r?\n/);
    return lines.flatMap((text, at) => {
      const [, from, to] = /(?:^|[\s`$>])cp\s+(?:-\w+\s+)*([\w./-]+)\s+([\w./-]+)\s*(?:`|$|&&|;)/.exec(text) ?? [];
      if (from === undefined || to === undefined) return [];
      const copy = { from, to, directory: '', place: { file, line: at + 1 }, why: `as ${file} has people make it` };
      return placedCopy(source, copy, parentOf(file));
    });
  });
  return (await Promise.all(found)).flat();
}

interface WrittenCopy {
  readonly from: string;
  readonly to: string;
  readonly directory: string;
}

/** A copy whose file lies where the command works, or beside the file that has the command. */
function placedCopy(
  { paths }: Tree,
  { from, to, directory, place, why }: WrittenCopy & Pick<CopiedFile, 'place' | 'why'>,
  beside: string,
): readonly CopiedFile[] {
  const base = [directory, beside].find(candidate => paths.includes(resolvePath(candidate, from)));
  if (base === undefined || from.startsWith('/') || to.startsWith('/')) return [];
  return [{ from: resolvePath(base, from), to: into(resolvePath(base, to), to, from), place, why }];
}

async function copiesIn({ commands }: CommandLine): Promise<readonly WrittenCopy[]> {
  const programs = (await Promise.all(commands.map(one => programsOf(one)))).flat();
  return programs.flatMap(copyOf);
}

function copyOf({ program, args, directory }: RunProgram): readonly WrittenCopy[] {
  if (program !== 'cp' && program !== 'mv') return [];
  const [from, to, another] = args.filter(({ text }) => !text.startsWith('-'));
  if (!from?.isKnown || !to?.isKnown || another) return [];
  return [{ from: from.text, to: to.text, directory }];
}

/** A target that is a directory has a file of the same name. */
function into(target: string, written: string, from: string): string {
  return /(^|\/)\.?$/.test(written) ? resolvePath(target, `./${from.split('/').at(-1)}`) : target;
}

/** Whether the code imports a file, and nothing catches that it is not there, or names it. */
async function isUsed(source: Tree, to: string): Promise<boolean> {
  const name = to.split('/').at(-1)!;
  const stem = name.replace(/\.py$/, '');
  const isModule = stem !== name;
  const imported = new RegExp(
    `^(?:from\\s+[\\w.]*\\b${escaped(stem)}\\s+import|import\\s+[\\w.]*\\b${escaped(stem)}\\b|from\\s+[\\w.]+\\s+import\\s+.*\\b${escaped(stem)}\\b)`,
    'm',
  );
  const named = new RegExp(`["'/]${escaped(name)}["']`);
  for (const path of source.paths) {
    if (!path.endsWith('.py') || /(^|\/)tests?\//.test(path)) continue;
    const text = (await source.read(path)) ?? '';
    if (isModule ? imported.test(text) : named.test(text)) return true;
  }
  return false;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
