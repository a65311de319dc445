/** What is known of a source where it is built. */
import { expect, test } from 'vitest';
import { builderOfCi, sourceArguments } from '../../../cli/source-state.js';

const github = {
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_WORKFLOW_REF: 'acme/shop/.github/workflows/publish.yml@refs/tags/v1',
  GITHUB_SHA: 'abc',
};
const gitlab = {
  CI_SERVER_URL: 'https://gitlab.com',
  CI_PROJECT_PATH: 'acme/shop',
  CI_RUNNER_ID: '12',
  CI_COMMIT_SHA: 'abc',
};

test.each<readonly [string, NodeJS.ProcessEnv, string | undefined]>([
  ['a workflow of GitHub', github, 'https://github.com/acme/shop/.github/workflows/publish.yml@refs/tags/v1'],
  ['a runner of GitLab', gitlab, 'https://gitlab.com/acme/shop/-/runners/12'],
  ['a workflow that has another commit', { ...github, GITHUB_SHA: 'def' }, undefined],
  ['a runner that has another commit', { ...gitlab, CI_COMMIT_SHA: 'def' }, undefined],
  ["somebody's own machine", {}, undefined],
])('who builds: %s', (_, env, builder) => {
  expect(builderOfCi(env, 'abc')).toBe(builder);
});

test.each<readonly [string, NodeJS.ProcessEnv, string | undefined]>([
  ['by SOURCE_DATE_EPOCH, also outside of a repository', { SOURCE_DATE_EPOCH: '1700000000' }, '2023-11-14T22:13:20Z'],
  ['not by what is no number of seconds', { SOURCE_DATE_EPOCH: 'yesterday' }, undefined],
  ['not at all', {}, undefined],
])('the time of the source is known %s', (_, env, created) => {
  expect(sourceArguments('/', env).created).toBe(created);
});
