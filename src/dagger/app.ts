/** A plan with the source that it is for, ready to be built. */
import { type Container, type Directory, dag, type Platform, type Secret } from '@dagger.io/dagger';
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { Plan } from '../plan/types.js';
import { type BuildSecrets, findBuildSecrets } from './build-secrets.js';
import { type StageBuilder, stageBuilder } from './stages.js';

/** An app as its plan has it. */
export interface App {
  readonly plan: Plan;
  readonly source: Directory;
  readonly stage: StageBuilder;
  /** Finds what steps of the build are given; asked again, it answers from memory. */
  readonly secrets: () => Promise<BuildSecrets>;
  /** Keeps the services of its runs apart from those of the same app, where both are started side by side. */
  readonly apart?: string;
}

/**
 * Puts a plan and its source together.
 * @param source the directory that the plan was made for, with what the plan leaves out of it
 * @param given secrets of whoever builds, by their names or addresses
 */
export function openApp(plan: Plan, source: Directory, given: readonly Secret[] = []): App {
  const { gitignore, exclude } = plan.source;
  const counted = source.filter({ gitignore, exclude: [...exclude] });
  let found: Promise<BuildSecrets> | undefined;
  const secrets = () => (found ??= findBuildSecrets(plan, given));
  return { plan, source: counted, stage: stageBuilder(plan, counted, secrets), secrets };
}

/** The same app, with its images for another platform when one is given. What is the same for all platforms is built once. */
export function onPlatform(app: App, platform?: Platform): App {
  return platform === undefined ? app : { ...app, stage: stageBuilder(app.plan, app.source, app.secrets, platform) };
}

/**
 * Builds an image that is published, for another platform than the engine's own when one is given.
 * @param id the process whose image is meant; default: the web server
 * @returns its container; throws a DiagnosticError when the app has no such process
 */
export function processImage(app: App, platform?: Platform, id?: string): Promise<Container> {
  const { plan } = app;
  const process = plan.processes.find(candidate => (id === undefined ? candidate.role === 'web' : candidate.id === id));
  if (!process) throw noProcess(plan, id ?? 'web');
  return onPlatform(app, platform).stage(process.image);
}

/** The lock file that the build made, at its path in the source; throws a DiagnosticError when the source has one. */
export async function lockFiles({ plan, stage }: App): Promise<Directory> {
  if (plan.lock === undefined) throw new DiagnosticError([diagnose('QS215', {})]);
  const { stage: id, file, path } = plan.lock;
  return dag.directory().withFile(path, (await stage(id)).file(file));
}

function noProcess({ processes }: Plan, name: string): DiagnosticError {
  const isServer = (id: string) => processes.some(process => process.id === id && process.role === 'web');
  const known = processes.map(({ id }) => id).toSorted((a, b) => Number(isServer(b)) - Number(isServer(a)));
  return new DiagnosticError([diagnose('QS310', { component: name, known })]);
}
