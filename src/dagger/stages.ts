/** Plan stages -> containers. */
import { type Container, type Directory, dag, type Platform } from '@dagger.io/dagger';
import { commandOf, foldSteps, type StepHandlers, type StepOf, stageInputs } from '../plan/fold.js';
import { imageAddress } from '../plan/look-up.js';
import type { Plan, PlanFile, Stage } from '../plan/types.js';
import { type BuildSecrets, withBuildSecrets, withoutBuildSecrets } from './build-secrets.js';
import { withFile } from './container.js';
import { execFailure, nameFailure } from './failures.js';
import { notify } from './notices.js';
import { stepProblem } from './step-problems.js';
import { entitle } from './titles.js';

/** Gives the finished container of a stage by its id; each stage is built once. */
export type StageBuilder = (id: string) => Promise<Container>;

/**
 * Makes the builder of a plan's stages.
 * @param plan the plan
 * @param source the app's directory
 * @param secrets finds what its steps are given, and fails when something of it is missing
 * @param platform platform of the stages that are for the target. Default: the engine's own
 * @returns a function that builds a stage and what it needs, side by side; it rejects with the failing command's error,
 * whose message then begins with the stage's name
 */
export function stageBuilder(
  plan: Plan,
  source: Directory,
  secrets: () => Promise<BuildSecrets>,
  platform?: Platform,
): StageBuilder {
  const built = new Map<string, Promise<Container>>();
  const build: StageBuilder = id => {
    const known = built.get(id);
    if (known) return known;
    const stage = plan.stages.find(candidate => candidate.id === id);
    if (!stage) return Promise.reject(new Error(`the plan has no stage ${id}`));
    // Before anything is built: what is missing would only show after minutes.
    const container = secrets().then(known => buildStage(stage, { plan, source, secrets: known, build, platform }));
    built.set(id, container);
    return container;
  };
  return build;
}

/** What the steps of every stage are made with. */
interface Building {
  readonly plan: Plan;
  readonly source: Directory;
  readonly secrets: BuildSecrets;
  readonly build: StageBuilder;
  /** What is built for; absent: the engine's own. */
  readonly platform: Platform | undefined;
}

async function buildStage(stage: Stage, building: Building): Promise<Container> {
  const ids = stageInputs(stage);
  const containers = await Promise.all(ids.map(building.build));
  const inputs = new Map(ids.map((id, index) => [id, containers[index] as Container]));
  try {
    const base = await baseOf(stage, building, inputs);
    // Finished here, so that its users refer to a result and not to the whole recipe again.
    const container = await foldSteps(stage.steps, handlers(building, inputs), base).sync();
    await tell(stage, container);
    return container;
  } catch (error) {
    throw stepProblem(error, stage, building.plan) ?? withWayOut(nameFailure(error, nameOf(stage, error)), stage);
  }
}

/** Passes on what steps have left for whoever builds, also where they were done before. */
async function tell({ steps }: Stage, container: Container): Promise<void> {
  const files = steps.flatMap(step => (step.kind === 'script' && step.tells !== undefined ? [step.tells] : []));
  for (const text of await Promise.all(files.map(file => container.file(file).contents())))
    if (text !== '') notify(text);
}

async function baseOf(
  { base, platform: runsOn }: Stage,
  { plan, platform }: Building,
  inputs: ReadonlyMap<string, Container>,
): Promise<Container> {
  if (base.kind === 'stage') return inputs.get(base.stage) as Container;
  const own = dag.container(platform && runsOn === 'target' ? { platform } : {});
  const container = own.from(imageAddress(plan, base.reference));
  if (runsOn !== 'cross') return container;
  const target = platform ?? (await dag.defaultPlatform());
  return container.withEnvVariable('TARGETARCH', target.split('/')[1] ?? '');
}

/** A stage as its failure names it: with its image, where no command failed and that may be what could not be had. */
function nameOf({ id, base }: Stage, error: unknown): string {
  return base.kind === 'image' && execFailure(error) === undefined
    ? `stage ${id}, from ${base.reference}`
    : `stage ${id}`;
}

/** Keys that choose another image to build on, by what the image is. */
const WAYS_OUT: readonly (readonly [RegExp, string])[] = [
  [/\/python:/, 'python: { version: "3.13" } for a Python whose image can be had'],
  [/\/node:/, 'frontend: { nodeVersion: "22" } for a Node whose image can be had, or frontend: false'],
  [/playwright/, 'suites: { e2e: false } to go on without the browser tests'],
  [/nginx/, 'gateway: false to go on without nginx'],
];

/** Adds the key that goes on without an image, where none could be had. */
function withWayOut(error: unknown, { base }: Stage): unknown {
  if (!(error instanceof Error) || base.kind !== 'image' || execFailure(error)) return error;
  const [, way] = WAYS_OUT.find(([pattern]) => pattern.test(base.reference)) ?? [];
  if (way !== undefined && /\bimage \S+: no registry answers/.test(error.message))
    error.message += `\n  fix: write in quayside.yaml: ${way}`;
  return error;
}

function handlers(
  { plan, source, secrets }: Building,
  stages: ReadonlyMap<string, Container>,
): StepHandlers<Container> {
  return {
    copy: (container, step) => copy(container, step, source, stages),
    file: (container, step) => withFile(container, plan.files[step.file] as PlanFile),
    script: (container, step) => run(container, step, secrets),
    exec: (container, step) => run(container, step, secrets),
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
  { from, to, owner }: StepOf<'copy'>,
  source: Directory,
  stages: ReadonlyMap<string, Container>,
): Container {
  const options = owner === undefined ? {} : { owner };
  switch (from.kind) {
    case 'stage':
      return container.withDirectory(
        to,
        selected((stages.get(from.stage) as Container).directory(from.path), from),
        options,
      );
    case 'source':
      return container.withDirectory(
        to,
        selected(from.path === '' ? source : source.directory(from.path), from),
        options,
      );
  }
}

/**
 * What of a directory is copied. Selected before it is copied: an engine knows a filtered directory by what is in it, but a copy with
 * patterns by the whole directory that they are applied to, and would run all that follows again after any edit.
 */
function selected(
  directory: Directory,
  { include, exclude }: { readonly include?: readonly string[]; readonly exclude?: readonly string[] },
): Directory {
  if (include === undefined && exclude === undefined) return directory;
  return directory.filter({
    ...(include && { include: [...include] }),
    ...(exclude && { exclude: [...exclude] }),
  });
}

/** Caches are there for this one command only. */
function run(container: Container, step: StepOf<'script'> | StepOf<'exec'>, known: BuildSecrets): Container {
  const { title, caches = [], secrets = [], fetches } = step;
  const args = commandOf(step);
  entitle(args, { title, fetches: fetches === true });
  const ready = caches.reduce((to, { key, path }) => to.withMountedCache(path, dag.cacheVolume(key)), container);
  const done = withoutBuildSecrets(withBuildSecrets(ready, secrets, known).withExec([...args]), secrets);
  return caches.reduce((from, { path }) => from.withoutMount(path), done);
}
