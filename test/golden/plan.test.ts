import { expect, test } from 'vitest';
import { planJson } from '../../src/plan/json.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { flaskStream } from '../unit/plan/flask-stream.facts.js';

test('the plan of flask-stream', async () => {
  await expect(planJson(makePlan(flaskStream, {}))).toMatchFileSnapshot('plan/flask-stream.golden.json');
});
