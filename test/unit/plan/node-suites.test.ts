/** Suites that run in Node: their stages, commands and reports. */
import { expect, test } from 'vitest';
import type { Facts, NodeProject, NodeSuiteFacts } from '../../../src/detect/facts.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { flaskStream } from './flask-stream.facts.js';

const place = { file: 'e2e/package.json' };
const { buildScript: _, output: __, ...web } = flaskStream.frontend!;
const e2e: NodeProject = { ...web, root: 'e2e', lockfile: { value: 'e2e/package-lock.json', place } };
const browser: NodeSuiteFacts = {
  name: 'e2e',
  project: e2e,
  program: ['playwright', 'test'],
  place,
  browser: { value: '1.58.0', place },
  addressVariable: { value: 'APP_URL', place },
};
const planOf = (nodeSuites: readonly NodeSuiteFacts[], change: Partial<Facts> = {}) =>
  makePlan({ ...flaskStream, ...change, nodeSuites }, {});

test('browser tests run in the image of their locked version, installed from their own lock file', () => {
  const plan = planOf([browser], { suites: [] });
  const stage = plan.stages.find(({ id }) => id === 'e2e-node')!;
  expect(stage.base).toEqual({ kind: 'image', reference: 'mcr.microsoft.com/playwright:v1.58.0-noble' });
  expect(stage.steps).toContainEqual(
    expect.objectContaining({ kind: 'exec', args: expect.arrayContaining(['npm', 'ci']) }),
  );
  const [suite] = plan.suites;
  expect(suite).toMatchObject({
    id: 'e2e',
    stage: 'e2e-node',
    workdir: '/app/e2e',
    tool: 'playwright',
    opens: { processes: ['web'], variable: 'APP_URL', url: 'http://web:8000' },
    reports: { directory: '/reports', files: { junit: 'junit.xml' } },
    env: { PLAYWRIGHT_JUNIT_OUTPUT_FILE: '/reports/junit.xml' },
  });
  expect(suite!.args.join(' ')).toMatch(/^npx --no-install playwright test --reporter=line,junit /);
});

test('they have a name of their own beside browser tests in Python', () => {
  const ids = planOf([browser]).suites.flatMap(({ id, kind }) => (kind === 'e2e' ? [id] : []));
  expect(ids).toEqual(['e2e', 'e2e-node']);
});

test('tools of the frontend run where it was built, without services', () => {
  const lint: NodeSuiteFacts = { name: 'lint', project: web, program: ['eslint', '.'], place };
  expect(planOf([lint]).suites.find(({ id }) => id === 'lint-node')).toMatchObject({
    stage: 'frontend',
    workdir: '/app/frontend',
    needs: [],
    secrets: [],
    args: ['npx', '--no-install', 'eslint', '.'],
  });
});

test('formatted files come back under the paths they have in the source', () => {
  const format: NodeSuiteFacts = { name: 'format', project: web, program: ['prettier', '--write', '.'], place };
  const suite = planOf([format]).suites.find(({ kind }) => kind === 'format')!;
  expect(suite).toMatchObject({ user: 'root', changes: '/changed' });
  const script = suite.args.join(' ');
  expect(script).toContain('npx --no-install prettier --write .');
  expect(script).toContain('/changed/frontend');
  // The frontend is built where its tools run, and what it was built to is not for the source.
  expect(script).toContain('-path ./dist');
});
