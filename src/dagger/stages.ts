/** Plan stages -> containers. */
import { type Container, type Directory, dag, type Platform } from '@dagger.io/dagger';
import { readPackaged } from '../packaged.js';
import { foldSteps, type StepHandlers, type StepOf, stageInputs } from '../plan/fold.js';
import type { Plan, Stage } from '../plan/types.js';
import { nameFailure } from './failures.js';
import { packageProblem } from './package-problem.js';

/** Gives the finished container of a stage by its id; each stage is built once. */
export type StageBuilder = (id: string) => Promise<Container>;

/**
 * Makes the builder of a plan's stages.
 * @param plan the plan
 * @param source the app's directory
 * @param platform platform of the stages that are for the target. Default: the engine's own
 * @returns a function that builds a stage and what it needs, side by side; it rejects with the failing command's error,
 * whose message then begins with the stage's name
 */
export function stageBuilder(plan: Plan, source: Directory, platform?: Platform): StageBuilder {
  const built = new Map<string, Promise<Container>>();
  const build: StageBuilder = id => {
    const known = built.get(id);
    if (known) return known;
    const stage = plan.stages.find(candidate => candidate.id === id);
    if (!stage) return Promise.reject(new Error(`the plan has no stage ${id}`));
    const container = buildStage(stage, source, build, stage.platform === 'target' ? platform : undefined);
    built.set(id, container);
    return container;
  };
  return build;
}

async function buildStage(
  stage: Stage,
  source: Directory,
  build: StageBuilder,
  platform: Platform | undefined,
): Promise<Container> {
  const ids = stageInputs(stage);
  const containers = await Promise.all(ids.map(build));
  const inputs = new Map(ids.map((id, index) => [id, containers[index] as Container]));
  const base =
    stage.base.kind === 'stage'
      ? (inputs.get(stage.base.stage) as Container)
      : dag.container(platform ? { platform } : {}).from(stage.base.reference);
  try {
    // Finished here, so that its users refer to a result and not to the whole recipe again.
    return await foldSteps(stage.steps, handlers(stage.id, source, inputs), base).sync();
  } catch (error) {
    throw packageProblem(error) ?? nameFailure(error, `stage ${stage.id}`);
  }
}

function handlers(stage: string, source: Directory, stages: ReadonlyMap<string, Container>): StepHandlers<Container> {
  return {
    copy: (container, step) => copy(container, step, source, stages),
    run: (container, step) => run(container, step, stage),
    env: (container, step) =>
      Object.entries(step.values).reduce((to, [name, value]) => to.withEnvVariable(name, value), container),
    user: (container, step) => container.withUser(step.user),
    workdir: (container, step) => container.withWorkdir(step.path),
    expose: (container, step) => container.withExposedPort(step.port),
    healthcheck: (container, { check: { args, ...times } }) => container.withDockerHealthcheck([...args], times),
    entrypoint: (container, step) => container.withEntrypoint([...step.args]).withDefaultArgs([...step.command]),
    labels: (container, step) =>
      Object.entries(step.values).reduce((to, [name, value]) => to.withLabel(name, value), container),
  };
}

function copy(
  container: Container,
  step: StepOf<'copy'>,
  source: Directory,
  stages: ReadonlyMap<string, Container>,
): Container {
  const { from, to } = step;
  const owner = step.owner === undefined ? {} : { owner: step.owner };
  switch (from.kind) {
    case 'asset': {
      const permissions = step.mode === undefined ? {} : { permissions: step.mode };
      return container.withNewFile(to, readPackaged(from.path), { ...permissions, ...owner });
    }
    case 'stage':
      return container.withDirectory(to, (stages.get(from.stage) as Container).directory(from.path), owner);
    case 'source':
      return container.withDirectory(to, from.path === '' ? source : source.directory(from.path), {
        ...(from.include && { include: [...from.include] }),
        ...(from.exclude && { exclude: [...from.exclude] }),
        ...owner,
      });
  }
}

/** Caches and secrets are there for this one command only. */
function run(container: Container, step: StepOf<'run'>, stage: string): Container {
  const { caches = [], secrets = [] } = step;
  const cached = caches.reduce((to, { key, path }) => to.withMountedCache(path, dag.cacheVolume(key)), container);
  const ready = secrets.reduce(
    (to, { name, variable }) => to.withSecretVariable(variable, dag.secret(`env://${name}`)),
    cached,
  );
  const done = caches.reduce((from, { path }) => from.withoutMount(path), ready.withExec(titled(step, stage)));
  return secrets.reduce((from, { variable }) => from.withoutSecretVariable(variable), done);
}

/** Words for people, where every engine shows them: a script's first line. */
function titled({ args, title }: StepOf<'run'>, stage: string): string[] {
  const [program, flag, script, ...rest] = args;
  if (program !== 'sh' || flag !== '-ec' || script === undefined) return [...args];
  return [program, flag, `# ${stage}: ${title}\n${script}`, ...rest];
}
