/** From a source directory to a plan and the graph it describes. */
import type { Container, Directory, File, Platform } from '@dagger.io/dagger';
import type { Config } from '../config/schema.js';
import type { Facts } from '../detect/facts.js';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/diagnostic.js';
import type { Plan } from '../plan/types.js';
import { APP_ALIAS } from '../planner/paths.js';
import { understand } from '../understand.js';
import { bindServices, withTrialEnv } from './services.js';
import { type StageBuilder, stageBuilder } from './stages.js';
import { directoryTree } from './tree.js';

/** An app that was understood: what is known of it, what is planned, and its stages ready to be built. */
export interface Pipeline {
  readonly source: Directory;
  readonly config: Config;
  readonly facts: Facts;
  readonly plan: Plan;
  readonly stage: StageBuilder;
}

const loaded = new WeakMap<Directory, { readonly config: File | undefined; readonly pipeline: Promise<Pipeline> }>();

/**
 * Reads the source and plans its build. Asked again about the same directory object, it answers from memory.
 * @param source the directory with the app, or with a quayside.yaml whose `root` leads to it
 * @param config a quayside.yaml to use in place of the source's own
 * @returns the pipeline; rejects with a DiagnosticError when the app or its configuration has to be put right
 */
export function loadPipeline(source: Directory, config?: File): Promise<Pipeline> {
  const known = loaded.get(source);
  if (known && known.config === config) return known.pipeline;
  const pipeline = readPipeline(source, config);
  loaded.set(source, { config, pipeline });
  return pipeline;
}

async function readPipeline(given: Directory, configFile?: File): Promise<Pipeline> {
  // A checkout that is worked in holds data, builds and secrets that a new one would not have.
  const source = given.filter({ gitignore: true });
  const [tree, text] = await Promise.all([directoryTree(source), configFile?.contents()]);
  const { app, diagnostics } = await understand(tree, text);
  if (!app) throw new DiagnosticError(diagnostics);
  return { source, ...app, stage: stageBuilder(app.plan, source) };
}

/**
 * Builds the production image, for another platform than the engine's own when one is given.
 * @param component the component whose image is meant, such as the frontend's server; default: the web server
 */
export function productionImage(pipeline: Pipeline, platform?: Platform, component?: string): Promise<Container> {
  const { plan, source } = pipeline;
  const stage = platform === undefined ? pipeline.stage : stageBuilder(plan, source, platform);
  if (component === undefined || component === APP_ALIAS) return stage(plan.app.stage);
  const found = plan.components.find(({ id }) => id === component);
  if (found) return stage(found.published ?? found.stage);
  const known = [APP_ALIAS, ...plan.components.map(({ id }) => id)];
  throw new DiagnosticError([diagnose('QS310', { component, known })]);
}

/** The test image with the app's services, ready for a terminal. */
export async function testShell(pipeline: Pipeline): Promise<Container> {
  const container = await appContainer(pipeline, 'test', 'shell', allServices(pipeline.plan));
  return container.withDefaultTerminalCmd(['/bin/bash']);
}

/** The container of a stage with the app's secrets and with services bound to it. */
export async function appContainer(
  pipeline: Pipeline,
  stage: string,
  label: string,
  services: readonly string[],
): Promise<Container> {
  const container = await pipeline.stage(stage);
  return bindServices(withTrialEnv(container, pipeline.plan, label), pipeline.plan, services, label);
}

/** Lets the entrypoint bring the database to the newest schema before it starts anything. */
export function withMigrations(container: Container, plan: Plan): Container {
  return plan.app.migrate ? container.withEnvVariable('QUAYSIDE_MIGRATE', '1') : container;
}

/** Ids of all services of a plan. */
export function allServices(plan: Plan): readonly string[] {
  return plan.services.map(service => service.id);
}
