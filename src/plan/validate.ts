/** Checks that the parts of a plan fit together. A finding is a bug in the planner, or in who wrote the plan; never a user's mistake. */

import { shapeProblems } from './shape.js';
import type { Plan } from './types.js';
import { fileProblems, twice, variableProblems } from './validate-parts.js';
import { processProblems } from './validate-processes.js';
import { serviceProblems } from './validate-services.js';
import { stageProblems } from './validate-stages.js';
import { benchProblems, suiteProblems } from './validate-suites.js';

/**
 * Checks a plan: its shape; that ids are unique and, of what is reached by name, host names; that every reference leads
 * somewhere and nothing is brought that nothing uses; that no two things answer on one port; that nothing waits for itself;
 * that no step is where it has no effect.
 * @returns everything that is wrong, one sentence each; empty for a sound plan
 */
export function validatePlan(plan: Plan): readonly string[] {
  const misshapen = shapeProblems(plan);
  if (misshapen.length > 0) return misshapen;
  const hosts = [...plan.services, ...plan.processes].map(({ id }) => id);
  return [
    ...(plan.name === '' ? ['the plan has no name'] : []),
    ...fileProblems(plan),
    ...stageProblems(plan),
    ...twice(hosts).map(id => `two services or processes are called ${id}`),
    ...hosts.filter(id => !isHostName(id)).map(id => `${id} is no host name`),
    ...serviceProblems(plan),
    ...processProblems(plan),
    ...suiteProblems(plan),
    ...benchProblems(plan, plan.shell, 'the shell'),
    ...variableProblems(plan),
    ...lockProblems(plan),
  ];
}

function lockProblems({ lock, stages }: Plan): readonly string[] {
  return lock === undefined || stages.some(({ id }) => id === lock.stage)
    ? []
    : [`the lock file comes from ${lock.stage}, which is no stage`];
}

/** A label of a domain name, as RFC 1123 has it. */
function isHostName(id: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(id);
}
