/** What package managers say of an index that asks who is there: told with the place that names the index, and what to declare. */
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import type { StepOf } from '../plan/fold.js';
import type { Plan } from '../plan/types.js';
import { type ExecFailure, lastLines, together } from './failures.js';

/** How pip, uv, Poetry, PDM, Pipenv, npm, pnpm, yarn and bun say it. */
const REFUSED =
  /\b40[13] (?:Error\b|Client Error|Unauthorized|Forbidden)|\b(?:Response Code|status code|HTTP error|status):? \(?40[13]\b|\bE40[13]\b|FETCH_40[13]|\(40[13] |- 40[13]\b|YN0041|Authorization error accessing|Credentials not correct for|lack of valid authentication credentials/;

/** An address, with what may stand before its host. */
const ADDRESS = /https?:\/\/(?:[^\s/@"'`]*@)?([\w.-]+(?::\d+)?)/;

/** The diagnostic of an index that refused a step's command; undefined when none did. */
export function credentialsProblem(
  { stdout, stderr }: ExecFailure,
  { title, secrets = [] }: StepOf<'script'> | StepOf<'exec'>,
  { openIndexes = [] }: Pick<Plan, 'openIndexes'>,
): Diagnostic | undefined {
  const output = together(stdout, stderr);
  const lines = output.split('\n');
  const at = lines.findIndex(line => REFUSED.test(line));
  if (at < 0) return undefined;
  // Some name the address in the same line, some in one of those around it.
  const around = [lines[at], ...lines.slice(at + 1, at + 6), ...lines.slice(Math.max(0, at - 3), at).reverse()];
  const host = around.map(line => ADDRESS.exec(line ?? '')?.[1]).find(found => found !== undefined);
  const index = openIndexes.find(one => one.host === host);
  const given = secrets.map(({ name }) => name);
  const place = index && (index.line === undefined ? { file: index.file } : { file: index.file, line: index.line });
  const named = index?.secrets ?? [];
  return diagnose('QS221', { step: title, host: host ?? '', named, given, said: lastLines(output, 8) }, place);
}
