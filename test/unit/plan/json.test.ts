import { expect, test } from 'vitest';
import { planDigest, planJson } from '../../../src/plan/json.js';
import type { Plan } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { flaskStream } from './flask-stream.facts.js';

const plan = makePlan(flaskStream, {});

function edited(edit: (copy: { stages: { steps: Record<string, unknown>[] }[] }) => void): Plan {
  const copy = JSON.parse(planJson(plan));
  edit(copy);
  return copy as Plan;
}

test('a plan is frozen all the way down', () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(plan)).toBe(true);
});

test('its JSON is the same whatever order keys were made in', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, reversed(inner)]),
    );
  };
  expect(planJson(reversed(plan) as Plan)).toBe(planJson(plan));
  expect(JSON.parse(planJson(plan))).toEqual(JSON.parse(JSON.stringify(plan)));
});

test('titles do not count in the digest, and everything else does', () => {
  const titled = edited(copy => {
    for (const step of copy.stages.flatMap(({ steps }) => steps)) if (step.title) step.title = 'other words';
  });
  expect(planDigest(titled)).toBe(planDigest(plan));
  const other = edited(copy => {
    const run = copy.stages.flatMap(({ steps }) => steps).find(step => step.kind === 'exec');
    run!.args = ['true'];
  });
  expect(planDigest(other)).not.toBe(planDigest(plan));
});
