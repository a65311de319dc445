/** Suites of the plan -> runs in real containers, and their reports. */
import { type Container, type Directory, dag, type Service } from '@dagger.io/dagger';
import { diagnose } from '../diagnostics/diagnose.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { DiagnosticError } from '../diagnostics/error.js';
import { formatDiagnostic } from '../diagnostics/words.js';
import type { Need, Plan, Suite } from '../plan/types.js';
import type { App } from './app.js';
import { withVariables } from './container.js';
import { knownFailure } from './known-failures.js';
import { processStarter } from './processes.js';
import { describeResults, hasPassed, readResult, type SuiteResult, TestFailure } from './results.js';
import { explainRunFailure, migrationFailed } from './run-problems.js';
import { type Ended, runToEnd } from './runs.js';
import type { Run } from './secrets.js';
import { findServiceImages } from './service-images.js';
import { withNeeds, withSecrets } from './services.js';
import { startFailed } from './start-problem.js';
import { entitle } from './titles.js';

/** A suite that ran to its end, whether its tests passed or not. */
export interface SuiteRun {
  readonly result: SuiteResult;
  /** What the run wrote, with its output as output.txt. */
  readonly reports: Directory;
}

const runs = new WeakMap<App, Map<string, Promise<SuiteRun>>>();

/**
 * Runs a suite of the plan; a second call for the same pipeline gives the same run.
 * @returns the run; rejects with a DiagnosticError when its services, its app or its migrations do not come up
 */
export function runSuite(app: App, suite: Suite): Promise<SuiteRun> {
  const known = runs.get(app) ?? new Map<string, Promise<SuiteRun>>();
  runs.set(app, known);
  const run = known.get(suite.id) ?? startSuite(app, suite);
  known.set(suite.id, run);
  return run;
}

async function startSuite(app: App, suite: Suite): Promise<SuiteRun> {
  refuseBlocked(app.plan, [suite]);
  const { exitCode, output, written } = await ended(app, suite);
  if (suite.migrates && exitCode === app.plan.migration?.failed) throw migrationFailed(app.plan, suite, output);
  if (suite.tool === 'start' && exitCode !== 0)
    throw startFailed(exitCode, output, { plan: app.plan, workdir: suite.workdir });
  const junit = suite.reports?.files.junit;
  const isThere = written && junit && (await written.glob('*')).includes(junit);
  const xml = isThere ? await written.file(junit).contents() : undefined;
  // Without a report nothing was tested: the app could not be imported.
  const known = exitCode === 0 || xml !== undefined ? undefined : failureOf(app, suite, output);
  if (known) throw new DiagnosticError([known]);
  return {
    result: await readResult(suite.id, { exitCode, output, junit: xml }),
    reports: (written ?? dag.directory()).withNewFile('output.txt', output),
  };
}

function failureOf({ plan }: App, { id, workdir }: Suite, output: string): Diagnostic | undefined {
  return knownFailure({ plan, doing: `the ${id} suite is run`, output, workdir });
}

async function ended(app: App, suite: Suite): Promise<Ended> {
  const ready = await prepare(app, suite);
  try {
    return await runToEnd(app, suite, ready);
  } catch (error) {
    throw explainRunFailure(error, app.plan, suite);
  }
}

/**
 * Runs the formatters on a copy of the source.
 * @returns the files that they changed, under the paths they have in the source; rejects when a formatter fails
 */
export async function formattedFiles(app: App): Promise<Directory> {
  const changed = await Promise.all(
    app.plan.suites.map(async suite => {
      if (suite.changes === undefined) return [];
      const ready = await prepare(app, suite);
      entitle(suite.args, { title: suite.title });
      return [ready.withExec([...suite.args]).directory(suite.changes)];
    }),
  );
  return changed.flat().reduce((all, directory) => all.withDirectory('', directory), dag.directory());
}

/** The container that a suite's command runs in: its services and the app within reach, its variables set. */
async function prepare(app: App, suite: Suite): Promise<Container> {
  const { plan } = app;
  const label = app.apart === undefined ? suite.id : `${suite.id}-${app.apart}`;
  const run: Run = { app: plan.name, label, profile: 'test' };
  const [stage, bound] = await Promise.all([app.stage(suite.stage), openedProcesses(app, suite, run)]);
  const told = withVariables(withSecrets(stage, suite.secrets, run), suite.env);
  const needing = withNeeds(told, plan, suite.needs, run);
  const reaching = bound.reduce((to, { id, service }) => to.withServiceBinding(id, service), needing);
  // In the same command as the tests: a migration remembered from an earlier run would meet an empty database.
  const migrating = withVariables(reaching, suite.migrates ? plan.migration?.env : {});
  const placed = migrating.withWorkdir(suite.workdir);
  const opening = withVariables(placed, suite.opens && { [suite.opens.variable]: suite.opens.url });
  return suite.user === undefined ? opening : opening.withUser(suite.user);
}

/** The processes of the app that a suite opens, started. */
function openedProcesses(
  app: App,
  { opens }: Suite,
  run: Run,
): Promise<readonly { readonly id: string; readonly service: Service }[]> {
  if (!opens) return Promise.resolve([]);
  const start = processStarter(app, { run, services: opens.services });
  return Promise.all(opens.processes.map(async id => ({ id, service: await start(id) })));
}

/** What suites need, and the processes that they open. */
function servicesOf({ processes }: Plan, suites: readonly Suite[]): readonly Need[] {
  const opened = suites.flatMap(({ opens }) => opens?.processes ?? []);
  return [...suites, ...processes.filter(({ id }) => opened.includes(id))].flatMap(({ needs }) => needs);
}

/** The container that a person works in, with the app's services, ready for a terminal. */
export async function testShell(app: App): Promise<Container> {
  const { plan } = app;
  await findServiceImages(plan, plan.shell.needs);
  const { stage, workdir, needs, secrets, env, command } = plan.shell;
  const run: Run = { app: plan.name, label: 'shell', profile: 'test' };
  const told = withVariables(withSecrets(await app.stage(stage), secrets, run), env);
  return withNeeds(told, plan, needs, run)
    .withWorkdir(workdir)
    .withDefaultTerminalCmd([...command]);
}

/** The suites of the given kinds; where some of them open the started image, it is not started once more for nothing else. */
function suitesOf({ suites, front }: Plan, kinds: readonly Suite['kind'][]): readonly Suite[] {
  const wanted = suites.filter(({ kind }) => kinds.includes(kind));
  const isOpened = wanted.some(({ opens }) => opens?.processes.includes(front));
  return wanted.filter(({ kind }) => kind !== 'smoke' || !isOpened);
}

/** Fails at once where an image of a service that the start of the image needs cannot be had. */
export async function findServices(app: App): Promise<void> {
  await findServiceImages(
    app.plan,
    servicesOf(
      app.plan,
      app.plan.suites.filter(({ kind }) => kind === 'smoke'),
    ),
  );
}

/** Starts the image once, unless the plan has no such suite; rejects with a DiagnosticError when it does not come up. */
export async function startOnce(app: App): Promise<void> {
  await Promise.all(app.plan.suites.filter(({ kind }) => kind === 'smoke').map(suite => runSuite(app, suite)));
}

/**
 * Runs suites side by side.
 * @returns the results in words when everything passed; rejects with a TestFailure that names each failed test, or with
 * a DiagnosticError when a suite could not run
 */
export async function checkSuites(app: App, kinds: readonly Suite['kind'][]): Promise<string> {
  const suites = suitesOf(app.plan, kinds);
  await findServiceImages(app.plan, servicesOf(app.plan, suites));
  if (suites.length === 0) return `${kinds.join(' and ')}: the app has none`;
  refuseBlocked(app.plan, suites);
  const settled = await Promise.allSettled(suites.map(suite => runSuite(app, suite)));
  const results = settled.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value.result] : []));
  const reasons = settled.flatMap(outcome => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (reasons.length > 0) throw couldNotRun(reasons, results);
  if (!results.every(hasPassed)) throw new TestFailure(results);
  return describeResults(results);
}

/** Tells of tests that cannot run before anything is built for them. */
function refuseBlocked({ services }: Plan, suites: readonly Suite[]): void {
  const blocked = suites.flatMap(({ id, needs, blocked: why }) => {
    if (!why) return [];
    const given = needs.flatMap(({ to, env }) => (services.some(service => service.id === to) ? Object.keys(env) : []));
    return [diagnose('QS607', { suite: id, library: why.library, given }, why)];
  });
  if (blocked.length > 0) throw new DiagnosticError(blocked);
}

/** What ends the work when suites could not run; what the others found is not lost. */
function couldNotRun(reasons: readonly unknown[], results: readonly SuiteResult[]): unknown {
  const other = reasons.find(reason => !(reason instanceof DiagnosticError));
  if (other !== undefined) return other;
  const found = reasons.flatMap(reason => (reason as DiagnosticError).diagnostics);
  // Suites share the stages before them, and each migrates a database of its own: what fails alike is told once.
  const isAlike = (a: Diagnostic, b: Diagnostic) =>
    a.code === b.code && (a.code === 'QS702' || formatDiagnostic(a) === formatDiagnostic(b));
  const error = new DiagnosticError(
    found.filter((entry, at) => found.findIndex(other => isAlike(other, entry)) === at),
  );
  if (results.length > 0) error.message = `${error.message}\n\n${describeResults(results)}`;
  return error;
}

/**
 * Gathers the reports of all test suites, run side by side, in a directory for each. A suite that could not run leaves
 * error.txt; a failure of the machine or the engine rejects.
 */
export async function gatherReports(app: App, kinds: readonly Suite['kind'][]): Promise<Directory> {
  const suites = suitesOf(app.plan, kinds);
  await findServiceImages(app.plan, servicesOf(app.plan, suites));
  const settled = await Promise.allSettled(suites.map(suite => runSuite(app, suite)));
  return settled.reduce((directory, outcome, index) => {
    const id = (suites[index] as Suite).id;
    if (outcome.status === 'fulfilled') return directory.withDirectory(id, outcome.value.reports);
    if (!(outcome.reason instanceof DiagnosticError)) throw outcome.reason;
    return directory.withNewFile(`${id}/error.txt`, `${outcome.reason.message}\n`);
  }, dag.directory());
}
