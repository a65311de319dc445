/** Interpreting steps: one handler for each kind, complete by construction. */
import type { Stage, Step, StepKind } from './types.js';

/** The step of one kind. */
export type StepOf<K extends StepKind> = Extract<Step, { kind: K }>;

/** How a back-end treats each kind of step. A kind without a handler does not compile. */
export type StepHandlers<A> = {
  readonly [K in StepKind]: (state: A, step: StepOf<K>) => A;
};

/**
 * Runs the steps through their handlers in order.
 * @returns the last state; `initial` when there are no steps
 */
export function foldSteps<A>(steps: readonly Step[], handlers: StepHandlers<A>, initial: A): A {
  // The one cast: TypeScript cannot see that a handler and a step found by the same kind belong together.
  return steps.reduce((state, step) => (handlers[step.kind] as (s: A, t: Step) => A)(state, step), initial);
}

/** Ids of the stages that a stage is based on or copies from, in order of first use. */
export function stageInputs(stage: Stage): readonly string[] {
  const copied = stage.steps.flatMap(step =>
    step.kind === 'copy' && step.from.kind === 'stage' ? [step.from.stage] : [],
  );
  const based = stage.base.kind === 'stage' ? [stage.base.stage] : [];
  return [...new Set([...based, ...copied])];
}

/** The words of the process that a step runs. */
export function commandOf(step: StepOf<'script'> | StepOf<'exec'>): readonly string[] {
  return step.kind === 'exec' ? step.args : ['sh', '-ec', step.lines.join('\n')];
}
