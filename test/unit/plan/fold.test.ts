import { expect, expectTypeOf, test } from 'vitest';
import { foldSteps, type StepHandlers, stageInputs } from '../../../src/plan/fold.js';
import type { Step, StepKind } from '../../../src/plan/types.js';

const names: StepHandlers<string[]> = {
  copy: (seen, step) => [...seen, `copy ${step.to}`],
  file: (seen, step) => [...seen, `file ${step.file}`],
  script: (seen, step) => [...seen, `script ${step.lines.join('; ')}`],
  exec: (seen, step) => [...seen, `exec ${step.args.join(' ')}`],
  env: seen => [...seen, 'env'],
  user: (seen, step) => [...seen, `user ${step.user}`],
  workdir: (seen, step) => [...seen, `workdir ${step.path}`],
  expose: (seen, step) => [...seen, `expose ${step.port}`],
  healthcheck: seen => [...seen, 'healthcheck'],
  entrypoint: seen => [...seen, 'entrypoint'],
  labels: seen => [...seen, 'labels'],
};

test('steps go through their own handlers in order', () => {
  const steps: Step[] = [
    { kind: 'workdir', path: '/app' },
    { kind: 'copy', from: { kind: 'stage', stage: 'a', path: '/x' }, to: '/y' },
    { kind: 'exec', title: 'say', args: ['echo', 'hi'] },
    { kind: 'user', user: 'app' },
  ];
  expect(foldSteps(steps, names, [])).toEqual(['workdir /app', 'copy /y', 'exec echo hi', 'user app']);
});

test('a missing kind does not compile', () => {
  expectTypeOf<keyof StepHandlers<unknown>>().toEqualTypeOf<StepKind>();
  const { labels: _, ...incomplete } = names;
  // @ts-expect-error labels has no handler
  const handlers: StepHandlers<string[]> = incomplete;
  expect(() => foldSteps([{ kind: 'labels', values: {} }], handlers, [])).toThrow();
});

test('the inputs of a stage are its base and the stages it copies from, each once', () => {
  const copy = (stage: string): Step => ({ kind: 'copy', from: { kind: 'stage', stage, path: '/' }, to: '/' });
  const base = { kind: 'stage', stage: 'base' } as const;
  expect(stageInputs({ id: 'x', base, platform: 'target', steps: [copy('a'), copy('base'), copy('a')] })).toEqual([
    'base',
    'a',
  ]);
});
