/** The image that the browser tests run in, away from the app's code. */
import type { Facts } from '../../detect/facts.js';
import type { Stage, Step } from '../../plan/types.js';
import { bringTools, chosenPlaywright } from '../brought-packages.js';
import { APP_DIR, REPORTS_DIR, VENV_DIR } from '../paths.js';
import { installExactly, installList } from '../python.js';
import { shell } from '../shell.js';
import type { TestFiles } from '../test-files.js';
import { NEVER } from './source.js';

/** What the image is made for. */
export interface BrowserTests {
  readonly facts: Pick<Facts, 'python' | 'root' | 'suites'>;
  readonly tests: TestFiles;
  /** Whether the app's own dependencies bring some of what the tests need. */
  readonly hasList: boolean;
}

/** The image that the browser tests run in. Of the app it has the tests and their settings only: they speak HTTP. */
export function browserStage(version: string, { facts, tests, hasList }: BrowserTests): Stage {
  const { python, root } = facts;
  return {
    id: 'e2e',
    base: { kind: 'image', reference: `mcr.microsoft.com/playwright/python:v${version}-noble` },
    platform: 'target',
    steps: [
      shell('create the virtual environment', [`python3 -m venv --without-pip ${VENV_DIR}`, `mkdir -p ${REPORTS_DIR}`]),
      ...(hasList ? installList('install browser test dependencies', 'e2e', 'python3', python) : []),
      ...bringTools(facts, 'e2e'),
      ...settlePlaywright(facts),
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
    ],
  };
}

/** Where no lock pins Playwright, what was installed of it may be for other browsers than the image has. */
function settlePlaywright(facts: Pick<Facts, 'suites'>): readonly Step[] {
  const chosen = chosenPlaywright(facts);
  return chosen === undefined ? [] : [installExactly('install the Playwright of the image', chosen)];
}
