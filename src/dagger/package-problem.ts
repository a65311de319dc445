/** What the check of the Python packages in the image found, as a diagnostic. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import type { ExecFailure } from './failures.js';

/** Turns the check's output into a diagnostic for each package; undefined when it says something else. */
export function packageProblem({ output }: ExecFailure): DiagnosticError | undefined {
  const found = [...output.matchAll(/^(\S+: .+)\n {2}fix: (.+)$/gm)];
  if (found.length === 0) return undefined;
  return new DiagnosticError(found.map(([, problem = '', fix = '']) => diagnose('QS704', { problem, fix })));
}
