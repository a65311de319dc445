/** Failures of steps that are about more than the step: told as what has to be put right. */
import type { DiagnosticError } from '../diagnostics/error.js';
import { commandOf } from '../plan/fold.js';
import type { Stage, StepFailure } from '../plan/types.js';
import { type ExecFailure, execFailure } from './failures.js';
import { lockProblem } from './lock-problem.js';
import { packageProblem } from './package-problem.js';
import { sameWords } from './words.js';

/** Undefined: it means nothing but that the step failed. */
function problemOf(means: StepFailure, failure: ExecFailure): DiagnosticError | undefined {
  switch (means.kind) {
    case 'packages':
      return packageProblem(failure);
    case 'lock':
      return lockProblem(failure, means);
  }
}

/** Turns the failure of a step of a stage into a diagnostic; undefined when the step says nothing of what its failure means. */
export function stepProblem(error: unknown, stage: Stage): DiagnosticError | undefined {
  const failure = execFailure(error);
  if (!failure) return undefined;
  for (const step of stage.steps) {
    if (step.kind !== 'script' && step.kind !== 'exec') continue;
    if (step.fails && sameWords(commandOf(step), failure.cmd)) return problemOf(step.fails, failure);
  }
  return undefined;
}
