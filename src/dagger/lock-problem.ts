/** What a package manager says of a lock file that does not fit, as a diagnostic. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { StepFailure } from '../plan/types.js';
import { type ExecFailure, lastLines } from './failures.js';

/** What package managers end with when they refuse a lock. A network that failed, or a file that cannot be read, ends with another. */
const REFUSED = 1;

/** Turns a refusal, of a lock or to make one, into a diagnostic with the manager's own last lines; undefined when something else failed. */
export function lockProblem(
  { exitCode, output }: ExecFailure,
  { kind, file, command }: Extract<StepFailure, { kind: 'lock' | 'unlocked' }>,
): DiagnosticError | undefined {
  if (exitCode !== REFUSED || output === '') return undefined;
  const said = lastLines(output.replace(/\n\s*\n/g, '\n'), 8);
  return new DiagnosticError([
    kind === 'lock'
      ? diagnose('QS205', { kind: 'refused', said, file, command }, { file })
      : diagnose('QS216', { said, lock: file, command }),
  ]);
}
