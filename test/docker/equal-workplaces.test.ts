/**
 * What flask-stream is developed, debugged and tested in: `docker build` of the rendered Dockerfile makes of these stages, which are published nowhere, what
 * the plan's graph makes, and they have what people work with. Other examples, and buildah: test/eject.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Plan, Stage } from '../../src/plan/types.js';
import { type EjectedApp, ejectedExample, imagesOf } from '../support/ejected-app.js';
import { byDocker, byGraph, unequal } from '../support/equal-images.js';
import { readImage } from '../support/image-listing.js';
import { useDocker } from '../support/use-docker.js';

const docker = useDocker();
const WORKPLACES = ['frontend-development', 'development', 'development-debug', 'test', 'frontend'];
const archives = new Map<string, string>();
let app: EjectedApp;

beforeAll(async () => {
  app = await ejectedExample('flask-stream');
});
afterAll(() => app.remove());

test('these are all that people work in', async () => {
  expect(app.workplaces.map(({ target }) => target)).toEqual(WORKPLACES);
  await docker().provide(...imagesOf(app.plan).filter(name => /python:|node:/.test(name)));
});

test.each(WORKPLACES)('%s is the same image: paths, modes, owners, contents, settings', async target => {
  const archive = await byDocker(docker())(app, { id: target, target });
  archives.set(target, archive);
  expect(await unequal(archive, await byGraph(app, { id: target, target }))).toEqual([]);
});

describe('of what the plan says', () => {
  test('the tests are in the image of the tests, with the programs of all of its suites', async () => {
    const { files } = await readImage(archives.get('test')!);
    const programs = app.plan.suites.flatMap(({ stage, args }) => (stage === 'test' ? [args[0]!] : []));
    expect([...new Set(programs)].sort()).toEqual(['pytest', 'ruff', 'sh']);
    for (const program of ['pytest', 'ruff']) expect(files.get(`/opt/venv/bin/${program}`)).toMatch(/^file 755 /);
    expect([...files.keys()].filter(path => /^\/app\/tests\/.*test_\w+\.py$/.test(path))).not.toEqual([]);
  });

  test('development begins with the reloader of the plan, and a debugger is in the image for it alone', async () => {
    const [development, debugged] = await Promise.all(
      ['development', 'development-debug'].map(target => readImage(archives.get(target)!)),
    );
    const command = commandOf(app.plan, 'development');
    expect(command.slice(0, 2)).toEqual(['flask', 'run']);
    expect(JSON.parse(development!.settings.get('Cmd')!)).toEqual(command);
    expect(JSON.parse(debugged!.settings.get('Cmd')!)).toEqual(command);
    const debuggers = [development!, debugged!].map(({ files }) =>
      [...files.keys()].filter(path => path.endsWith('/debugpy/__init__.py')),
    );
    expect(debuggers.map(({ length }) => length)).toEqual([0, 1]);
  });

  test('nobody works as root', async () => {
    for (const target of ['development', 'development-debug', 'test'])
      expect((await readImage(archives.get(target)!)).settings.get('User')).toBe('"app"');
  });
});

/** The command that a stage's image starts with. */
function commandOf({ stages }: Plan, id: string): readonly string[] {
  const { steps } = stages.find(stage => stage.id === id) as Stage;
  return steps.flatMap(step => (step.kind === 'entrypoint' ? [step.command] : [])).at(-1)!;
}
