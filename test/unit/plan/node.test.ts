/** How the plan installs Node packages and builds a frontend, for each package manager. */
import { describe, expect, test } from 'vitest';
import type { FrontendFacts } from '../../../src/detect/facts.js';
import type { Step } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import type { NodePackageManager } from '../../../src/support/managers/node/index.js';
import { commandOf, commandsOf } from '../support/steps.js';
import { flaskStream } from './flask-stream.facts.js';

const place = { file: 'package.json' };

function stepsOf(change: Partial<FrontendFacts>, config = {}): readonly Step[] {
  const facts = { ...flaskStream, frontend: { ...flaskStream.frontend!, ...change } };
  return makePlan(facts, config).stages.find(({ id }) => id === 'frontend')!.steps;
}

function managed(value: NodePackageManager, version?: string): Partial<FrontendFacts> {
  return { packageManager: { value, place }, ...(version && { packageManagerVersion: { value: version, place } }) };
}

describe('each package manager installs strictly from its lock file', () => {
  test.each<[NodePackageManager, string | undefined, RegExp[]]>([
    ['npm', undefined, [/^npm ci /, /^npm run build$/]],
    [
      'pnpm',
      '10.1.0',
      [/npm install --global .* pnpm@10\.1\.0/, /^pnpm install --frozen-lockfile /, /^pnpm run build$/],
    ],
    ['yarn', undefined, [/^yarn install --frozen-lockfile /, /^yarn run build$/]],
    ['yarn-berry', '4.5.0', [/@yarnpkg\/cli-dist@4\.5\.0/, /^yarn install --immutable$/, /^yarn run build$/]],
    ['bun', '1.2.0', [/ bun@1\.2\.0/, /^bun install --frozen-lockfile$/, /^bun run build$/]],
  ])('%s', (manager, version, expected) => {
    const steps = stepsOf(managed(manager, version));
    expect(commandsOf(steps)).toEqual(expected.map(pattern => expect.stringMatching(pattern)));
    const withCaches = steps.filter(step => 'caches' in step && step.caches !== undefined);
    expect(withCaches).toHaveLength(expected.length);
  });
});

test('a workspace is installed at its root with the manifests of all members, and built in the member', () => {
  const steps = stepsOf({ root: 'apps/web', workspace: '', output: { value: 'apps/web/dist', place } });
  const [manifests, sources] = steps.flatMap(step => (step.kind === 'copy' ? [step] : []));
  expect(manifests).toMatchObject({ to: '/app', from: { include: expect.arrayContaining(['**/package.json']) } });
  expect(sources).toMatchObject({ to: '/app', from: { path: '', exclude: ['apps/web/dist'] } });
  expect(steps.flatMap(step => (step.kind === 'workdir' ? [step.path] : []))).toEqual(['/app', '/app/apps/web']);
});

test('commands are run in its directory with the programs of its packages, and with the whole source around them', () => {
  const place = { file: 'quayside.yaml' };
  const steps = stepsOf({ commands: { value: ['gulp build'], place } });
  const last = steps.at(-1);
  expect(last).toMatchObject({ kind: 'script', title: 'build the frontend' });
  expect(last?.kind === 'script' && last.lines).toEqual([
    'export PATH="/app/frontend/node_modules/.bin:/app/node_modules/.bin:/node_modules/.bin:$PATH"',
    'gulp build',
  ]);
  expect(steps.findLast(step => step.kind === 'workdir')).toMatchObject({ path: '/app/frontend' });
  expect(steps.findLast(step => step.kind === 'copy')).toMatchObject({
    from: { kind: 'source', path: '' },
    to: '/app',
  });
});

test('frontend.env is there while it is built', () => {
  const steps = stepsOf({}, { frontend: { env: { VITE_TITLE: 'Shop' } } });
  const at = steps.findIndex(step => step.kind === 'env' && step.values.VITE_TITLE === 'Shop');
  expect(at).toBeGreaterThan(0);
  expect(at).toBeLessThan(steps.findIndex(step => commandOf(step)?.endsWith(' build')));
});
