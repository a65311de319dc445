/** A pipeline of GitLab CI: merge requests are checked; the default branch and tags are checked and published, by one engine each. */
import type { Plan } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { secretFlags } from './build-secrets.js';
import type { Rendered } from './rendered.js';
import {
  type Call,
  checksOf,
  DAGGER_VERSION,
  MODULE_VARIABLE,
  MODULE_WORDS,
  PLATFORMS,
  reportsOf,
} from './workflows.js';
import { type YamlData, yamlFile } from './yaml-file.js';

const REQUESTED = '$CI_PIPELINE_SOURCE == "merge_request_event"';
const ON_DEFAULT_BRANCH = '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH';
const ON_TAG = '$CI_COMMIT_TAG';
const REPORTS = 'reports';

/** Writes the pipeline. */
export function gitlabPipeline(plan: Plan): readonly Rendered[] {
  const checks = checksOf(plan).map(call => line(plan, call));
  const content = {
    workflow: { rules: [{ if: REQUESTED }, { if: ON_DEFAULT_BRANCH }, { if: ON_TAG }] },
    '.dagger': dagger(plan),
    checks: { extends: '.dagger', rules: [{ if: REQUESTED }], interruptible: true, script: checks },
    publish: {
      extends: '.dagger',
      rules: [
        { if: ON_TAG, variables: { REF: 'refs/tags/$CI_COMMIT_TAG' } },
        { if: ON_DEFAULT_BRANCH, variables: { REF: 'refs/heads/$CI_COMMIT_BRANCH' } },
      ],
      resource_group: 'publish',
      script: [...checks, line(plan, PUBLISH)],
    },
  };
  const about = `Merge requests are checked; the default branch and tags are published as well.\n${MODULE_WORDS}\nIt needs a runner that lets services be privileged, as those of gitlab.com do.`;
  return [yamlFile('.gitlab-ci.yml', about, content, Object.keys(content))];
}

const PUBLISH: Call = {
  title: 'publish',
  words: [
    'publish',
    '--address="$CI_REGISTRY_IMAGE"',
    `--platforms=${PLATFORMS}`,
    '--username="$CI_REGISTRY_USER"',
    '--password=env:CI_REGISTRY_PASSWORD',
    '--revision="$CI_COMMIT_SHA"',
    '--ref="$REF"',
    '--url="$CI_PROJECT_URL"',
  ],
};

/** An engine in the job's own Docker, which all its calls share. */
function dagger(plan: Plan): YamlData {
  const reports = reportsOf(plan, REPORTS);
  return defined({
    image: 'docker:28-cli',
    services: ['docker:28-dind'],
    variables: {
      DOCKER_HOST: 'tcp://docker:2376',
      DOCKER_TLS_VERIFY: '1',
      DOCKER_TLS_CERTDIR: '/certs',
      DOCKER_CERT_PATH: '/certs/client',
    },
    timeout: '1 hour',
    before_script: [
      'apk add --no-cache curl',
      `curl -fsSL https://dl.dagger.io/dagger/install.sh | DAGGER_VERSION=${DAGGER_VERSION} BIN_DIR=/usr/local/bin sh`,
    ],
    // After all that reads the source: reports are no part of it.
    after_script: reports && [line(plan, reports)],
    artifacts: reports && {
      when: 'always',
      paths: [`${REPORTS}/`],
      reports: { junit: `${REPORTS}/**/junit.xml` },
    },
  });
}

function line(plan: Plan, { words }: Call): string {
  return ['dagger', 'call', '-m', `"$${MODULE_VARIABLE}"`, '--source=.', ...secretFlags(plan), ...words].join(' ');
}
