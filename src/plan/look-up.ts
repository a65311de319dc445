/** Looking things up in a plan: what is needed, by its name, and what an image says of itself. */
import type { HealthCheck, Plan, Process, ServiceSpec, Stage } from './types.js';

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
