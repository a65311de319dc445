/** Steps of a plan, as tests look at them. */
import type { Plan, Stage, Step, StepKind } from '../../../src/plan/types.js';

/** The stage with an id; throws when there is none. */
export function stageOf(plan: Plan, id: string): Stage {
  const found = plan.stages.find(candidate => candidate.id === id);
  if (!found) throw new Error(`no stage ${id}`);
  return found;
}

/** The steps of one kind. */
export function stepsOf<K extends StepKind>(plan: Plan, id: string, kind: K): Extract<Step, { kind: K }>[] {
  return stageOf(plan, id).steps.filter((step): step is Extract<Step, { kind: K }> => step.kind === kind);
}

/** The variables of a stage's image, with those of the stage that it starts from. */
export function environmentOf(plan: Plan, id: string): Readonly<Record<string, string>> {
  const { base } = stageOf(plan, id);
  const inherited = base.kind === 'stage' ? environmentOf(plan, base.stage) : {};
  return Object.assign({}, inherited, ...stepsOf(plan, id, 'env').map(({ values }) => values));
}

/** What a step runs, as text: the lines of a script, the words of a program; undefined for a step that runs nothing. */
export function commandOf(step: Step): string | undefined {
  if (step.kind === 'script') return step.lines.join('\n');
  return step.kind === 'exec' ? step.args.join(' ') : undefined;
}

/** What the steps run, in their order. */
export function commandsOf(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(step => commandOf(step) ?? []);
}

/** Whether a step is the one with a title. */
export function isTitled(step: Step, title: string): boolean {
  return 'title' in step && step.title === title;
}
