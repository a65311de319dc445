/** The plan is the whole truth: whoever has its text, and the source, builds and tests the app without anything else of Quayside. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePlan, planDigest, planJson } from '../../src/plan/json.js';
import { ROOT } from '../engine/cli/quayside-process.js';
import { bundleRunner } from './support/bundled-runner.js';
import { EXAMPLE, makeScratch } from './support/example.js';
import { type Outcome, quayside, ran } from './support/quayside.js';

const EXAMPLES = join(ROOT, 'examples');
const apps = readdirSync(EXAMPLES, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []));

const scratch = makeScratch();
const runner = join(scratch.dir, 'run-plan.mjs');
beforeAll(() => bundleRunner('plan-runner', runner));
afterAll(() => scratch.remove());

/** Writes down the plan of an app as `quayside plan` prints it. */
async function planOf(name: string): Promise<string> {
  const { code, stdout, stderr } = await quayside(['plan', `--source=${join(EXAMPLES, name)}`]);
  expect(code, stderr).toBe(0);
  const file = join(scratch.dir, `${name}.json`);
  writeFileSync(file, stdout);
  return file;
}

/** Runs the suites of a plan in a process that may read nothing but what it is given. */
function runPlan(file: string, source: string): Promise<Outcome> {
  const allowed = [`--allow-fs-read=${scratch.dir}`];
  return quayside(['run', '--', 'node', '--experimental-permission', ...allowed, runner, file, source, ROOT]);
}

test.each(apps)('the text of the plan of %s is read back as the plan it was', async name => {
  const { stdout } = await quayside(['plan', `--source=${join(EXAMPLES, name)}`]);
  const plan = parsePlan(stdout);
  expect(planJson(plan)).toBe(stdout);
  expect(planDigest(plan)).toMatch(/^[0-9a-f]{64}$/);
});

describe('of its plan and its source alone, flask-stream', () => {
  let whole: Outcome;
  let alone: Outcome;
  beforeAll(async () => {
    whole = await quayside(['test', `--source=${EXAMPLE}`]);
    alone = await runPlan(await planOf('flask-stream'), EXAMPLE);
  });

  test('is tested with the same results', () => {
    expect(whole.code, whole.stderr).toBe(0);
    expect(alone).toMatchObject({ code: 0, stdout: whole.stdout });
  });

  test('is not built or tested again', () => {
    expect(ran(alone)).toEqual([]);
    expect(alone.steps.length).toBe(whole.steps.length);
  });
});
