/** What a step says that was to install locked versions of Debian packages. */
import { diagnose } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { type ExecFailure, together } from './failures.js';

const SAID = /^quayside: (\S+) is (\S+), and quayside\.lock has (\S+)$/m;

/** Turns it into a diagnostic; undefined when something else failed. */
export function debianProblem({ stdout, stderr }: ExecFailure): DiagnosticError | undefined {
  const [, name, there, locked] = SAID.exec(together(stdout, stderr)) ?? [];
  if (name === undefined) return undefined;
  return new DiagnosticError([diagnose('QS119', { name, there: there!, locked: locked! }, { file: 'quayside.lock' })]);
}
