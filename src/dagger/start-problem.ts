/** What a start of the built image ended in, as a diagnostic: docker/smoke.py says it in its last line. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { StartProblem } from '../diagnostics/messages/run.js';

/** The diagnostic of a start that failed. */
export function startFailed(exitCode: number, output: string): DiagnosticError {
  const [said, problem] = /^quayside: (\{.*\})\s*$/m.exec(output) ?? [];
  const wrong: StartProblem =
    problem === undefined ? { kind: 'ended', process: 'first', code: exitCode } : JSON.parse(problem);
  const told = said === undefined ? output : output.replace(said, '').trimEnd();
  return new DiagnosticError([diagnose('QS705', { ...wrong, output: told })]);
}
