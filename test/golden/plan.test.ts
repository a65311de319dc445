import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Facts } from '../../src/detect/facts.js';
import { planJson } from '../../src/plan/json.js';
import { makePlan } from '../../src/plan/make-plan.js';

test('the plan of flask-stream, of the facts that detection finds', async () => {
  const facts = readFileSync(new URL('detect/flask-stream.facts.json', import.meta.url), 'utf8');
  await expect(planJson(makePlan(JSON.parse(facts) as Facts, {}))).toMatchFileSnapshot('plan/flask-stream.golden.json');
});
