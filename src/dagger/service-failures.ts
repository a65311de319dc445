/** Why a suite could not run: which service failed, and its last words. */
import { worded } from '../diagnostics/diagnose.js';
import { DiagnosticError } from '../diagnostics/diagnostic.js';
import type { Plan, Suite } from '../plan/types.js';
import { ENTRYPOINT, HEALTHCHECK, STARTED } from '../planner/paths.js';
import { quoteWords } from '../planner/shell.js';
import { type ExecFailure, execFailure, lastLines } from './failures.js';
import { catalogueEntry } from './services.js';

/** Exit code of the entrypoint when the migration fails. */
export const MIGRATION_FAILED = 78;

/**
 * Turns the failure of a suite's services into a diagnostic that names the service.
 * @returns a DiagnosticError, or the error itself when it is of another kind: the machine, the network, the engine
 */
export function explainServiceFailure(error: unknown, plan: Plan, suite: Suite): unknown {
  const failure = execFailure(error);
  if (!failure) return error;
  const output = outputOf(error, failure, plan);
  if (isApp(failure)) {
    return failure.exitCode === MIGRATION_FAILED
      ? migrationFailed(plan, suite, output)
      : appFailed(failure, plan, suite, output);
  }
  const service = serviceOf(failure, plan, suite) ?? 'a service';
  const end = isHealthCheck(failure, plan) ? 'did not become healthy' : `ended with exit code ${failure.exitCode}`;
  return new DiagnosticError([
    worded('QS701', {
      problem: withOutput(`${service}, which the ${suite.id} suite needs, ${end}`, output),
      expected: `${service} starts and passes its health check`,
      fix: 'see its output above; services.NAME.version in quayside.yaml takes another version of a service',
    }),
  ]);
}

/** The diagnostic of a migration that failed. */
export function migrationFailed(plan: Plan, suite: Suite, output: string): DiagnosticError {
  const command = quoteWords(plan.app.migrate ?? []);
  const reached = reachedMigration(output);
  const at = reached === undefined ? '' : `, at ${reached}`;
  return new DiagnosticError([
    worded('QS702', {
      problem: withOutput(`the database migration failed before the ${suite.id} suite${at}: ${command}`, output),
      expected: `\`${command}\` brings an empty database to the newest schema and exits with 0`,
      fix: 'correct the migration named in the output, or set migrate in quayside.yaml to the right command',
    }),
  ]);
}

/** The migration under way at the end, as Alembic or Django name it: a traceback may have pushed it out of the last lines. */
function reachedMigration(output: string): string | undefined {
  const [alembic, django] = [/Running upgrade (.+)/g, /^\s*Applying (\S+?)\.\.\./gm].map(
    pattern => [...output.matchAll(pattern)].at(-1)?.[1],
  );
  return (alembic ?? django)?.replace(/^\s*->/, 'the first,').trim();
}

function appFailed(failure: ExecFailure, plan: Plan, suite: Suite, output: string): DiagnosticError {
  const component = componentOf(failure, plan);
  const name = component === undefined ? 'the app' : `the app's ${component}`;
  const what = isProbe(failure) ? 'did not become healthy' : `ended with exit code ${failure.exitCode}`;
  return new DiagnosticError([
    worded('QS703', {
      problem: withOutput(`${name}, which the ${suite.id} suite needs, ${what}`, output),
      expected: 'the production image starts and answers its health check within a minute',
      fix: 'see its output above; health in quayside.yaml names another path, or false to probe the port only',
    }),
  ]);
}

/** What the failed command said; for a health check, what the local engine tells of the service itself comes after it. */
function outputOf(error: unknown, failure: ExecFailure, plan: Plan): string {
  const message = error instanceof Error ? error.message : '';
  if (failure.output === '') return message;
  const [, ...told] = isProbe(failure) || isHealthCheck(failure, plan) ? message.split('\n') : [];
  return [failure.output, ...told].join('\n');
}

function isApp(failure: ExecFailure): boolean {
  return failure.cmd.includes(ENTRYPOINT) || isProbe(failure);
}

function isProbe(failure: ExecFailure): boolean {
  return failure.cmd.some(word => word === HEALTHCHECK || word.includes(STARTED) || word.startsWith('fetch('));
}

/** The process beside the web server that failed, by its command or its health check. */
function componentOf(failure: ExecFailure, plan: Plan): string | undefined {
  return plan.components.find(({ args, health }) =>
    [args, health?.args].some(words => words && sameWords(failure.cmd.slice(-words.length), words)),
  )?.id;
}

function isHealthCheck(failure: ExecFailure, plan: Plan): boolean {
  return plan.services.some(spec => sameWords(failure.cmd, catalogueEntry(spec).health.args));
}

/** A service is known by its health check, its arguments, or its name in the command. */
function serviceOf(failure: ExecFailure, plan: Plan, suite: Suite): string | undefined {
  const bound = plan.services.filter(spec => suite.services.includes(spec.id));
  return bound.find(spec => {
    const { health, testCommand = [] } = catalogueEntry(spec);
    const tail = testCommand.length > 0 && sameWords(failure.cmd.slice(-testCommand.length), testCommand);
    return tail || sameWords(failure.cmd, health.args) || failure.cmd.some(word => word.includes(spec.id));
  })?.id;
}

function sameWords(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index]);
}

function withOutput(problem: string, output: string): string {
  const lines = lastLines(output);
  return lines === '' ? problem : `${problem}\n${lines}`;
}
