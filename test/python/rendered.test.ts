/** What others say of all that is rendered: for each example, and for apps of the corpus with what no example has. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderApp } from '../../src/render/eject.js';
import * as linters from '../support/linters.js';
import { withoutPythonTools } from '../support/python-tools.js';
import { corpusApp, EXAMPLE_NAMES, exampleApp, writeRendered } from '../support/rendered-apps.js';

const missing = await withoutPythonTools();
beforeEach(({ skip }) => skip(missing !== undefined, missing));

const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
let written: readonly string[] = [];

beforeAll(async () => {
  const examples = EXAMPLE_NAMES.map(name => [name, exampleApp(name)] as const);
  const corpus = await Promise.all(Object.keys(OF_CORPUS).map(async name => [name, await corpusApp(name)] as const));
  written = [...examples, ...corpus].flatMap(([name, { plan, source }]) =>
    writeRendered(renderApp(plan, source), join(dir, name)),
  );
});

/** Rules of hadolint that do not hold here. */
const NOT_MEANT = {
  DL3008: "Debian's mirrors have the newest version of a package alone: a pinned one cannot be had a week later",
  DL3002: 'stages that others take files of are run by nobody',
  DL3015: 'commands of the app are as it has them',
  DL3059: 'a step has a line of its own that says what it is for, and stays as it was when another one changes',
  DL3060: 'commands of the app are as it has them',
  SC2015: 'what stands behind is for both ways',
  DL3064: 'NEXT_PRIVATE_STANDALONE tells Next.js how to build, and is no secret',
  DL3066: 'the stages make the user themselves, and Kubernetes is told its number',
  DL4006: 'what stands before a pipe is what to say of a step that has failed already',
};

/** Apps of the corpus, each with what is rendered for it alone. */
const OF_CORPUS = {
  'django-memcached': 'a service with a long check, and without data',
  'flask-celery-rabbit': 'a queue and its workers',
  'fastapi-websocket': 'no service at all',
  'monorepo-apps': 'a frontend that has a server of its own, beside others',
  'fastapi-pdm-unlocked': 'a lock file that is made',
  'flask-pipenv-unlocked': 'another that is',
  'groups-with-lock': 'groups of dependencies',
  'uv-workspace': 'packages beside the app',
};

type Linter = (files: readonly string[]) => Promise<readonly linters.LintFinding[] | undefined>;
const isScript = (file: string): boolean => /^#!.*\bsh\b/.test(readFileSync(file, 'utf8'));

describe('everything that is rendered', () => {
  test.for<readonly [string, Linter, (file: string) => boolean]>([
    ['hadolint', files => linters.hadolint(files, NOT_MEANT), file => file.endsWith('/Dockerfile')],
    ['shellcheck', linters.shellcheck, isScript],
    ['yamllint', linters.yamllint, file => /\.ya?ml$/.test(file)],
    ['the schema of Compose', linters.composeSchema, file => /\/compose[^/]*\.yaml$/.test(file)],
    [
      'the schema of Kubernetes',
      linters.kubernetesSchema,
      file => file.includes('/deploy/kubernetes/') && /\.yaml$/.test(file) && !file.endsWith('kustomization.yaml'),
    ],
    [
      'kubeconform',
      linters.kubeconform,
      file => file.includes('/deploy/kubernetes/') && /\.yaml$/.test(file) && !file.endsWith('kustomization.yaml'),
    ],
    ['the schema of GitHub', linters.githubSchema, file => file.includes('/.github/workflows/')],
    ['the schema of GitLab', linters.gitlabSchema, file => file.endsWith('/.gitlab-ci.yml')],
    ['actionlint', linters.actionlint, file => file.includes('/.github/workflows/')],
  ])('has nothing that %s finds', async ([, linter, isMeant], { skip }) => {
    const files = written.filter(isMeant);
    expect(files.length).toBeGreaterThan(0);
    const found = await linter(files);
    if (found === undefined) skip('./quayside setup --for-tests compiles it where Go is');
    expect(found).toEqual([]);
  });
});
