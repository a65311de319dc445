/** Other images of the app than the one that it is deployed with, which start something of their own: a worker by `Dockerfile.worker`. */
import type { Tree } from '../../source/tree.js';
import type { LeftStep } from '../facts.js';
import { appDockerfile, FOR_DEVELOPERS, ownDockerfiles } from '../files/app-dockerfile.js';
import { imageStages } from '../files/image-stages.js';
import { isRunByPython } from '../files/runners.js';
import { programsStarted, readImageCommand, startedInContainer } from '../files/web-command.js';
import type { Followed } from './image-runs.js';
import { clipped, isNeedless, programWords } from './programs.js';
import { isStartedHere, WORKERS } from './start-programs.js';

/** What an app is served by to those who work on it, and what is run once. */
const OF_DEVELOPERS = /\b(runserver(_plus)?|shell(_plus)?|test|pytest|migrate|makemigrations|collectstatic)\b/;

/** A program of the app's own that serves: it is told where. */
const SERVES = /\brun\b.*\s--(host|port|bind)\b/;

/** Finds them, in the order of their paths. */
export async function leftImages(from: Tree, followed: Followed): Promise<readonly LeftStep[]> {
  const { file } = await appDockerfile(from);
  const own = new Set((await startedInContainer(from)).map(({ program }) => programWords(program)));
  const files = ownDockerfiles(from).filter(path => path !== file && !FOR_DEVELOPERS.test(path));
  return (await Promise.all(files.map(path => startOf(path, from, followed, own)))).flat();
}

/** Whether a package of the app brings a program. */
function isOwnProgram(name: string, { facts: { packages = [] } }: Followed): boolean {
  return packages.some(({ entryPoints }) => name in (entryPoints.console_scripts ?? {}));
}

/** What one of them starts: programs of Python and workers alone, since a script may be the app's own start with another name. */
async function startOf(
  file: string,
  from: Tree,
  followed: Followed,
  own: ReadonlySet<string>,
): Promise<readonly LeftStep[]> {
  const { instructions = [] } = (await imageStages(from, file)).at(-1) ?? {};
  const start =
    instructions.findLast(({ kind }) => kind === 'cmd') ?? instructions.findLast(({ kind }) => kind === 'entrypoint');
  if (start?.kind !== 'cmd' && start?.kind !== 'entrypoint') return [];
  const place = { file, line: start.line };
  const started = await programsStarted(from, [{ command: await readImageCommand(start.command, {}), place }]);
  const left: string[] = [];
  for (const { program } of started) {
    const words = programWords(program);
    const isOfApp = isRunByPython(program) || WORKERS.test(program.program) || isOwnProgram(program.program, followed);
    if (!isOfApp || isNeedless(program) || OF_DEVELOPERS.test(words) || SERVES.test(words) || own.has(words)) continue;
    if (!(await isStartedHere(program, from, followed, started))) left.push(words);
  }
  if (left.length === 0) return [];
  const why = `another image of the app starts ${clipped([...new Set(left)].join('; '), 160)}`;
  return [{ kind: 'file', value: file, place, why }];
}
