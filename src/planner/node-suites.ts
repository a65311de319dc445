/** Suites that run in Node: the stage of the browser tests, and the tools of the frontend in the stage that builds it. */
import type { BrowserVariable, Facts, NodeSuiteFacts } from '../detect/facts.js';
import type { PlanFile, Stage, Suite, Template } from '../plan/types.js';
import type { FrontendDefinition } from '../support/frontends/definition.js';
import { FRONTENDS } from '../support/frontends/index.js';
import { bring } from './assets.js';
import { formatCommand } from './format.js';
import { FRONTEND_STAGE } from './frontend.js';
import { installNodePackages, installRoot, programOf } from './node.js';
import { insideApp, REPORTS_DIR } from './paths.js';
import { shell } from './shell.js';
import { besideApp, formatRun, JUNIT, PLAYWRIGHT, reports, SUITE_ENV, type Surroundings, titleOf } from './suites.js';

const STAGE = 'e2e-node';

/** Variable of the address where the configuration reads none. */
const ADDRESS = 'BASE_URL';

/** What a frontend's tool leaves beside its source. */
const MADE = Object.values(FRONTENDS).flatMap(({ server }: FrontendDefinition) =>
  (server?.made ?? []).map(directory => `**/${directory}`),
);

/** The stage of the browser tests, with the browsers of the version that their lock file names. */
export function nodeBrowserStages({ nodeSuites = [] }: Pick<Facts, 'nodeSuites'>): readonly Stage[] {
  return nodeSuites.flatMap(({ project, browser, mended }) => {
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
            from: { kind: 'source', path: root, exclude: [...MADE, '.env', '.env.*'] },
            to: insideApp(root),
          },
          ...(mended ? [bring(CONFIG)] : []),
          { kind: 'workdir', path: insideApp(project.root) },
        ],
      } satisfies Stage,
    ];
  });
}

/** Name of the configuration that stands in for the app's own, beside it. */
const CONFIG = 'playwright.quayside.config.ts';

/** The configuration that stands in for the app's own where that cannot be used as it is. */
export function playwrightConfigs({ nodeSuites = [] }: Pick<Facts, 'nodeSuites'>): Readonly<Record<string, PlanFile>> {
  const files = nodeSuites.flatMap(({ project, mended, addressVariable }) =>
    mended
      ? [
          {
            path: `${insideApp(project.root)}/${CONFIG}`,
            content: configText(mended.value, !addressVariable),
            mode: 0o644,
          },
        ]
      : [],
  );
  return files[0] ? { [CONFIG]: files[0] } : {};
}

/** It takes over everything but the server that is started for the tests and, where that is fixed, the address. */
function configText(file: string, movesAddress: boolean): string {
  const lines = movesAddress
    ? [
        `const { webServer: _, projects, use, ...rest } = given as any;`,
        `const baseURL = process.env.${ADDRESS};`,
        `const moved = (project: any) => (project.use?.baseURL ? { ...project, use: { ...project.use, baseURL } } : project);`,
        `export default { ...rest, use: { ...use, baseURL }, ...(projects && { projects: projects.map(moved) }) };`,
      ]
    : [`const { webServer: _, ...rest } = given as any;`, `export default rest;`];
  return `${[`import given from './${file}';`, '', ...lines].join('\n')}\n`;
}

/** Makes the suites of the plan; `taken` are the ids of those that run in Python. */
export function makeNodeSuites(
  { nodeSuites = [], frontend }: Pick<Facts, 'nodeSuites' | 'frontend'>,
  around: Surroundings,
  taken: readonly string[],
): readonly Suite[] {
  return nodeSuites.map(suite => {
    const { name, project, browser, addressVariable } = suite;
    const options = around.configured?.[name] || undefined;
    const common = {
      id: taken.includes(name) ? `${name}-node` : name,
      kind: name,
      workdir: insideApp(project.root),
      migrates: false,
      title: titleOf(suite.program),
    };
    if (!browser) {
      const env = { ...SUITE_ENV, ...options?.env };
      // Tools of the frontend need none of what the app needs.
      const bench = { stage: FRONTEND_STAGE, needs: [], secrets: [], env };
      return { ...common, tool: 'command', ...bench, ...toolRun(suite, frontend?.output.value) };
    }
    const services = around.services.map(({ id }) => id);
    const bench = browserBench(suite, around, services);
    return {
      ...common,
      tool: 'playwright',
      stage: STAGE,
      ...bench,
      env: { ...SUITE_ENV, PLAYWRIGHT_JUNIT_OUTPUT_FILE: `${REPORTS_DIR}/${JUNIT}`, ...bench.env, ...options?.env },
      opens: { ...around.opened, services, variable: addressVariable?.value ?? ADDRESS },
      ...browserRun(suite),
    };
  });
}

/** What browser tests have beside what all of them have: values of the app's own variables, addresses of what they look into. */
function browserBench({ env = [] }: NodeSuiteFacts, around: Surroundings, services: readonly string[]) {
  const { needs, secrets: _ } = besideApp(around, services);
  const { trialEnv, secrets } = around.code;
  const values = env.flatMap(({ kind, variable: { value: name } }): readonly (readonly [string, string])[] => {
    if (kind === 'address') return [[name, around.opened.url]];
    const value = kind === 'app' ? trialEnv[name] : undefined;
    return value === undefined ? [] : [[name, value]];
  });
  return {
    needs: needs.map(need => ({ ...need, env: { ...need.env, ...pagesOf(need.to, env) } })),
    secrets: env.flatMap(({ kind, variable }) =>
      kind === 'app' && secrets.includes(variable.value) ? [variable.value] : [],
    ),
    env: Object.fromEntries(values),
  };
}

/** Addresses of a service's pages, by variable. */
function pagesOf(service: string, env: readonly BrowserVariable[]): Readonly<Record<string, Template>> {
  return Object.fromEntries(
    env.flatMap(found => {
      if (found.kind !== 'service' || found.service !== service) return [];
      const template: Template = [
        { kind: 'text', text: 'http://' },
        { kind: 'host' },
        { kind: 'text', text: `:${found.port}` },
      ];
      return [[found.variable.value, template] as const];
    }),
  );
}

function toolRun(
  { name, project, program }: NodeSuiteFacts,
  output: string | undefined,
): Pick<Suite, 'args' | 'changes' | 'user'> {
  const args = programOf(project, program);
  return name === 'format' ? formatRun(formatCommand(args, project.root, builtIn(project.root, output))) : { args };
}

/** Where the build writes, as seen from a directory; undefined when that is not inside it. */
function builtIn(directory: string, output: string | undefined): string | undefined {
  if (directory === '') return output;
  return output?.startsWith(`${directory}/`) ? output.slice(directory.length + 1) : undefined;
}

function browserRun({ project, program, mended }: NodeSuiteFacts): Pick<Suite, 'args' | 'reports'> {
  const options = ['--reporter=line,junit', '--trace=retain-on-failure', `--output=${REPORTS_DIR}/${PLAYWRIGHT}`];
  const isChosen = program.some(word => /^(-c|--config)(=|$)/.test(word));
  const config = mended && !isChosen ? [`--config=${CONFIG}`] : [];
  return {
    args: programOf(project, [...program, ...config, ...options]),
    reports: reports({ playwright: PLAYWRIGHT }),
  };
}
