/** The image that is published. */
import type { Config } from '../../config/schema.js';
import type { Facts } from '../../detect/facts.js';
import type { Stage, Step } from '../../plan/types.js';
import { quoteWords } from '../../source/quote-words.js';
import { lockingManagers } from '../../support/python-managers.js';
import { copyFrontend } from '../frontend.js';
import { startPeriod } from '../migration.js';
import { installPackagesOfApp } from '../own-packages.js';
import { CHECK_PACKAGES, ENTRYPOINT, HEALTHCHECK, LIBRARIES_LIST, USER, VENV_DIR } from '../paths.js';
import { pythonImage } from '../python.js';
import { broughtPackages, serverCommand } from '../server.js';
import { shell } from '../shell.js';
import { peoplesValues } from '../variables.js';
import { copySource, type SourceFacts } from './source.js';

/** What the app does not read when it runs. */
const NOT_AT_RUN = [
  '.github',
  '.vscode',
  '.idea',
  '.dockerignore',
  '.gitignore',
  'Dockerfile*',
  'quayside.yaml',
  // An app may read its own pyproject.toml, which is for more than packages.
  ...lockingManagers().flatMap(({ manifest, lock }) =>
    manifest === 'pyproject.toml' ? [lock.path] : [manifest, lock.path],
  ),
];

/** What of an app says what its image holds and starts. */
type ProductionFacts = SourceFacts &
  Pick<
    Facts,
    | 'packages'
    | 'name'
    | 'workers'
    | 'server'
    | 'brought'
    | 'entry'
    | 'started'
    | 'dockerignore'
    | 'migrate'
    | 'environment'
  >;

/** What is done with the source in the image. */
export interface ShippedSource {
  /** What stays out of it, beside what never belongs into one. */
  readonly without: readonly string[];
  /** What is done once it is there. */
  readonly prepare: readonly Step[];
}

/** The image that is published: the runtime, the virtual environment, the built frontend and, last, the source. */
export function productionStage(facts: ProductionFacts, config: Config, port: number, source: ShippedSource): Stage {
  const forPeople = peoplesValues(facts);
  return {
    id: 'production',
    base: { kind: 'stage', stage: 'runtime' },
    platform: 'target',
    steps: [
      { kind: 'copy', from: { kind: 'stage', stage: 'python-builder', path: VENV_DIR }, to: VENV_DIR },
      checkPackages(facts, config),
      ...installPackagesOfApp(facts),
      ...copyFrontend(facts.frontend, 'before source'),
      ...(Object.keys(forPeople).length > 0 ? [{ kind: 'env', values: forPeople } as const] : []),
      ...imageSettings(facts, port),
      ...copySource(facts, [...NOT_AT_RUN, ...source.without], { ignored: facts.dockerignore?.value }),
      ...copyFrontend(facts.frontend, 'behind source'),
      ...source.prepare,
      { kind: 'user', user: USER.name },
    ],
  };
}

/** The step that ends the build when a package lacks a library, or cannot be imported, in the image that will run it. */
function checkPackages(facts: ProductionFacts, { native }: Config): Step {
  const { python, workers } = facts;
  const own = python.dependencies.filter(({ group }) => group === 'main').map(({ name }) => name);
  const declared = [...own, ...broughtPackages(facts)];
  const skipped = (native?.unchecked ?? []).flatMap(name => ['--skip', name]);
  const modules = ownModules(facts).flatMap(name => ['--own', name]);
  const imported = python.imports ? ['--imports', python.imports.join(',')] : [];
  const worker = workers?.workerClass ? ['--worker', workers.workerClass.value] : [];
  const check = shell('check the Python packages', [
    'export HOME=/tmp/check',
    'mkdir $HOME',
    quoteWords([
      'python',
      CHECK_PACKAGES,
      '--libraries',
      LIBRARIES_LIST,
      ...skipped,
      ...modules,
      ...imported,
      ...worker,
      ...[...new Set(declared)].sort(),
    ]),
    'rm -rf $HOME',
  ]);
  return { ...check, fails: { kind: 'packages' } };
}

/** What plugins of the app import, and packages that read its settings when they are imported: it is not there yet. */
function ownModules({ packages = [], entry }: ProductionFacts): readonly string[] {
  const settings = entry?.value.settings?.value.split('.')[0];
  return [...packages.map(({ name }) => name.replace(/[-.]/g, '_')), ...(settings === undefined ? [] : [settings])];
}

/** How the container of a web server says that it is healthy. */
export function serverHealth({ migrate }: Pick<Facts, 'migrate'>): Step {
  const check = {
    args: ['python', HEALTHCHECK],
    interval: '10s',
    timeout: '5s',
    startPeriod: startPeriod(migrate !== undefined),
    startInterval: '500ms',
    retries: 3,
  };
  return { kind: 'healthcheck', check };
}

function imageSettings(facts: ProductionFacts, port: number): readonly Step[] {
  return [
    { kind: 'expose', port },
    serverHealth(facts),
    { kind: 'entrypoint', args: [ENTRYPOINT], command: serverCommand(facts) },
    {
      kind: 'labels',
      values: {
        'org.opencontainers.image.title': facts.name.value,
        'org.opencontainers.image.base.name': pythonImage(facts.python.version.value),
      },
    },
  ];
}
