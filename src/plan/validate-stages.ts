/** Checks of the stages: what they are based on and copy from, and what their steps say. */
import { stageInputs } from './fold.js';
import type { Plan, Stage, Step, StepKind, StepSecret } from './types.js';
import { isPort, relativePaths, twice, variableNames } from './validate-parts.js';

/** Settings of an image: they say nothing in a stage that no image is made of. */
const SETTINGS: ReadonlySet<StepKind> = new Set(['expose', 'healthcheck', 'entrypoint', 'labels', 'user']);

/** What is wrong with the stages of a plan. */
export function stageProblems({ stages }: Plan): readonly string[] {
  return [
    ...twice(stages.map(({ id }) => id)).map(id => `stage ${id} is there twice`),
    ...stages.flatMap((stage, at) => [
      ...inputProblems(stage, stages.slice(0, at)),
      ...stage.steps.flatMap(step => stepProblems(stage, step)),
    ]),
  ];
}

function inputProblems(stage: Stage, earlier: readonly Stage[]): readonly string[] {
  return stageInputs(stage).flatMap(id => {
    const input = earlier.find(candidate => candidate.id === id);
    if (!input) return [`stage ${stage.id} uses ${id}, which is not an earlier stage`];
    // What is made once for all platforms cannot be made of what differs between them.
    if (stage.platform === 'build' && input.platform !== 'build')
      return [`stage ${stage.id} runs once for all platforms and uses ${id}, which does not`];
    const isBase = stage.base.kind === 'stage' && stage.base.stage === id;
    const platforms = [stage.platform, input.platform];
    return isBase && platforms.includes('cross') && platforms.includes('target')
      ? [`stage ${stage.id} is based on ${id}, whose programs are for another platform`]
      : [];
  });
}

function stepProblems({ id, platform }: Stage, step: Step): readonly string[] {
  const owner = `stage ${id}`;
  const misplaced =
    platform !== 'target' && SETTINGS.has(step.kind)
      ? [`${owner}: ${step.kind} is out of place where no image is made`]
      : [];
  const named = secretsOf(step).map(({ name }) => name);
  return [
    ...misplaced,
    ...relativePaths(owner, pathsOf(step)),
    ...variableNames(owner, named),
    ...contentProblems(owner, step),
  ];
}

function contentProblems(owner: string, step: Step): readonly string[] {
  switch (step.kind) {
    case 'copy':
      return copyProblems(owner, step);
    case 'script':
      return step.lines.length === 0 ? [`${owner}: "${step.title}" has no command`] : untitled(owner, step.title);
    case 'exec':
      return step.args.length === 0 ? [`${owner}: "${step.title}" has no command`] : untitled(owner, step.title);
    case 'env':
      return variableNames(owner, Object.keys(step.values));
    case 'expose':
      return isPort(step.port) ? [] : [`${owner}: ${step.port} is no port`];
    case 'healthcheck':
      return step.check.args.length === 0 ? [`${owner}: its health check has no command`] : [];
    case 'user':
      return step.user === '' ? [`${owner}: its user has no name`] : [];
    case 'file':
    case 'workdir':
    case 'entrypoint':
    case 'labels':
      return [];
  }
}

function untitled(owner: string, title: string): readonly string[] {
  return title === '' ? [`${owner}: a command has no title`] : [];
}

function copyProblems(owner: string, { from }: Extract<Step, { kind: 'copy' }>): readonly string[] {
  if (from.kind === 'stage') return relativePaths(owner, [from.path]);
  const leaves = from.path.startsWith('/') || from.path.split('/').includes('..');
  return leaves ? [`${owner} copies ${from.path}, which is not in the source`] : [];
}

function secretsOf(step: Step): readonly StepSecret[] {
  return step.kind === 'script' || step.kind === 'exec' ? (step.secrets ?? []) : [];
}

function pathsOf(step: Step): readonly string[] {
  if (step.kind === 'copy') return [step.to];
  if (step.kind === 'workdir') return [step.path];
  if (step.kind !== 'script' && step.kind !== 'exec') return [];
  const files = secretsOf(step).flatMap(({ file }) => (file === undefined ? [] : [file]));
  return [...(step.caches ?? []).map(({ path }) => path), ...files];
}
