/** Failures of steps that are about more than the step: told as what has to be put right. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { commandOf } from '../plan/fold.js';
import { imageSettings } from '../plan/look-up.js';
import type { Plan, Stage, StepFailure } from '../plan/types.js';
import { debianProblem } from './debian-problem.js';
import { type ExecFailure, execFailure, together } from './failures.js';
import { credentialsProblem } from './index-credentials.js';
import { installProblem } from './install-problems.js';
import { knownFailure } from './known-failures.js';
import { lockProblem } from './lock-problem.js';
import { type MachineError, machineProblem } from './machine-problem.js';
import { type NetworkError, networkProblem } from './network-problem.js';
import { packageProblem } from './package-problem.js';
import { toolProblem } from './tool-problems.js';
import { sameWords } from './words.js';

/** What of a plan explains failures. */
type Explaining = Pick<Plan, 'stages' | 'variables' | 'openIndexes'>;

/** The step that failed. */
interface FailedStep {
  readonly plan: Explaining;
  readonly stage: Stage;
  readonly title: string;
}

/** Undefined: it means nothing but that the step failed. */
function problemOf(means: StepFailure, failure: ExecFailure, at: FailedStep): DiagnosticError | undefined {
  switch (means.kind) {
    case 'app':
      return appProblem(failure, at);
    case 'debian':
      return debianProblem(failure);
    case 'packages':
      return packageProblem(failure);
    case 'lock':
    case 'unlocked':
      return lockProblem(failure, means);
  }
}

/** What the app's own code ends in while an image is built. */
function appProblem(failure: ExecFailure, { plan, stage, title }: FailedStep): DiagnosticError {
  const output = together(failure.stdout, failure.stderr);
  const workdir = imageSettings(plan.stages, stage.id).workdir ?? '/';
  const known = knownFailure({ plan, doing: `the build is to ${title}`, output, workdir });
  return new DiagnosticError([known ?? diagnose('QS709', { step: title, output })]);
}

/** Turns the failure of a step of a stage into what it means; undefined when no step of it failed. */
export function stepProblem(
  error: unknown,
  stage: Stage,
  plan: Explaining = { stages: [stage], variables: [] },
): DiagnosticError | NetworkError | MachineError | undefined {
  const failure = execFailure(error);
  if (!failure) return undefined;
  for (const step of stage.steps) {
    if (step.kind !== 'script' && step.kind !== 'exec') continue;
    if (!sameWords(commandOf(step), failure.cmd)) continue;
    const title = `stage ${stage.id}: ${step.title}`;
    const refused = step.fetches && credentialsProblem(failure, step, plan);
    if (refused) return new DiagnosticError([refused]);
    const machine = machineProblem(failure, title) ?? (step.fetches && networkProblem(failure, title));
    const known = machine ?? (step.fails && problemOf(step.fails, failure, { plan, stage, title: step.title }));
    if (known) return known;
    return new DiagnosticError([installProblem(failure, step.title) ?? toolProblem(failure, step.title)]);
  }
  return undefined;
}
