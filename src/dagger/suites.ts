/** Suites of the plan -> runs in real containers, and their reports. */
import { type Container, type Directory, dag, ReturnType } from '@dagger.io/dagger';
import { type Diagnostic, DiagnosticError } from '../diagnostics/diagnostic.js';
import type { Suite } from '../plan/types.js';
import { APP_DIR, CHANGED_DIR, REPORTS_DIR } from '../planner/paths.js';
import { startApp } from './components.js';
import { appContainer, type Pipeline, withMigrations } from './pipeline.js';
import { describeResults, hasPassed, readResult, type SuiteResult, TestFailure } from './results.js';
import { explainServiceFailure, MIGRATION_FAILED, migrationFailed } from './service-failures.js';
import { bindServices } from './services.js';

/** A suite that ran to its end, whether its tests passed or not. */
export interface SuiteRun {
  readonly result: SuiteResult;
  /** What the run wrote, with its output as output.txt. */
  readonly reports: Directory;
}

const runs = new WeakMap<Pipeline, Map<string, Promise<SuiteRun>>>();

/**
 * Runs a suite of the plan; a second call for the same pipeline gives the same run.
 * @returns the run; rejects with a DiagnosticError when its services, its app or its migrations do not come up
 */
export function runSuite(pipeline: Pipeline, suite: Suite): Promise<SuiteRun> {
  const known = runs.get(pipeline) ?? new Map<string, Promise<SuiteRun>>();
  runs.set(pipeline, known);
  const run = known.get(suite.id) ?? startSuite(pipeline, suite);
  known.set(suite.id, run);
  return run;
}

async function startSuite(pipeline: Pipeline, suite: Suite): Promise<SuiteRun> {
  const ready = await prepare(pipeline, suite);
  const hasReports = Object.keys(suite.reports).length > 0;
  let done: Container;
  try {
    // Failing tests are a result with reports to keep, not an error of the graph.
    done = await ready.withExec([...suite.args], { expect: ReturnType.Any, useEntrypoint: suite.migrate }).sync();
  } catch (error) {
    throw explainServiceFailure(error, pipeline.plan, suite);
  }
  const [exitCode, stdout, stderr, written] = await Promise.all([
    done.exitCode(),
    done.stdout(),
    done.stderr(),
    hasReports ? done.directory(REPORTS_DIR).glob('*') : ([] as string[]),
  ]);
  const output = [stdout, stderr].filter(text => text.trim() !== '').join('\n');
  if (suite.migrate && exitCode === MIGRATION_FAILED) throw migrationFailed(pipeline.plan, suite, output);
  const junit = suite.reports.junit?.slice(REPORTS_DIR.length + 1);
  const xml = junit && written.includes(junit) ? await done.file(`${REPORTS_DIR}/${junit}`).contents() : undefined;
  return {
    result: readResult(suite.id, { exitCode, output, junit: xml }),
    reports: (hasReports ? done.directory(REPORTS_DIR) : dag.directory()).withNewFile('output.txt', output),
  };
}

/**
 * Runs the formatters on a copy of the source.
 * @returns the files that they changed, under the paths they have in the source; rejects when a formatter fails
 */
export async function formattedFiles(pipeline: Pipeline): Promise<Directory> {
  const suites = pipeline.plan.suites.filter(suite => suite.kind === 'format');
  const changed = await Promise.all(
    suites.map(async suite => {
      // The app's own user may not write beside the source.
      const ready = (await prepare(pipeline, suite)).withUser('root');
      return ready.withExec([...suite.args]).directory(CHANGED_DIR);
    }),
  );
  return changed.reduce((all, directory) => all.withDirectory('', directory), dag.directory());
}

async function prepare(pipeline: Pipeline, suite: Suite): Promise<Container> {
  const withEnv = (container: Container) =>
    Object.entries(suite.env).reduce((to, [name, value]) => to.withEnvVariable(name, value), container);
  if (!suite.app) {
    // Tools of the frontend need none of what the app needs.
    const bare = suite.workdir === undefined ? undefined : await pipeline.stage(suite.stage);
    const container = withEnv(bare ?? (await appContainer(pipeline, suite.stage, suite.id, suite.services)));
    if (suite.workdir !== undefined) return container.withWorkdir(suite.workdir);
    // In the same command as the tests: a migration remembered from an earlier run would meet an empty database.
    return suite.migrate ? withMigrations(container, pipeline.plan) : container;
  }
  const [container, app] = await Promise.all([
    pipeline.stage(suite.stage),
    startApp(pipeline, suite.id, suite.services),
  ]);
  // Mail is what an app does for people that no browser shows, so browser tests can look into it.
  const mail = suite.services.filter(id => id === 'mailpit');
  const seeing = bindServices(withEnv(container), pipeline.plan, mail, suite.id);
  const bound = app.reduce((to, { alias, service }) => to.withServiceBinding(alias, service), seeing);
  return bound.withWorkdir(suite.workdir ?? APP_DIR).withEnvVariable(suite.app.variable, suite.app.url);
}

/**
 * Runs suites side by side.
 * @returns the results in words when everything passed; rejects with a TestFailure that names each failed test, or with
 * a DiagnosticError when a suite could not run
 */
export async function checkSuites(pipeline: Pipeline, kinds: readonly Suite['kind'][]): Promise<string> {
  const suites = pipeline.plan.suites.filter(suite => kinds.includes(suite.kind));
  if (suites.length === 0) return `${kinds.join(' and ')}: the app has none`;
  const settled = await Promise.allSettled(suites.map(suite => runSuite(pipeline, suite)));
  const results = settled.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value.result] : []));
  const reasons = settled.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (reasons.length > 0) throw couldNotRun(reasons, results);
  if (!results.every(hasPassed)) throw new TestFailure(results);
  return describeResults(results);
}

/** What ends the work when suites could not run; what the others found is not lost. */
function couldNotRun(reasons: readonly unknown[], results: readonly SuiteResult[]): unknown {
  const other = reasons.find(reason => !(reason instanceof DiagnosticError));
  if (other !== undefined) return other;
  const found = reasons.flatMap(reason => (reason as DiagnosticError).diagnostics);
  // Every suite migrates a database of its own, and all fail alike: once is enough to be told.
  const isFirst = ({ code }: Diagnostic, at: number) => found.findIndex(other => other.code === code) === at;
  const error = new DiagnosticError(found.filter((entry, at) => entry.code !== 'QS702' || isFirst(entry, at)));
  if (results.length > 0) error.message = `${error.message}\n\n${describeResults(results)}`;
  return error;
}

/**
 * Gathers the reports of all test suites, run side by side, in a directory for each. A suite that could not run leaves
 * error.txt; a failure of the machine or the engine rejects.
 */
export async function gatherReports(pipeline: Pipeline, kinds: readonly Suite['kind'][]): Promise<Directory> {
  const suites = pipeline.plan.suites.filter(suite => kinds.includes(suite.kind));
  const settled = await Promise.allSettled(suites.map(suite => runSuite(pipeline, suite)));
  return settled.reduce((directory, outcome, index) => {
    const id = (suites[index] as Suite).id;
    if (outcome.status === 'fulfilled') return directory.withDirectory(id, outcome.value.reports);
    if (!(outcome.reason instanceof DiagnosticError)) throw outcome.reason;
    return directory.withNewFile(`${id}/error.txt`, `${outcome.reason.message}\n`);
  }, dag.directory());
}
