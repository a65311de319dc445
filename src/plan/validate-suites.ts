/** Checks of the suites, and of other places where the app's code is run for its developers. */
import type { Bench, Plan, Suite } from './types.js';
import { needProblems, relativePaths, secretProblems, twice, variableNames } from './validate-parts.js';

/** What is wrong with the suites of a plan. */
export function suiteProblems(plan: Plan): readonly string[] {
  return [
    ...twice(plan.suites.map(({ id }) => id)).map(id => `suite ${id} is there twice`),
    ...plan.suites.flatMap(suite => problemsOf(plan, suite)),
  ];
}

function problemsOf(plan: Plan, suite: Suite): readonly string[] {
  const owner = `suite ${suite.id}`;
  const { opens, reports, changes } = suite;
  return [
    ...benchProblems(plan, suite, owner),
    ...(suite.args.length === 0 ? [`${owner} has no command`] : []),
    ...(suite.user === '' ? [`${owner}: its user has no name`] : []),
    ...(suite.migrates && !plan.migration ? [`${owner} migrates, but the app has no migrations`] : []),
    ...(opens ? openProblems(plan, owner, opens) : []),
    ...relativePaths(owner, [...(reports ? [reports.directory] : []), ...(changes === undefined ? [] : [changes])]),
    ...Object.values(reports?.files ?? {})
      .filter(path => path.startsWith('/') || path.split('/').includes('..'))
      .map(path => `${owner}: the report ${path} is not in ${reports?.directory}`),
  ];
}

function openProblems(plan: Plan, owner: string, opens: NonNullable<Suite['opens']>): readonly string[] {
  return [
    ...(opens.processes.length === 0 ? [`${owner} opens nothing`] : []),
    ...opens.processes
      .filter(id => !plan.processes.some(process => process.id === id && process.port !== undefined))
      .map(id => `${owner} opens ${id}, which is no process that answers`),
    ...opens.services
      .filter(id => !plan.services.some(service => service.id === id))
      .map(id => `${owner} gives the app ${id}, which is no service`),
    ...variableNames(owner, [opens.variable]),
    ...(URL.canParse(opens.url) ? [] : [`${owner}: ${opens.url} is no address`]),
  ];
}

/** What is wrong with a place where the app's code is run; `owner` is what it is called in messages. */
export function benchProblems(plan: Plan, bench: Bench, owner: string): readonly string[] {
  return [
    ...(plan.stages.some(({ id }) => id === bench.stage) ? [] : [`${owner} runs in ${bench.stage}, which is no stage`]),
    ...relativePaths(owner, [bench.workdir]),
    ...needProblems(plan, owner, bench.needs),
    ...secretProblems(plan, owner, bench.secrets),
    ...variableNames(owner, Object.keys(bench.env)),
  ];
}
