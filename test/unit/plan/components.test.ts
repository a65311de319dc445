/** The processes beside the web server in the plan, and the frontend's own server. */
import { describe, expect, test } from 'vitest';
import type { Facts } from '../../../src/detect/facts.js';
import type { Step } from '../../../src/plan/types.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { flaskStream } from './flask-stream.facts.js';

const place = { file: 'shop/tasks.py', line: 3 };
const celery = ['celery', '--app', 'shop.tasks:celery', 'worker'];

const facts: Facts = {
  ...flaskStream,
  components: [
    { name: 'worker', command: { value: celery, place } },
    { name: 'feed', command: { value: ['python', 'feed.py'], place } },
  ],
  frontend: {
    ...flaskStream.frontend!,
    root: 'web',
    output: { value: 'web/.next', place },
    server: { value: 'next', place },
    publicFiles: true,
    apiVariable: { value: 'API_URL', place },
  },
};
const plan = makePlan(facts, {});
const stage = (id: string) => plan.stages.find(candidate => candidate.id === id)!;
const copies = (id: string) =>
  stage(id).steps.flatMap(step =>
    step.kind === 'copy' ? [`${step.from.kind === 'stage' ? step.from.path : step.from.kind} -> ${step.to}`] : [],
  );
const envOf = (steps: readonly Step[]): Record<string, string> =>
  Object.assign({}, ...steps.map(step => (step.kind === 'env' ? step.values : {})));

test('workers run the app’s image with another command, before what stands in front of the app', () => {
  expect(plan.components.map(({ id, role, stage: of }) => `${id} ${role} ${of}`)).toEqual([
    'worker worker production',
    'feed worker production',
    'frontend frontend frontend-server',
  ]);
  expect(plan.components[0]!.args).toEqual(celery);
});

test('a worker of Celery is asked whether it is ready, another one only has to be started', () => {
  const [worker, feed] = plan.components;
  expect(worker!.health!.args.at(-1)).toContain('celery --app shop.tasks:celery inspect ping');
  expect(feed!.health!.args).toEqual(['test', '-e', '/tmp/quayside-started']);
});

describe('a frontend with a server', () => {
  test('is an image of its own, made of the standalone build', () => {
    expect(copies('frontend-server')).toEqual([
      '/app/web/.next/standalone -> /app',
      '/app/web/.next/static -> /app/.next/static',
      '/app/web/public -> /app/public',
    ]);
    expect(stage('frontend-server').steps.at(-1)).toEqual({ kind: 'user', user: '1000' });
    expect(copies('production').join()).not.toContain('.next');
  });

  test('lies in its workspace as the build puts it there', () => {
    const frontend = {
      ...facts.frontend!,
      root: 'apps/web',
      workspace: '',
      output: { value: 'apps/web/.next', place },
    };
    const { steps } = makePlan({ ...facts, frontend }, {}).stages.find(({ id }) => id === 'frontend-server')!;
    expect(steps).toContainEqual({ kind: 'workdir', path: '/app/apps/web' });
  });

  test('is told where the app is, when it is built and when it runs', () => {
    for (const id of ['frontend', 'frontend-server'])
      expect(envOf(stage(id).steps)).toMatchObject({ API_URL: 'http://web:8000' });
  });

  test('is what browsers open', () => {
    const e2e = plan.suites.find(({ id }) => id === 'e2e')!;
    expect(e2e.app).toMatchObject({ url: 'http://frontend:3000' });
    expect(e2e.args).toContain('--base-url=http://frontend:3000');
  });
});
