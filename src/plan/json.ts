/** The plan as text: a stable JSON form, and a digest of what it builds. */
import { createHash } from 'node:crypto';
import type { Plan, Step } from './types.js';
import { validatePlan } from './validate.js';

/** Formats the plan as JSON. Keys are sorted, arrays keep their order, so equal plans give equal text. */
export function planJson(plan: Plan): string {
  return `${JSON.stringify(sorted(plan), null, 2)}\n`;
}

/**
 * Reads a plan that `planJson` wrote.
 * @returns the plan, frozen all the way down; throws an error that names every problem when the text is none, or one of
 * another version, or one whose parts do not fit together
 */
export function parsePlan(text: string): Plan {
  let plan: unknown;
  try {
    plan = JSON.parse(text);
  } catch (error) {
    throw new Error(`the plan is not JSON: ${(error as Error).message}`);
  }
  const problems = validatePlan(plan as Plan);
  if (problems.length > 0) throw new Error(`the plan does not hold together: ${problems.join('; ')}`);
  return canonicalPlan(plan as Plan);
}

/** SHA-256 of what the plan does, as hex. Words for people, what failures mean, and where variables are read do not count. */
export function planDigest(plan: Plan): string {
  const { openIndexes: _, ...effective } = plan;
  const effect = {
    ...effective,
    stages: plan.stages.map(stage => ({ ...stage, steps: stage.steps.map(untitled) })),
    suites: plan.suites.map(({ title: _, ...suite }) => suite),
    variables: plan.variables.map(({ read: _, ...variable }) => variable),
  };
  return createHash('sha256')
    .update(JSON.stringify(sorted(effect)))
    .digest('hex');
}

function untitled(step: Step): object {
  if (step.kind !== 'script' && step.kind !== 'exec') return step;
  const { title: _, fails: __, ...effect } = step;
  return effect;
}

/**
 * The plan in the one form that all who work with it see: keys sorted, as in its text, since the order of variables is part of
 * an image; and frozen all the way down.
 */
export function canonicalPlan(plan: Plan): Plan {
  return deepFreeze(sorted(plan) as Plan);
}

/** Freezes plain data all the way down and returns it. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}
