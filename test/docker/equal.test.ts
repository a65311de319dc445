/** The rendered Dockerfile makes the image that `./quayside build` makes, and another one where the plan is another. All examples, and buildah: test/eject. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/types.js';
import { renderApp } from '../../src/render/eject.js';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { byDocker, byQuayside, unequal } from '../support/equal-images.js';
import { exampleApp } from '../support/rendered-apps.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const web = { id: 'web', target: 'production' };
let app: EjectedApp;
let expected: string;

beforeAll(async () => {
  app = await ejectedExample('django-board');
  expected = await byQuayside(app, web);
});
afterAll(() => app.remove());

test('docker build and ./quayside build make the same image: paths, modes, owners, contents, settings', async () => {
  await docker().provide(...imagesOf(app.plan).filter(name => !name.includes('postgres')));
  expect(await unequal(await byDocker(docker())(app, web), expected)).toEqual([]);
});

test('another line in a step of the plan makes another image', async () => {
  const plan = changed(app.plan, '--invalidation-mode unchecked-hash /app', '--invalidation-mode checked-hash /app');
  const file = renderApp(plan, exampleApp('django-board').source).find(({ path }) => path === 'Dockerfile')!;
  writeFileSync(join(app.path, 'Dockerfile'), file.text);
  const found = await unequal(await byDocker(docker())(app, web), expected);
  expect(found.filter(line => /^\/app\/board\/__pycache__\/views\.[^.]+\.pyc: file /.test(line))).toHaveLength(1);
  expect(found.filter(line => !line.startsWith('/app/'))).toEqual([]);
});

/** The plan with another text in the steps of production that have this one. */
function changed(plan: Plan, text: string, by: string): Plan {
  const stages = plan.stages.map(stage => ({
    ...stage,
    steps: stage.steps.map(step =>
      step.kind === 'script' && stage.id === web.target
        ? { ...step, lines: step.lines.map(line => line.replace(text, by)) }
        : step,
    ),
  }));
  expect(stages).not.toEqual(plan.stages);
  return { ...plan, stages };
}
