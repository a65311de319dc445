import { expect, test } from 'vitest';
import type { Plan } from '../../../src/plan/types.js';
import { validatePlan } from '../../../src/plan/validate.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { flaskStream } from './flask-stream.facts.js';

const plan = makePlan(flaskStream, {});
const { migrate: _, ...unmigrated } = plan.app;
const [first, ...rest] = plan.stages;

test('a made plan is sound', () => {
  expect(validatePlan(plan)).toEqual([]);
});

test.each<[string, Plan, string]>([
  ['an unknown stage', { ...plan, stages: rest }, 'stage production uses frontend, which is not an earlier stage'],
  ['a stage used before it is made', { ...plan, stages: [...rest, first!] }, 'stage production uses frontend'],
  ['two stages of one id', { ...plan, stages: [first!, ...plan.stages] }, 'stage frontend is there twice'],
  ['no production stage', { ...plan, app: { ...plan.app, stage: 'gone' } }, "the app's stage gone does not exist"],
  ['a suite without its services', { ...plan, services: [] }, 'suite unit needs mariadb, which is no service'],
  ['a suite without migrations', { ...plan, app: unmigrated }, 'suite unit migrates, but the app has no migrations'],
  ['a suite twice', { ...plan, suites: [...plan.suites, plan.suites[0]!] }, 'a suite is there twice'],
  [
    'a suite without a command',
    { ...plan, suites: plan.suites.map(suite => ({ ...suite, args: [] })) },
    'suite unit has no command',
  ],
  [
    'a relative path',
    { ...plan, stages: [{ ...first!, steps: [{ kind: 'workdir', path: 'app' }] }, ...rest] },
    'stage frontend: app is not absolute',
  ],
])('%s', (_name, broken, problem) => {
  expect(validatePlan(broken).join('\n')).toContain(problem);
});
