/** Secrets that steps of a build are given by whoever runs it, by the names of the variables that hold them there. */
import { stageInputs } from '../plan/fold.js';
import type { Plan, Stage } from '../plan/types.js';

/** Names of all of them, or of those that one stage needs with what it is made of. */
export function buildSecrets({ stages }: Pick<Plan, 'stages'>, id?: string): readonly string[] {
  const steps = (id === undefined ? stages : stagesOf(stages, id)).flatMap(stage => stage.steps);
  const all = steps.flatMap(step => (step.kind === 'script' || step.kind === 'exec' ? (step.secrets ?? []) : []));
  return [...new Set(all.map(({ name }) => name))].sort();
}

/** A stage with all that go into it. Stages stand behind those that they use. */
function stagesOf(stages: readonly Stage[], id: string): readonly Stage[] {
  const ids = new Set([id]);
  for (const stage of stages.toReversed())
    if (ids.has(stage.id)) for (const input of stageInputs(stage)) ids.add(input);
  return stages.filter(stage => ids.has(stage.id));
}

/** The flags that give them to a call of a function. */
export function secretFlags(plan: Pick<Plan, 'stages'>): readonly string[] {
  return buildSecrets(plan).map(name => `--secret=env://${name}`);
}
