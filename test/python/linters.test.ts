/** That the linters find what is wrong with what is rendered, and nothing where nothing is wrong. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import * as linters from '../support/linters.js';
import { withoutPythonTools } from '../support/python-tools.js';

const missing = await withoutPythonTools();
beforeEach(({ skip }) => skip(missing !== undefined, missing));

const dir = mkdtempSync(join(tmpdir(), 'quayside-e2e-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

type Linter = (files: readonly string[]) => Promise<readonly linters.LintFinding[] | undefined>;

const manifest = (replicas: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web }] }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { ports: [{ port: 80 }] }
`;

const workflow = (step: string): string => `on: push
jobs:
  check:
    runs-on: ubuntu-24.04
    steps:
      - ${step}
`;

test.for<[string, Linter, string, string, string, { at?: string; rule: string }]>([
  [
    'hadolint',
    linters.hadolint,
    'Dockerfile',
    'FROM a:1\nRUN true\n',
    'FROM a:1\nRUN cd /a\n',
    { at: '2', rule: 'DL3003' },
  ],
  [
    'shellcheck',
    linters.shellcheck,
    'x.sh',
    '#!/bin/sh\necho "$1"\n',
    '#!/bin/sh\necho $1\n',
    { at: '2', rule: 'SC2086' },
  ],
  ['yamllint', linters.yamllint, 'a.yaml', 'on: push\n', 'a: 1\na: 2\n', { at: '2', rule: 'key-duplicates' }],
  ['yamllint, no YAML', linters.yamllint, 'a.yaml', 'a: []\n', 'a: [\n', { at: '2', rule: 'syntax' }],
  [
    'Kubernetes',
    linters.kubernetesSchema,
    'k.yaml',
    manifest('3'),
    manifest('three'),
    { at: 'deployment/web', rule: 'schema' },
  ],
  [
    'Kubernetes, unknown property',
    linters.kubernetesSchema,
    'k.yaml',
    manifest('3'),
    manifest('3').replace('image: web', 'image: web, imagePull: Never'),
    { at: 'deployment/web', rule: 'schema' },
  ],
  [
    'Kubernetes, unknown kind',
    linters.kubernetesSchema,
    'k.yaml',
    manifest('3'),
    'apiVersion: v1\nkind: Servise\nmetadata: { name: a }\n',
    { at: '$', rule: 'no schema' },
  ],
  [
    'kubeconform',
    linters.kubeconform,
    'k.yaml',
    manifest('3'),
    manifest('three'),
    { at: 'deployment/web', rule: 'v1.37.0' },
  ],
  [
    'kubeconform, what an old cluster does not know',
    linters.kubeconform,
    'k.yaml',
    manifest('3'),
    manifest('3').replace('image: web', 'image: web, restartPolicy: Always, restartPolicyRules: []'),
    { at: 'deployment/web', rule: 'v1.25.0' },
  ],
  [
    'kubeconform, a key twice',
    linters.kubeconform,
    'k.yaml',
    manifest('3'),
    manifest('3').replace('spec:\n', 'spec:\n  replicas: 2\n'),
    { rule: 'v1.25.0' },
  ],
  [
    'Compose',
    linters.composeSchema,
    'compose.yaml',
    'services: { web: { image: web } }\n',
    'services: { web: { image: 3 } }\n',
    { at: '$.services.web.image', rule: 'compose-spec' },
  ],
  [
    'GitHub',
    linters.githubSchema,
    'w.yaml',
    workflow('run: "true"'),
    workflow('runs: "true"'),
    { at: '$.jobs.check.steps[0]', rule: 'github-workflows' },
  ],
  [
    'GitLab',
    linters.gitlabSchema,
    '.gitlab-ci.yml',
    'a: { script: [!reference [.b, script]] }\n.b: { script: ["true"] }\n',
    'a: { script: ["true"], when: sometimes }\n',
    { at: '$.a.when', rule: 'gitlab-ci' },
  ],
  [
    'actionlint',
    linters.actionlint,
    'w.yaml',
    workflow('run: echo "${{ github.sha }}"'),
    workflow('run: echo "${{ github.sha1 }}"'),
    { at: '6', rule: 'expression' },
  ],
])('%s', async ([, linter, name, right, wrong, found], { skip }) => {
  const file = join(dir, name);
  writeFileSync(file, right);
  const clean = await linter([file]);
  if (clean === undefined) skip('./quayside setup --for-tests compiles it where Go is');
  expect(clean).toEqual([]);
  writeFileSync(file, wrong);
  expect(await linter([file])).toContainEqual(expect.objectContaining({ file, ...found }));
});

test('a rule that is excepted is not asked for', async () => {
  const file = join(dir, 'Dockerfile');
  writeFileSync(file, 'FROM a:1\nRUN cd /a && ls\n');
  expect(await linters.hadolint([file], { DL3003: 'the case itself' })).toEqual([]);
});

test('a linter that cannot read a file fails, and finds not nothing', async () => {
  await expect(linters.shellcheck([join(dir, 'not-there.sh')])).rejects.toThrow('not-there');
});

test('the scripts of the tests themselves', async () => {
  const scripts = readdirSync(join(ROOT, 'test/support/docker')).filter(name => name.endsWith('.sh'));
  expect(await linters.shellcheck(scripts.map(name => join(ROOT, 'test/support/docker', name)))).toEqual([]);
});

test('an overlay of kustomize changes its base, and what comes out is checked like any manifest', async ({ skip }) => {
  const overlay = join(dir, 'overlay');
  mkdirSync(overlay);
  writeFileSync(join(overlay, 'web.yaml'), manifest('3'));
  writeFileSync(join(overlay, 'kustomization.yaml'), 'resources: [web.yaml]\nreplicas: [{ name: web, count: 5 }]\n');
  const made = await linters.kustomize(overlay);
  if (made === undefined) skip('./quayside setup --for-tests compiles it where Go is');
  expect(made).toContain('replicas: 5');
  writeFileSync(join(dir, 'made.yaml'), made!);
  expect(await linters.kubernetesSchema([join(dir, 'made.yaml')])).toEqual([]);
});
