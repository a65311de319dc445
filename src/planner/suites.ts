/** The suites that run in Python: what runs, in which stage, with which services, and what it leaves behind. */
import type { Config } from '../config/schema.js';
import type { Facts, SuiteFacts, SuiteName } from '../detect/facts.js';
import type { Bench, Need, Opened, ServiceSpec, Suite, SuiteTool } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { joinPath, resolvePath } from '../source/paths.js';
import { quoteWords } from '../source/quote-words.js';
import { frameworkOf } from '../support/web-frameworks.js';
import { assetPath } from './assets.js';
import { formatCommand } from './format.js';
import { APP_DIR, CHANGED_DIR, insideApp, REPORTS_DIR } from './paths.js';
import type { AppCode } from './processes.js';
import { isPytest } from './test-files.js';

const NEEDS_SERVICES: ReadonlySet<SuiteName> = new Set(['unit', 'e2e']);

/** Name of JUnit's report among those of a suite. */
export const JUNIT = 'junit.xml';
/** Name of the directory with what Playwright keeps of failed tests. */
export const PLAYWRIGHT = 'playwright';

/** Tools keep their caches where a run may write. */
export const SUITE_ENV = {
  RUFF_CACHE_DIR: '/tmp/ruff',
  MYPY_CACHE_DIR: '/tmp/mypy',
  COVERAGE_FILE: '/tmp/coverage',
  REPORTS_DIR,
};

/** What suites are made with. */
export interface Surroundings {
  readonly configured: Config['suites'];
  readonly services: readonly ServiceSpec[];
  /** Names of hosts by those that the configuration has for services. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly code: AppCode;
  /** The app as browser tests find it, without the variable that they read its address from. */
  readonly opened: Omit<Opened, 'variable' | 'services'>;
}

type Tested = Pick<Facts, 'suites' | 'root' | 'python' | 'entry' | 'framework'>;

/** Makes the suites of the plan from the detected ones, in their order. */
export function makeSuites(facts: Tested, around: Surroundings): readonly Suite[] {
  return facts.suites.map(suite => {
    const options = around.configured?.[suite.name] || undefined;
    const all = around.services.map(({ id }) => id);
    const asked = options?.services?.map(name => around.hosts.get(name) ?? name);
    const wanted: readonly string[] = asked ?? (NEEDS_SERVICES.has(suite.name) ? all : []);
    const services = all.filter(id => wanted.includes(id));
    const isBrowser = suite.name === 'e2e';
    const isBeside = isBrowser && suite.app === undefined;
    const bench = isBeside ? besideApp(around, services) : withTests(around.code, services);
    return defined({
      id: suite.name,
      kind: suite.name,
      tool: toolOf(suite),
      title: titleOf(suite.command),
      stage: suite.browser ? 'e2e' : 'test',
      workdir:
        suite.browser && isBeside ? APP_DIR : insideApp(resolvePath(facts.root?.value ?? '', suite.directory ?? '')),
      ...bench,
      env: {
        ...bench.env,
        ...suite.env,
        ...SUITE_ENV,
        ...(isBrowser && !isBeside ? browserEnv(facts) : {}),
        ...options?.env,
      },
      migrates: suite.name === 'unit' && around.code.hasMigrations && services.length > 0,
      opens: isBrowser && !suite.startsApp ? { ...around.opened, services, variable: 'BASE_URL' } : undefined,
      ...runOf(suite, facts, around.opened.url),
      blocked: suite.blocked && { library: suite.blocked.value, ...placeOf(suite.blocked.place, facts) },
    });
  });
}

/** A place as it is in the source. */
function placeOf(
  { file, line }: SuiteFacts['place'],
  { root }: Pick<Facts, 'root'>,
): Pick<NonNullable<Suite['blocked']>, 'file' | 'line'> {
  return defined({ file: joinPath(root?.value ?? '', file), line });
}

/** Browsers are driven from a loop of asyncio, in which a framework may refuse to ask its database. */
function browserEnv({ framework }: Pick<Facts, 'framework'>): Readonly<Record<string, string>> {
  return frameworkOf(framework?.value).browserTestsEnv ?? {};
}

/** What a place has in which the app's code runs. */
export function withCode(
  { needs, secrets, trialEnv }: AppCode,
  services: readonly string[],
): Omit<Bench, 'stage' | 'workdir'> {
  return { needs: needs.filter(({ to }) => services.includes(to)), secrets, env: trialEnv };
}

/** What a place has in which the app's code runs by tests: what they set themselves is theirs alone. */
function withTests(code: AppCode, services: readonly string[]): Omit<Bench, 'stage' | 'workdir'> {
  const { secrets, env, needs } = withCode(code, services);
  const isLeft = (name: string) => !code.setByTests.includes(name);
  return {
    needs: needs.map(need => ({
      ...need,
      env: { ...need.env, ...code.needsOfTests.find(({ to }) => to === need.to)?.env },
    })),
    secrets: secrets.filter(isLeft),
    env: Object.fromEntries(Object.entries(env).filter(([name]) => isLeft(name))),
  };
}

/** What a place has from which the running app is looked at: of its services those that are there to be looked into. */
export function besideApp(
  { services, code }: Surroundings,
  wanted: readonly string[],
): Omit<Bench, 'stage' | 'workdir'> {
  const seen = new Set(services.filter(({ seenByBrowsers }) => seenByBrowsers).map(({ id }) => id));
  return { needs: code.needs.filter(({ to }: Need) => seen.has(to) && wanted.includes(to)), secrets: [], env: {} };
}

/** A command as people know it: of one in a shell what that is given. */
export function titleOf(command: readonly string[]): string {
  const [shell, option, script] = command;
  if (shell === 'sh' && option === '-c' && script !== undefined) return script;
  return command.map(word => (/\s/.test(word) ? `"${word}"` : word)).join(' ');
}

function toolOf(suite: SuiteFacts): SuiteTool {
  if (isPytest(suite)) return 'pytest';
  if (suite.command.includes('unittest')) return 'unittest';
  const isDjango = /(^|[/ ])manage\.py( |$)| -m django test/.test(suite.command.join(' '));
  return isDjango ? 'django' : 'command';
}

type Run = Pick<Suite, 'args' | 'reports' | 'changes' | 'user'>;

function runOf(suite: SuiteFacts, { root, python, entry }: Tested, url: string): Run {
  if (suite.name === 'format') return formatRun(formatCommand(suite.command, root?.value ?? ''));
  if (!isPytest(suite)) return countedRun(suite);
  const common = [`--junitxml=${REPORTS_DIR}/${JUNIT}`, '-p', 'no:cacheprovider', ...keptOptions(suite)];
  if (suite.browser) {
    const hasPlugin = python.dependencies.some(({ name }) => name === 'pytest-django');
    const browser = [
      ...(suite.app || !hasPlugin ? [] : WITHOUT_FRAMEWORK),
      ...(suite.startsApp ? [] : [`--base-url=${url}`]),
      '--browser=chromium',
      '--tracing=retain-on-failure',
      '--screenshot=only-on-failure',
      `--output=${REPORTS_DIR}/${PLAYWRIGHT}`,
    ];
    return { args: [...suite.command, ...common, ...browser], reports: reports({ playwright: PLAYWRIGHT }) };
  }
  if (suite.name !== 'unit' || !python.dependencies.some(({ name }) => name === 'pytest-cov')) {
    return { args: [...suite.command, ...common], reports: reports({}) };
  }
  const coverage = [
    `--cov=${entry?.value.module.split('.')[0] ?? '.'}`,
    `--cov-report=xml:${REPORTS_DIR}/coverage.xml`,
    `--cov-report=html:${REPORTS_DIR}/coverage`,
  ];
  return {
    args: [...suite.command, ...common, ...coverage],
    reports: reports({ coverageXml: 'coverage.xml', coverageHtml: 'coverage' }),
  };
}

/** The plugin that sets up Django has no settings there, and pytest none for the lines that only it knows. */
const WITHOUT_FRAMEWORK = ['-p', 'no:django', '-W', 'ignore::pytest.PytestConfigWarning'];

/** What takes the place of the options in pytest's settings. */
function keptOptions({ options }: SuiteFacts): readonly string[] {
  return options ? ['-o', `addopts=${quoteWords(options.kept)}`] : [];
}

/** A run of cases of unittest through the program that counts them; any other as it is. */
function countedRun({ command }: SuiteFacts): Run {
  const counted = countedWords(command);
  return counted
    ? { args: ['python', assetPath(COUNTER), `${REPORTS_DIR}/${JUNIT}`, ...counted], reports: reports({}) }
    : { args: command };
}

/** Runs the cases of unittest, also those of Django, and writes what became of each. */
const COUNTER = 'count-tests.py';

/** What of a command is run where cases are counted: `manage.py test …`, `-m unittest …`. */
function countedWords([program = '', ...words]: readonly string[]): readonly string[] | undefined {
  const isManage = (word: string | undefined) => /(^|\/)manage\.py$/.test(word ?? '');
  if (isManage(program)) return words[0] === 'test' ? [program, ...words] : undefined;
  if (!/^python[\d.]*$/.test(program)) return undefined;
  const [first, second, third] = words;
  const isCounted =
    (isManage(first) && second === 'test') ||
    (first === '-m' && (second === 'unittest' || (second === 'django' && third === 'test')));
  return isCounted ? words : undefined;
}

/** The files that suites in the test image need there. */
export function suiteFiles(suites: readonly SuiteFacts[]): readonly string[] {
  return suites.some(({ command }) => countedWords(command) !== undefined) ? [COUNTER] : [];
}

/** The reports of a run that writes JUnit's and others. */
export function reports(others: Readonly<Record<string, string>>): NonNullable<Suite['reports']> {
  return { directory: REPORTS_DIR, files: { junit: JUNIT, ...others } };
}

/** A run that changes files: the app's own user may not write beside the source. */
export function formatRun(args: readonly string[]): Run {
  return { args, user: 'root', changes: CHANGED_DIR };
}
