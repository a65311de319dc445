/**
 * All images of all examples: BuildKit and buildah make of the rendered Dockerfile what `./quayside build` makes, and of the stages that people develop,
 * debug and test in what the plan's graph makes. What may differ: equal-images.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Buildah, startBuildah } from '../support/buildah.js';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { byDocker, byGraph, byQuayside, unequal } from '../support/equal-images.js';
import { useDocker } from '../support/use-docker.js';

const EXAMPLES = ['django-board', 'fastapi-digest', 'fastapi-media', 'flask-gallery', 'flask-shop', 'flask-stream'];

const docker = useDocker();
const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
let buildah: Buildah;

beforeAll(async () => {
  buildah = await startBuildah(dir, docker());
});
afterAll(async () => {
  await buildah.end();
  rmSync(dir, { recursive: true, force: true });
});

describe.each(EXAMPLES)('%s', name => {
  let app: EjectedApp;
  /** By target: a stage may be called as a component is. */
  const expected = new Map<string, string>();

  beforeAll(async () => {
    app = await ejectedExample(name);
    await docker().provide(...bases(app));
    for (const component of app.components) expected.set(component.target, await byQuayside(app, component));
    for (const workplace of app.workplaces) expected.set(workplace.target, await byGraph(app, workplace));
  });
  afterAll(() => app.remove());

  test.each(['BuildKit', 'buildah'])('%s', async builder => {
    const build = builder === 'buildah' ? buildah.builds(bases(app)) : byDocker(docker());
    for (const component of [...app.components, ...app.workplaces]) {
      const archive = await build(app, component);
      expect({ component, differences: await unequal(archive, expected.get(component.target)!) }).toEqual({
        component,
        differences: [],
      });
      rmSync(archive);
    }
  });
});

/** The images that stages begin with. */
function bases({ plan }: EjectedApp): readonly string[] {
  const begun = new Set(plan.stages.flatMap(({ base }) => (base.kind === 'image' ? [base.reference] : [])));
  return imagesOf(plan).filter(name => begun.has(name));
}
