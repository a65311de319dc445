/** Which files of an image a server may hand out that the source holds, or that were made of it. */
import { lineageOf } from '../plan/look-up.js';
import type { Plan, Stage, Step } from '../plan/types.js';

type Copy = Extract<Step, { kind: 'copy' }>;

/** A file of the source, or one of a stage that the source was built in, such as a frontend's. */
export type ServedFile = 'source' | 'built';

/**
 * Says of a path in an image, without a leading slash, what it is of that; undefined: neither. Browsers keep such files by what their time is, and
 * longer the older they are; what commands write beside them, as collected static files, is handed out by servers that say for how long
 * it may be kept.
 * @param stage the stage that the image is
 * @param paths of the files in the source
 */
export function servedFiles(
  { stages }: Pick<Plan, 'stages'>,
  stage: string,
  paths: readonly string[],
): (path: string) => ServedFile | undefined {
  const copies = lineageOf(stages, stage).flatMap(({ steps }) => steps.filter(step => step.kind === 'copy'));
  const files = new Set(copies.flatMap(copy => filesOf(copy, paths)));
  const built = copies.filter(({ from }) => from.kind === 'stage' && isBuiltOfSource(stages, from.stage));
  const below = built.map(({ to }) => `${inImage(to)}/`);
  return path => {
    if (files.has(path)) return 'source';
    return below.some(directory => path.startsWith(directory)) ? 'built' : undefined;
  };
}

function filesOf({ from, to }: Copy, paths: readonly string[]): readonly string[] {
  if (from.kind !== 'source') return [];
  if (from.path === '') return paths.map(path => `${inImage(to)}/${path}`);
  const inside = `${from.path}/`;
  return paths.filter(path => path.startsWith(inside)).map(path => `${inImage(to)}/${path.slice(inside.length)}`);
}

/** A stage that takes no more of the source than what it names, such as lock files, is about what others made. */
function isBuiltOfSource(stages: readonly Stage[], id: string): boolean {
  const steps = stages.find(stage => stage.id === id)?.steps ?? [];
  return steps.some(step => step.kind === 'copy' && step.from.kind === 'source' && step.from.include === undefined);
}

const inImage = (path: string): string => path.replace(/^\/+|\/+$/g, '');
