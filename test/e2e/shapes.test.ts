/** Package managers of both languages, two at a time: what they lock is what is installed, tested and shipped. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { type Deployment, deploy, undeploy } from './support/deployment.js';
import { usePodman } from './support/podman.js';
import { quayside } from './support/quayside.js';

const SHAPES = join(ROOT, 'test/e2e/shapes');

/** Each is the same app with the files of its package managers laid over it. */
const APPS = [
  { name: 'pdm-pnpm', packages: ['flask', 'gunicorn'] },
  { name: 'pipenv-yarn', packages: ['flask', 'gunicorn'] },
  // As poetry 1 wrote it; Yarn 4 that links into node_modules.
  { name: 'poetry1-yarn4', packages: ['flask', 'gunicorn'] },
  // A constraint, an extra, and the app itself by its setup.py.
  { name: 'pip-bun', packages: ['flask==3.1.2', 'gunicorn', 'setproctitle'] },
  // A member that is the app and one that it imports; Yarn 4 that links nothing.
  { name: 'uv-workspace-yarn-pnp', directory: 'apps/harbour', packages: ['flask', 'gunicorn', 'markupsafe'] },
];

/** Prints what is installed. */
const INSTALLED =
  'from importlib.metadata import distributions as d; print(*(f"{x.name}=={x.version}".lower() for x in d()))';

const { scratch, tools } = usePodman();

describe.each(APPS)('$name', ({ name, directory = '', packages }) => {
  const source = join(scratch.dir, name);
  let app: Deployment;
  beforeAll(() => {
    cpSync(join(SHAPES, 'harbour'), join(source, directory), { recursive: true });
    cpSync(join(SHAPES, name), source, { recursive: true });
  });
  afterAll(() => undeploy(tools()));

  test('is tested with what the development dependencies bring', async () => {
    const { code, stdout } = await quayside(['test', `--source=${source}`]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^unit: 1 passed/) });
  });

  test('is shipped with the others only, and serves what its frontend was built to', async () => {
    app = await deploy(tools(), source, join(scratch.dir, `${name}-images`), false);
    await app.start(app.processes);
    expect((await (await app.visitor()).get('/dist/main.js')).text).toContain('ahoy');
    const installed = await app.exec('web', 'python', '-c', INSTALLED);
    for (const wanted of packages)
      expect(`${installed} `).toContain(wanted.includes('=') ? `${wanted} ` : `${wanted}==`);
    expect(installed).not.toContain('pytest');
  });
});
