/** Suites that run in Node: the stage of the browser tests, and the tools of the frontend in the stage that builds it. */
import type { Config } from '../config/schema.js';
import type { Facts, NodeSuiteFacts } from '../detect/facts.js';
import type { ServiceSpec, Stage, Suite } from '../plan/types.js';
import type { FrontendDefinition } from '../support/frontends/definition.js';
import { FRONTENDS } from '../support/frontends/index.js';
import { formatCommand } from './format.js';
import { FRONTEND_STAGE } from './frontend.js';
import { installNodePackages, installRoot, programOf } from './node.js';
import { APP_ALIAS, insideApp, REPORTS_DIR } from './paths.js';
import { shell } from './shell.js';
import { addressFor, JUNIT, SUITE_ENV } from './suites.js';

const STAGE = 'e2e-node';

/** What a frontend's tool leaves beside its source. */
const MADE = Object.values(FRONTENDS).flatMap(({ server }: FrontendDefinition) =>
  (server?.made ?? []).map(directory => `**/${directory}`),
);

/** The stage of the browser tests, with the browsers of the version that their lock file names. */
export function nodeBrowserStages(facts: Facts): readonly Stage[] {
  return (facts.nodeSuites ?? []).flatMap(({ project, browser }) => {
    if (!browser) return [];
    const root = installRoot(project);
    return [
      {
        id: STAGE,
        base: { kind: 'image', reference: `mcr.microsoft.com/playwright:v${browser.value}-noble` },
        platform: 'target',
        steps: [
          shell('prepare the directory of reports', [`mkdir -p ${REPORTS_DIR}`]),
          { kind: 'env', values: { CI: '1', PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' } },
          ...installNodePackages(project),
          {
            kind: 'copy',
            from: { kind: 'source', path: root, exclude: ['**/node_modules', '**/.git', ...MADE, '.env', '.env.*'] },
            to: insideApp(root),
          },
          { kind: 'workdir', path: insideApp(project.root) },
        ],
      } satisfies Stage,
    ];
  });
}

/** Makes the suites of the plan; `taken` are the ids of those that run in Python. */
export function makeNodeSuites(
  facts: Facts,
  config: Config,
  services: readonly ServiceSpec[],
  port: number,
  taken: readonly string[],
): readonly Suite[] {
  return (facts.nodeSuites ?? []).map(suite => {
    const configured = config.suites?.[suite.name];
    const env = configured ? configured.env : undefined;
    const common = {
      id: taken.includes(suite.name) ? `${suite.name}-node` : suite.name,
      kind: suite.name,
      workdir: insideApp(suite.project.root),
      migrate: false,
    };
    if (!suite.browser) {
      const program = programOf(suite.project, suite.program);
      const { root } = suite.project;
      const args = suite.name === 'format' ? formatCommand(program, root, builtIn(root, facts)) : program;
      return { ...common, stage: FRONTEND_STAGE, services: [], args, reports: {}, env: { ...SUITE_ENV, ...env } };
    }
    const variable = suite.addressVariable?.value ?? 'BASE_URL';
    return {
      ...common,
      stage: STAGE,
      services: [...new Set(services.map(({ id }) => id))],
      app: { alias: APP_ALIAS, variable, url: addressFor(facts, port) },
      ...browserRun(suite),
      env: { ...SUITE_ENV, PLAYWRIGHT_JUNIT_OUTPUT_FILE: JUNIT, ...env },
    };
  });
}

/** Where the build writes, as seen from a directory; undefined when that is not inside it. */
function builtIn(directory: string, { frontend }: Facts): string | undefined {
  const output = frontend?.output.value;
  if (directory === '') return output;
  return output?.startsWith(`${directory}/`) ? output.slice(directory.length + 1) : undefined;
}

function browserRun({ project, program }: NodeSuiteFacts): Pick<Suite, 'args' | 'reports'> {
  const output = `${REPORTS_DIR}/playwright`;
  const options = ['--reporter=line,junit', '--trace=retain-on-failure', `--output=${output}`];
  return { args: programOf(project, [...program, ...options]), reports: { junit: JUNIT, playwright: output } };
}
