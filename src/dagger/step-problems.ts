/** Failures of steps that are about more than the step: told as what has to be put right. */
import type { DiagnosticError } from '../diagnostics/error.js';
import { commandOf } from '../plan/fold.js';
import type { Stage, StepFailure } from '../plan/types.js';
import { type ExecFailure, execFailure } from './failures.js';
import { lockProblem } from './lock-problem.js';
import { type NetworkError, networkProblem } from './network-problem.js';
import { packageProblem } from './package-problem.js';
import { sameWords } from './words.js';

/** Undefined: it means nothing but that the step failed. */
function problemOf(means: StepFailure, failure: ExecFailure): DiagnosticError | undefined {
  switch (means.kind) {
    case 'packages':
      return packageProblem(failure);
    case 'lock':
    case 'unlocked':
      return lockProblem(failure, means);
  }
}

/** Turns the failure of a step of a stage into what it means; undefined when the step says nothing of that. */
export function stepProblem(error: unknown, stage: Stage): DiagnosticError | NetworkError | undefined {
  const failure = execFailure(error);
  if (!failure) return undefined;
  for (const step of stage.steps) {
    if (step.kind !== 'script' && step.kind !== 'exec') continue;
    if (!sameWords(commandOf(step), failure.cmd)) continue;
    const network = step.fetches && networkProblem(failure, `stage ${stage.id}: ${step.title}`);
    return network ?? (step.fails && problemOf(step.fails, failure));
  }
  return undefined;
}
