/** The image that the browser tests run in. */
import type { Config } from '../../config/schema.js';
import type { Facts } from '../../detect/facts.js';
import type { Stage, Step } from '../../plan/types.js';
import { quoteWords } from '../../source/quote-words.js';
import type { DebianPackage } from '../../support/native/definition.js';
import { bringTools, chosenPlaywright } from '../brought-packages.js';
import { copyFrontend } from '../frontend.js';
import { installPackagesOfApp } from '../own-packages.js';
import { APP_DIR, DATA_DIR, REPORTS_DIR, VENV_DIR, workDirectory } from '../paths.js';
import { installExactly, installList } from '../python.js';
import { installPackages, shell } from '../shell.js';
import type { TestFiles } from '../test-files.js';
import { appEnv } from './runtime.js';
import { copySource, NEVER, ownedBy } from './source.js';

/** What the image is made for. */
export interface BrowserTests {
  readonly facts: Facts;
  readonly config: Config;
  readonly port: number;
  readonly tests: TestFiles;
  /** Whether the app's own dependencies bring some of what the tests need. */
  readonly hasList: boolean;
  /** What is done to the source once it is in an image. */
  readonly prepare: readonly Step[];
}

/** The image that the browser tests run in: with the app's code only where they cannot do without it. */
export function browserStage(version: string, browser: BrowserTests): Stage {
  const { facts, hasList } = browser;
  const isWithApp = facts.suites.some(suite => suite.browser && suite.app);
  return {
    id: 'e2e',
    base: { kind: 'image', reference: `mcr.microsoft.com/playwright/python:v${version}-noble` },
    platform: 'target',
    steps: [
      shell('create the virtual environment', [`python3 -m venv --without-pip ${VENV_DIR}`, `mkdir -p ${REPORTS_DIR}`]),
      ...(isWithApp ? installPackages('install packages of the app', nativePackages(facts)) : []),
      ...(hasList ? installList('install browser test dependencies', 'e2e', 'python3', facts.python) : []),
      ...bringTools(facts, 'e2e'),
      ...settlePlaywright(facts),
      ...(isWithApp ? appSteps(browser) : besideSteps(browser)),
    ],
  };
}

function nativePackages({ native }: Facts): readonly DebianPackage[] {
  return native.flatMap(({ build, runtime }) => [...build, ...runtime]);
}

/** Of the app the image has the tests and their settings: they speak HTTP. */
function besideSteps({ facts: { root }, tests }: BrowserTests): readonly Step[] {
  return [
    {
      kind: 'env',
      values: {
        PATH: `${VENV_DIR}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
    { kind: 'workdir', path: APP_DIR },
    {
      kind: 'copy',
      from: {
        kind: 'source',
        path: root?.value ?? '',
        include: ['pyproject.toml', 'pytest.ini', 'tox.ini', 'setup.cfg', 'conftest.py', ...tests.include],
        exclude: [...NEVER, ...tests.exclude],
      },
      to: APP_DIR,
    },
  ];
}

/** The app as in the image of the other tests; its packages run on the Python that the browsers' image has. */
function appSteps({ facts, config, port, prepare }: BrowserTests): readonly Step[] {
  const own = `${VENV_DIR}/lib/python${facts.python.version.value}/site-packages`;
  const { PYTHONPATH, ...env } = appEnv(facts, config, port);
  return [
    // Where the metadata of the app's own packages lies, which is made for the app's own Python.
    { kind: 'env', values: { ...env, HOME: '/root', PYTHONPATH: `${PYTHONPATH}:${own}` } },
    { kind: 'workdir', path: workDirectory(facts) },
    ...installPackagesOfApp(facts),
    shell('prepare what the tests write to', [`mkdir -p ${quoteWords([APP_DIR, DATA_DIR, workDirectory(facts)])}`]),
    ...copyFrontend(facts.frontend, 'before source'),
    ...ownedBy('0:0', copySource(facts, [], { python: 'python3' })),
    ...copyFrontend(facts.frontend, 'behind source'),
    ...prepare,
  ];
}

/** Where no lock pins Playwright, what was installed of it may be for other browsers than the image has. */
function settlePlaywright(facts: Pick<Facts, 'suites' | 'python'>): readonly Step[] {
  const chosen = chosenPlaywright(facts);
  return chosen === undefined ? [] : [installExactly('install the Playwright of the image', chosen, facts.python)];
}
