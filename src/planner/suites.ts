/** The suites: what runs, in which stage, with which services, and what it leaves behind. */
import type { Config } from '../config/schema.js';
import type { Facts, SuiteFacts, SuiteName } from '../detect/facts.js';
import type { ServiceSpec, Suite } from '../plan/types.js';
import type { Dependency } from '../support/dependency.js';
import { formatCommand } from './format.js';
import { gatewayAddress } from './gateway.js';
import { APP_ALIAS, FRONTEND_ALIAS, FRONTEND_PORT, REPORTS_DIR } from './paths.js';
import type { RequirementList } from './python.js';

/** JUnit's report of a suite. */
export const JUNIT = `${REPORTS_DIR}/junit.xml`;

const NEEDS_SERVICES: ReadonlySet<SuiteName> = new Set(['unit', 'e2e']);

/** Makes the suites of the plan from the detected ones, in their order. */
export function makeSuites(
  facts: Facts,
  config: Config,
  services: readonly ServiceSpec[],
  port: number,
): readonly Suite[] {
  return facts.suites.map(suite => {
    const configured = config.suites?.[suite.name];
    const own = configured === false ? undefined : configured;
    const all = [...new Set(services.map(service => service.id))];
    const wanted: readonly string[] = own?.services ?? (NEEDS_SERVICES.has(suite.name) ? all : []);
    return {
      id: suite.name,
      kind: suite.name,
      stage: suite.browser ? 'e2e' : 'test',
      services: all.filter(id => wanted.includes(id)),
      migrate: suite.name === 'unit' && facts.migrate !== undefined && wanted.length > 0,
      ...(suite.name === 'e2e' && { app: { alias: APP_ALIAS, variable: 'BASE_URL', url: addressFor(facts, port) } }),
      ...runOf(suite, facts, port),
      env: { ...SUITE_ENV, ...own?.env },
    };
  });
}

/** Where browsers are sent: to the gateway, to the frontend's own server when there is one, else to the app. */
export function addressFor({ frontend, gateway }: Facts, port: number): string {
  if (gateway) return gatewayAddress(gateway);
  return frontend?.server ? `http://${FRONTEND_ALIAS}:${FRONTEND_PORT}` : `http://${APP_ALIAS}:${port}`;
}

/** The requirement lists that the suites and the app need; the app's own first. */
export function requirementLists(facts: Facts): readonly RequirementList[] {
  const browser = facts.suites.find(suite => suite.browser);
  const dev = facts.python.devGroup?.value;
  const inTest = facts.suites.filter(suite => !suite.browser).flatMap(suite => suite.groups ?? (dev ? [dev] : []));
  const inBrowser = browser?.groups ?? browserGroups(facts);
  // Requirement files know no groups: what is for development lies in a file of its own.
  const devFile = facts.python.requirements?.dev !== undefined;
  const hasTools = inTest.length > 0 || (devFile && facts.suites.some(suite => !suite.browser));
  // Test tools that are main dependencies or an extra's can only be had with the others.
  const needsMain =
    inBrowser.some(name => facts.python.extras?.includes(name)) ||
    (inBrowser.length === 0 && !(devFile && browserTools(facts).every(({ group }) => group === 'dev')));
  return [
    { name: 'main', groups: [], main: true },
    ...(hasTools ? [{ name: 'dev', groups: [...new Set(inTest)], main: true } as const] : []),
    ...(browser ? [{ name: 'e2e', groups: inBrowser, main: needsMain } as const] : []),
  ];
}

/** The groups that bring Playwright; none when it is a main dependency. */
function browserGroups(facts: Facts): readonly string[] {
  const names = browserTools(facts).flatMap(tool =>
    tool.group === 'main' ? [] : [tool.groupName ?? facts.python.devGroup?.value],
  );
  return [...new Set(names.filter(name => name !== undefined))];
}

function browserTools(facts: Facts): readonly Dependency[] {
  return facts.python.dependencies.filter(({ name }) => /^(pytest-)?playwright$/.test(name));
}

/** Names of directories and files that hold tests and nothing else. */
const TESTS =
  /(^|\/)(((unit|integration|functional|acceptance|system|browser|e2e|api|ui)[_-])?tests?|e2e|specs?|test_\w+\.py|\w+_test\.py)$/;

/** What production leaves out: what holds nothing but tests, by its name. Where tests lie among the app's code, they stay. */
export function testDirectories(suites: readonly SuiteFacts[]): readonly string[] {
  return placesOf(suites).filter(path => TESTS.test(path));
}

/** Directories and files that suites run. A directory named tests goes as a whole. */
function placesOf(suites: readonly SuiteFacts[]): readonly string[] {
  const paths = suites.flatMap(pathsOf).map(path => {
    const top = path.split('/')[0] ?? path;
    return /^tests?$/.test(top) ? top : path;
  });
  return [...new Set(paths)];
}

/** Patterns of files that a suite is made of. */
export interface TestFiles {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The files of a suite with the helpers around them, and without what only other suites run. */
export function filesOf(suite: SuiteFacts, all: readonly SuiteFacts[]): TestFiles {
  const own = pathsOf(suite);
  const others = all.filter(other => other !== suite).flatMap(pathsOf);
  // A file brings the fixtures beside it.
  const include = placesOf([suite]).flatMap(path =>
    path.endsWith('.py') ? [path, path.replace(/[^/]*$/, 'conftest.py')] : [`${path}/**`],
  );
  const foreign = others.filter(path => !own.some(mine => `${mine}/`.startsWith(`${path}/`)));
  return { include, exclude: [...foreign, ...(suite.without ?? []).map(({ value }) => value)] };
}

/** Words of a pytest command that are paths of tests; `tests` when there are none, nothing for another tool. */
export function pathsOf(suite: SuiteFacts): readonly string[] {
  if (!isPytest(suite)) return [];
  const words = suite.command.slice(suite.command.indexOf('pytest') + 1);
  const paths = words.filter(word => /^\w[\w./-]*$/.test(word));
  return paths.length > 0 ? paths.map(path => path.replace(/\/$/, '')) : ['tests'];
}

/** Tools keep their caches where a run may write. */
export const SUITE_ENV = {
  RUFF_CACHE_DIR: '/tmp/ruff',
  MYPY_CACHE_DIR: '/tmp/mypy',
  COVERAGE_FILE: '/tmp/coverage',
  REPORTS_DIR,
};

function runOf(suite: SuiteFacts, facts: Facts, port: number): Pick<Suite, 'args' | 'reports'> {
  if (suite.name === 'format') return { args: formatCommand(suite.command, facts.root?.value ?? ''), reports: {} };
  if (!isPytest(suite)) return { args: suite.command, reports: {} };
  const common = [`--junitxml=${JUNIT}`, '-p', 'no:cacheprovider'];
  if (suite.browser) {
    const output = `${REPORTS_DIR}/playwright`;
    const browser = [
      `--base-url=${addressFor(facts, port)}`,
      '--browser=chromium',
      '--tracing=retain-on-failure',
      '--screenshot=only-on-failure',
    ];
    return {
      args: [...suite.command, ...common, ...browser, `--output=${output}`],
      reports: { junit: JUNIT, playwright: output },
    };
  }
  if (suite.name !== 'unit' || !facts.python.dependencies.some(dependency => dependency.name === 'pytest-cov')) {
    return { args: [...suite.command, ...common], reports: { junit: JUNIT } };
  }
  const xml = `${REPORTS_DIR}/coverage.xml`;
  const html = `${REPORTS_DIR}/coverage`;
  const coverage = [
    `--cov=${facts.entry.value.module.split('.')[0]}`,
    `--cov-report=xml:${xml}`,
    `--cov-report=html:${html}`,
  ];
  return {
    args: [...suite.command, ...common, ...coverage],
    reports: { junit: JUNIT, coverageXml: xml, coverageHtml: html },
  };
}

function isPytest(suite: SuiteFacts): boolean {
  return suite.command.includes('pytest');
}
