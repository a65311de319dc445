/** Checks that the parts of a plan fit together. A finding is a bug in the planner, never a user's mistake. */
import { stageInputs } from './fold.js';
import type { Plan, Stage, Step } from './types.js';

/**
 * Checks a plan's references: stages exist and come before their use, ids are unique, suites name known stages and
 * services, paths are absolute.
 * @returns what is wrong, one sentence each; empty for a sound plan
 */
export function validatePlan(plan: Plan): readonly string[] {
  const stages = new Set<string>();
  const services = new Set(plan.services.map(service => service.id));
  const problems: string[] = [];
  for (const stage of plan.stages) {
    if (stages.has(stage.id)) problems.push(`stage ${stage.id} is there twice`);
    for (const input of stageInputs(stage)) {
      if (!stages.has(input)) problems.push(`stage ${stage.id} uses ${input}, which is not an earlier stage`);
    }
    problems.push(...stageProblems(stage));
    stages.add(stage.id);
  }
  if (!stages.has(plan.app.stage)) problems.push(`the app's stage ${plan.app.stage} does not exist`);
  if (new Set(plan.suites.map(suite => suite.id)).size < plan.suites.length) problems.push('a suite is there twice');
  for (const suite of plan.suites) {
    if (!stages.has(suite.stage)) problems.push(`suite ${suite.id} runs in ${suite.stage}, which is no stage`);
    if (suite.args.length === 0) problems.push(`suite ${suite.id} has no command`);
    if (suite.migrate && !plan.app.migrate) problems.push(`suite ${suite.id} migrates, but the app has no migrations`);
    for (const id of suite.services) {
      if (!services.has(id)) problems.push(`suite ${suite.id} needs ${id}, which is no service of the plan`);
    }
  }
  return problems;
}

function stageProblems(stage: Stage): string[] {
  return stage.steps.flatMap(step => {
    const relative = pathsOf(step)
      .filter(path => !path.startsWith('/'))
      .map(path => `stage ${stage.id}: ${path} is not absolute`);
    const words = step.kind === 'script' ? step.lines : step.kind === 'exec' ? step.args : undefined;
    return words?.length === 0
      ? [...relative, `stage ${stage.id}: "${'title' in step ? step.title : ''}" has no command`]
      : relative;
  });
}

function pathsOf(step: Step): readonly string[] {
  if (step.kind === 'copy') return [step.to];
  if (step.kind === 'workdir') return [step.path];
  return step.kind === 'script' || step.kind === 'exec' ? (step.caches ?? []).map(({ path }) => path) : [];
}
