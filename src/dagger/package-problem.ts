/** What the check of the Python packages in the image found, as a diagnostic. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { wordsOfMismatched, wordsOfOutdated } from '../diagnostics/messages/run.js';
import type { ExecFailure } from './failures.js';
import { mismatched } from './mismatched.js';
import { outdated } from './outdated.js';

/** Turns the check's output into a diagnostic for each package; undefined when it says something else. */
export function packageProblem({ output }: ExecFailure): DiagnosticError | undefined {
  const found = [...output.matchAll(/^(\S+: .+)\n {2}fix: (.+)$/gm)];
  if (found.length === 0) return undefined;
  return new DiagnosticError(
    found.map(([, problem = '', fix = '']) => diagnose('QS704', { problem, fix: betterFix(problem) ?? fix })),
  );
}

/** What helps a package that was made for an older Python, or for another release of one that it imports. */
function betterFix(problem: string): string | undefined {
  const by = problem.slice(0, problem.indexOf(':'));
  const older = outdated(problem);
  if (older) return wordsOfOutdated({ ...older, by }).fix;
  const other = mismatched(problem, '');
  return other && other.of !== by ? wordsOfMismatched({ ...other, by }).fix : undefined;
}
