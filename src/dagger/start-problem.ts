/** What a start of the built image ended in, as a diagnostic: docker/smoke.py says it in its last line. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { StartProblem } from '../diagnostics/messages/run.js';
import { localAddress } from './app-faults.js';
import { execFailure, together } from './failures.js';
import { type FailedRun, knownFailure } from './known-failures.js';

/** The diagnostic of a start that failed: what its output is known to mean, else how it ended. */
export function startFailed(
  exitCode: number,
  output: string,
  around: Pick<FailedRun, 'plan' | 'workdir'>,
): DiagnosticError {
  const [said, problem] = /^quayside: (\{.*\})\s*$/m.exec(output) ?? [];
  const wrong: StartProblem =
    problem === undefined ? { kind: 'ended', process: 'first', code: exitCode } : JSON.parse(problem);
  const told = said === undefined ? output : output.replace(said, '').trimEnd();
  const doing = 'the built image is started';
  const unheard = wrong.kind === 'silent' ? localAddress(told, doing) : undefined;
  const known = unheard ?? knownFailure({ ...around, doing, output: told });
  return new DiagnosticError([known ?? diagnose('QS705', { ...wrong, output: told })]);
}

/** Where the app's code lies in an image. */
const WORKDIR = '/app';

/** The same of a process of an app that is served: the error as the engine words it, or itself where it is about something else. */
export function servedFailed(error: unknown): unknown {
  const failure = error instanceof Error ? execFailure(error) : undefined;
  if (failure === undefined) return error;
  const process = /^service ([\w-]+): /.exec((error as Error).message)?.[1] ?? 'first';
  const output = together(failure.stdout, failure.stderr);
  const known = knownFailure({ plan: { variables: [] }, workdir: WORKDIR, doing: 'the app is served', output });
  return new DiagnosticError([known ?? diagnose('QS705', { kind: 'ended', process, code: failure.exitCode, output })]);
}
