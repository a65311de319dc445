/** Suites that the files have no command for: each is named where people look for it. */
import type { Plan, Suite } from '../plan/types.js';

/** The suites that run in the image of the tests, or beside the app in the one of its browsers. */
export function runnableSuites({ suites, shell }: Plan): readonly Suite[] {
  const unit = suites.find(({ kind }) => kind === 'unit');
  return suites.filter(({ stage, kind }) => kind === 'e2e' || stage === (unit?.stage ?? shell.stage));
}

/** The suites that the compose file of tests has a service for: the first of each kind. */
export function composedSuites(plan: Plan): readonly Suite[] {
  const runnable = runnableSuites(plan);
  return (['unit', 'e2e'] as const).flatMap(kind => runnable.filter(suite => suite.kind === kind).slice(0, 1));
}

/** What to say of those that nothing runs: the trial start of the published image is no test of the app's own. */
export function leftOut(plan: Plan): readonly string[] {
  const composed = composedSuites(plan);
  const tools = runnableSuites(plan).filter(({ kind, changes }) =>
    kind === 'format' ? changes !== undefined : kind === 'lint' || kind === 'typecheck',
  );
  const others = plan.suites.filter(suite => suite.kind !== 'smoke' && ![...composed, ...tools].includes(suite));
  return others.map(({ id, title }) => `Not here: ${id} (${title.replaceAll(/\s+/g, ' ')}), which only Quayside runs.`);
}
