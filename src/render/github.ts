/** A workflow of GitHub Actions: pull requests are checked; the main branch and tags are checked and published, by one engine each. */
import type { Plan } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { buildSecrets, secretFlags } from './build-secrets.js';
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
import { remarked, type YamlData, yamlFile } from './yaml-file.js';

/** Actions of others by the commit of a release: a tag can be moved to another one. */
export const ACTIONS = {
  'actions/checkout': { commit: '3d3c42e5aac5ba805825da76410c181273ba90b1', version: 'v7.0.1' },
  'actions/upload-artifact': { commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f', version: 'v7.0.0' },
  'dagger/dagger-for-github': { commit: '27b130bf0f79a7f6fbbbe0fbca6760dc9bb40a77', version: 'v8.4.1' },
  'mikepenz/action-junit-report': { commit: 'd9f48fc87bc235f7e214acf696ca5abc0a986f16', version: 'v6.4.2' },
} as const;

/** Outside of the checkout: what lies in that is part of the app. */
const REPORTS = '$RUNNER_TEMP/reports';
const REPORTS_SEEN = '${{ runner.temp }}/reports';
const PUSHED = "github.event_name == 'push'";

/** Writes the workflow. */
export function githubWorkflow(plan: Plan): readonly Rendered[] {
  const about = `Pull requests are checked; main and tags are published as well.\n${MODULE_WORDS}\nThe variable QUAYSIDE_ADDRESS publishes elsewhere than to this repository's own packages.`;
  const content = {
    name: 'quayside',
    on: { push: { branches: ['main', 'master'], tags: ['*'] }, pull_request: null },
    permissions: { contents: 'read' },
    concurrency: {
      group: 'quayside-${{ github.ref }}',
      'cancel-in-progress': "${{ github.event_name == 'pull_request' }}",
    },
    jobs: {
      check: job(plan, { title: 'checks', condition: "github.event_name == 'pull_request'", further: [] }),
      publish: job(plan, {
        title: 'checks, and images',
        condition: PUSHED,
        permissions: {
          contents: 'read',
          packages: 'write',
          'id-token': remarked('write', 'for registries and signers that trust this workflow in place of a password'),
        },
        further: [publish(plan)],
      }),
    },
  };
  return [yamlFile('.github/workflows/quayside.yml', about, content, ['jobs'])];
}

interface Job {
  readonly title: string;
  readonly condition: string;
  readonly permissions?: YamlData;
  readonly further: readonly YamlData[];
}

/** One job for all of it: what its steps build is there for those that come after. */
function job(plan: Plan, { title, condition, permissions, further }: Job): YamlData {
  const secrets = buildSecrets(plan).map(name => [name, `\${{ secrets.${name} }}`] as const);
  return defined({
    name: title,
    if: condition,
    'runs-on': 'ubuntu-24.04',
    'timeout-minutes': 60,
    permissions,
    env: unlessEmpty(Object.fromEntries(secrets)),
    steps: [
      { uses: pinned('actions/checkout'), with: { 'persist-credentials': false } },
      // Each says what it finds, whatever those before it found.
      ...checksOf(plan).map((call, at) =>
        defined({ ...step(plan, call), if: at === 0 ? undefined : '${{ !cancelled() }}' }),
      ),
      ...shown(plan),
      ...further,
    ],
  });
}

function step(plan: Plan, { title, words }: Call, env: YamlData = {}): YamlData {
  return defined({
    name: title,
    uses: pinned('dagger/dagger-for-github'),
    env: unlessEmpty(env),
    with: {
      version: DAGGER_VERSION,
      module: `\${{ vars.${MODULE_VARIABLE} }}`,
      args: ['--source=.', ...secretFlags(plan), ...words].join(' '),
      'enable-github-summary': true,
    },
  });
}

/** What tests found, as annotations at their lines, in the summary of the run, and as files. */
function shown(plan: Plan): readonly YamlData[] {
  const reports = reportsOf(plan, REPORTS);
  if (!reports) return [];
  const always = '${{ !cancelled() }}';
  return [
    { ...step(plan, reports), if: always },
    {
      name: 'annotations and summary',
      if: always,
      uses: pinned('mikepenz/action-junit-report'),
      with: { report_paths: `${REPORTS_SEEN}/**/junit.xml`, annotate_only: true, detailed_summary: true },
    },
    {
      if: always,
      uses: pinned('actions/upload-artifact'),
      with: { name: 'reports', path: REPORTS_SEEN, 'if-no-files-found': 'ignore' },
    },
  ];
}

/**
 * Values that others choose, such as the name of a tag, come by variables: what stands in the arguments becomes part of a script. Registries
 * take small letters only.
 */
function publish(plan: Plan): YamlData {
  const words = [
    'publish',
    '--address=${ADDRESS,,}',
    `--platforms=${PLATFORMS}`,
    '--username=$GITHUB_ACTOR',
    '--password=env:TOKEN',
    '--revision=$GITHUB_SHA',
    '--ref=$GITHUB_REF',
    '--url=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY',
  ];
  return step(
    plan,
    { title: 'publish', words },
    {
      ADDRESS: "${{ vars.QUAYSIDE_ADDRESS || format('ghcr.io/{0}', github.repository) }}",
      TOKEN: '${{ github.token }}',
    },
  );
}

function pinned(action: keyof typeof ACTIONS): unknown {
  const { commit, version } = ACTIONS[action];
  return remarked(`${action}@${commit}`, version);
}
