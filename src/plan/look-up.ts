/** Looking things up in a plan: what is needed, by its name, and what an image says of itself. */
import type { HealthCheck, Plan, Process, ServiceSpec, Stage, Variable } from './types.js';

/** What can be needed: it has a name that is a host name. */
export type Needed =
  | { readonly kind: 'service'; readonly service: ServiceSpec }
  | { readonly kind: 'process'; readonly process: Process };

/** The service or process of a name; undefined when the plan has none. */
export function neededOf(plan: Pick<Plan, 'services' | 'processes'>, id: string): Needed | undefined {
  const service = plan.services.find(candidate => candidate.id === id);
  if (service) return { kind: 'service', service };
  const process = plan.processes.find(candidate => candidate.id === id);
  return process && { kind: 'process', process };
}

/** The port that a needed thing answers on; undefined for a process that nobody calls. */
export function portOf(needed: Needed): number | undefined {
  return needed.kind === 'service' ? needed.service.ports[0] : needed.process.port;
}

/** An image as it is asked for: by its digest where that is known. */
export function imageAddress({ images }: Pick<Plan, 'images'>, reference: string): string {
  const digest = images[reference]?.digest;
  return digest === undefined ? reference : `${reference}@${digest}`;
}

/** An image of the app that is published: the stage it is, the process that it is called after, and its name. */
export interface AppImage {
  readonly component: string;
  readonly stage: string;
  readonly name: string;
}

/** The name of the image that a stage is: that of the app for its own code, else with the process's, or the stage's. */
export function imageName({ name, processes }: Pick<Plan, 'name' | 'processes'>, stage: string): string {
  const component = processes.find(({ image }) => image === stage);
  if (!component) return `${name}-${stage}`;
  return isApp(component) ? name : `${name}-${component.id}`;
}

/** Whether a process runs the app's own code. */
export function isApp({ role }: Pick<Process, 'role'>): boolean {
  return role === 'web' || role === 'worker';
}

/** The images that are published, that of the web server first. */
export function appImages(plan: Pick<Plan, 'name' | 'processes'>): readonly AppImage[] {
  const shipped = plan.processes.filter(({ only }) => only === undefined || only.includes('prod'));
  const web = shipped.filter(({ role }) => role === 'web');
  const ordered = [...web, ...shipped.filter(process => !web.includes(process))];
  const first = ordered.filter(({ image }, at) => ordered.findIndex(other => other.image === image) === at);
  return first.map(({ id, image }) => ({ component: id, stage: image, name: imageName(plan, image) }));
}

/**
 * What a variable that somebody has to set says in a first start: what stands for it in a trial, unless the code has a value elsewhere, or what the web server is given for one that
 * the code has no value for. Where any host will do for that, the machine's own, unless the code has that already. Undefined: it may be left out.
 */
export function startValue({ processes }: Pick<Plan, 'processes'>, variable: Variable): string | undefined {
  const { name, trial, required, secret, service, developers, production } = variable;
  const known = secret || production !== undefined ? undefined : variable.default;
  if (trial !== undefined && known) return known;
  if (trial !== undefined || secret || service !== undefined || developers !== undefined) return trial;
  if (listsHosts({ processes }, variable)) return /\*|localhost/.test(variable.default ?? '') ? undefined : 'localhost';
  return (required && servedWith({ processes }, name)) || undefined;
}

/** Whether a variable lists the hosts that the app answers for: trials are asked by any name. */
export function listsHosts(plan: Pick<Plan, 'processes'>, { name }: Variable): boolean {
  return servedWith(plan, name) === '*';
}

/** What the web server is given where people try the app. */
function servedWith({ processes }: Pick<Plan, 'processes'>, name: string): string | undefined {
  return processes.find(({ role }) => role === 'web')?.profiles.serve?.env?.[name];
}

/** A stage and those that it is based on, the nearest first; ends where one is missing or comes again. */
export function lineageOf(stages: readonly Stage[], id: string): readonly Stage[] {
  const lineage: Stage[] = [];
  let next: string | undefined = id;
  while (next !== undefined) {
    const stage: Stage | undefined = stages.find(candidate => candidate.id === next);
    if (!stage || lineage.includes(stage)) break;
    lineage.push(stage);
    next = stage.base.kind === 'stage' ? stage.base.stage : undefined;
  }
  return lineage;
}

/** The image that a stage starts from in the end; undefined where none is. */
export function imageBehind({ stages }: Pick<Plan, 'stages'>, id: string): string | undefined {
  const base = lineageOf(stages, id).at(-1)?.base;
  return base?.kind === 'image' ? base.reference : undefined;
}

/** What the image of a stage says of itself, as far as its steps do: absent is what its first base says. */
export interface ImageSettings {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly healthcheck?: HealthCheck;
  readonly user?: string;
  readonly workdir?: string;
}

/** Reads the settings of a stage's image: the last step of each kind counts, its own before those of its bases. */
export function imageSettings(stages: readonly Stage[], id: string): ImageSettings {
  const settings: { -readonly [K in keyof ImageSettings]: ImageSettings[K] } = {};
  for (const { steps } of lineageOf(stages, id)) {
    for (const step of steps.toReversed()) {
      if (step.kind === 'healthcheck') settings.healthcheck ??= step.check;
      if (step.kind === 'user') settings.user ??= step.user;
      if (step.kind === 'workdir') settings.workdir ??= step.path;
      if (step.kind !== 'entrypoint') continue;
      settings.entrypoint ??= step.args;
      settings.command ??= step.command;
    }
  }
  return settings;
}

/** The files that a service reads, whatever it runs for. */
export function filesServed({ files, profiles }: ServiceSpec): readonly string[] {
  return [...files, ...Object.values(profiles).flatMap(profile => profile.files ?? [])];
}
