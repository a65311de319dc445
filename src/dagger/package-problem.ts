/** What the check of the Python packages in the image found, as a diagnostic. */
import { worded } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/diagnostic.js';
import { CHECK_PACKAGES } from '../planner/paths.js';
import { execFailure } from './failures.js';

/** Turns the check's failure into a diagnostic for each package; undefined when something else failed. */
export function packageProblem(error: unknown): DiagnosticError | undefined {
  const failure = execFailure(error);
  if (!failure?.cmd.some(word => word.includes(CHECK_PACKAGES))) return undefined;
  const found = [...failure.output.matchAll(/^(\S+: .+)\n {2}fix: (.+)$/gm)];
  if (found.length === 0) return undefined;
  return new DiagnosticError(
    found.map(([, problem = '', fix = '']) =>
      worded('QS704', { problem, expected: 'every library that a Python package needs in the image', fix }),
    ),
  );
}
