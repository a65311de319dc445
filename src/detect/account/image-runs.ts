/** What the app's own container runs while it is made, and nobody runs here. */
import { unlessEmpty } from '../../source/defined.js';
import type { Facts, LeftStep } from '../facts.js';
import type { ImageCommand } from '../files/dockerfile-instructions.js';
import type { ImageStage, StageInstruction } from '../files/image-stages.js';
import { packagesNamedBy, variablesIn } from '../files/installed.js';
import { isPython, isRunByPython, programsOf, type RunProgram } from '../files/runners.js';
import { readImageCommand } from '../files/web-command.js';
import type { Project } from '../project.js';
import { clipped, isNeedless, programWords, written } from './programs.js';

/** What has been found, which commands may stand for. */
export interface Followed {
  readonly project: Project;
  readonly facts: Facts;
}

/** Commands of manage.py that are run here anyway, before a start or where they belong, or that change nothing. */
const DONE =
  /^(collectstatic|compilemessages|migrate|makemigrations|check|test|runserver|shell|tailwind|createcachetable|help|version|wait_?for_?\w+)$/;

/** Scripts that install the project itself. */
const INSTALLS = /(^|\/)(setup|get[-_](pip|poetry|pdm)|install([-_](poetry|pdm|uv|pip))?)\.py$/;

/** Finds what the commands of a stage come to, each of its instructions once. */
export async function leftRuns(stage: ImageStage, followed: Followed): Promise<readonly LeftStep[]> {
  const runs = stage.instructions.map(async (instruction, at) => {
    if (instruction.kind !== 'run') return [];
    const variables = variablesIn(stage.instructions.slice(0, at));
    const words = unlessEmpty(await leftOf(instruction.command, variables, followed));
    return words
      ? [{ kind: 'build', value: clipped(words.join('; '), 120), place: placeOf(stage, instruction) } as const]
      : [];
  });
  return (await Promise.all(runs)).flat();
}

async function leftOf(
  command: ImageCommand,
  variables: Readonly<Record<string, string>>,
  followed: Followed,
): Promise<readonly string[]> {
  const line = await readImageCommand(command, { variables });
  const found = line.commands.map(async one => {
    const output = written(one);
    const programs = await programsOf(one);
    const left = programs.filter(run => !isNeedless(run) && !isFollowed(run, followed));
    const words = [...left.map(run => leftWords(run)), ...programs.flatMap(run => leftInstall(run, followed))];
    return words.length === 0 && output !== undefined ? [`… > ${output}`] : words;
  });
  return [...new Set((await Promise.all(found)).flat())];
}

function leftWords(run: RunProgram): string {
  // Its own interpreter is the one that the image has.
  return run.program.endsWith('.py') ? `python ${programWords(run).replace(/^\.\//, '')}` : programWords(run);
}

/** Packages of Python that are installed by name beside a lock, which is all that is installed here. */
function leftInstall(run: RunProgram, { facts: { python, brought = [] } }: Followed): readonly string[] {
  // What only an extra or a group has is not installed.
  const main = python.dependencies.filter(({ group }) => group === 'main');
  const known = new Set([...main.map(({ name }) => name), ...brought.map(({ kind }) => kind as string)]);
  const others = packagesNamedBy(run).filter(({ name }) => !known.has(name));
  return others.length === 0 ? [] : [`pip install ${others.map(({ text }) => text).join(' ')}`];
}

/** Whether a program of the app is run here too, where it belongs. */
export function isFollowed(run: RunProgram, { facts, project }: Followed): boolean {
  const { program, path, args } = run;
  const words = args.map(({ text }) => text);
  const isDjango = program === 'django' && isRunByPython(run);
  const [first = '', ...rest] = isDjango
    ? ['manage.py', ...words]
    : isPython(program)
      ? words.filter(word => word !== '-u')
      : [program, ...words];
  if (/(^|\/)(django-admin|manage\.py|manage)$/.test(first)) {
    const command = rest.find(word => !word.startsWith('-'));
    const isAsset = facts.django?.assets?.some(({ value: [name] }) => name === command) === true;
    return command === undefined || isAsset || DONE.test(command) || isMigration(rest, facts);
  }
  if (INSTALLS.test(first) || isCopied(run, facts)) return true;
  if (/^(pybabel|msgfmt)$/.test(program)) return true;
  if (/^(flask|python)$/.test(program) && /translate|compile/.test(words.join(' ')))
    return facts.translations !== undefined;
  if (
    /^(npm|npx|yarn|pnpm|pnpx|bun|bunx|node|make|vite|webpack|ng|gulp|grunt|tailwindcss)$/.test(
      program.replace(/^\.\//, ''),
    )
  )
    return isOfFrontend(run, facts) || (program === 'make' && isMakeOfTools(words));
  return isMigration([path.split('/').at(-1)!, ...words], facts) || isOwnCommand([program, ...words], project);
}

/** Whether a file is copied that is copied here too. */
function isCopied({ program, args }: RunProgram, { copies = [] }: Facts): boolean {
  const [from] = args.filter(({ text }) => !text.startsWith('-'));
  const nameOf = (path: string | undefined) => path?.split('/').at(-1);
  return /^(cp|mv)$/.test(program) && copies.some(copy => nameOf(copy.from) === nameOf(from?.text));
}

/** Whether words are those of the migration that runs before a start, or others of the same program that only prepare it. */
export function isMigration(words: readonly string[], { migrate }: Facts): boolean {
  const own = migrate?.value.join(' ') ?? '';
  if (own === '') return false;
  const text = words.join(' ');
  if (/^(alembic|flask db|aerich|litestar database|alchemy)\b/.test(text))
    return /alembic|flask|aerich|litestar|alchemy|migrat/.test(own);
  return own.includes(text) || text.includes(own);
}

/** The configuration's own commands. */
function isOwnCommand(words: readonly string[], { config }: Project): boolean {
  return config.build?.commands?.some(command => command.includes(words.join(' '))) === true;
}

function isMakeOfTools(words: readonly string[]): boolean {
  return words.length === 0 || words.some(word => /^(install|-C)$/.test(word));
}

/** What builds the frontend, or belongs to a package of Node about which is told by itself. */
function isOfFrontend({ program, args }: RunProgram, { frontend, unbuilt }: Facts): boolean {
  if (program === 'make') return false;
  const words = args.map(({ text }) => text).filter(text => !text.startsWith('-') && text !== 'run');
  const own = [
    frontend?.buildScript.value ?? '',
    ...(frontend?.commands?.value ?? []),
    ...(frontend?.moreScripts ?? []).map(({ value }) => value),
  ].join(' ');
  if (frontend === undefined) return unbuilt !== undefined;
  return words.length === 0 || words.some(word => own.split(/[\s:]+/).includes(word) || own.includes(word));
}

export function placeOf({ file }: Pick<ImageStage, 'file'>, { line }: Pick<StageInstruction, 'line'>) {
  return { file, line };
}
