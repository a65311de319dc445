/** Tests by compose: services of their own with data in memory, the suites of Python in one service, those in browsers in another. */
import type { Bench, Plan, Process, ServiceSpec, Suite } from '../plan/types.js';
import { defined, unlessEmpty } from '../source/defined.js';
import { quoteWords } from '../source/quote-words.js';
import {
  appVolume,
  built,
  builtWith,
  composeService,
  dependencies,
  escaped,
  escapedValues,
  healthOf,
  migrating,
  mountedVolumes,
  neededEnvironment,
  servedMounts,
} from './compose-parts.js';
import type { YamlData } from './yaml-file.js';

/** Nobody but the tests reaches what it opens, and that is gone with them. */
const TEST_PASSWORD = 'only-for-tests';

/** The same for secrets of the app's own, which code takes apart: a Fernet key as well, and Base64 of 32 bytes. */
const TEST_SECRET = 'OnlyForTestsAndNobodysSecretAAAAAAAAAAAAAAA=';

/** A file of its own. */
export function testing(plan: Plan): YamlData {
  const inCode = plan.suites.find(({ kind }) => kind === 'unit');
  const inBrowser = plan.suites.find(({ kind }) => kind === 'e2e');
  const opened = openedBy(plan, inBrowser);
  const shared = opened.flatMap(process =>
    volumesOf(process).map(path => [appVolume(path), inMemory(process.security.user)] as const),
  );
  return defined({
    name: `${plan.name}-test`,
    services: Object.fromEntries([
      ...plan.services.map(service => [service.id, testService(plan, service)] as const),
      ['test', inCode ? suiteService(plan, inCode, inBrowser) : bench(plan, plan.shell, plan.shell.command)],
      ...opened.map(process => [process.id, testProcess(plan, process)] as const),
      ...(inBrowser ? [['browser', browser(plan, inBrowser)] as const] : []),
    ]),
    volumes: unlessEmpty(Object.fromEntries(shared)),
    secrets: builtWith(plan),
  });
}

/** The processes that a suite opens, with those that are there before them. */
function openedBy({ processes }: Plan, suite: Suite | undefined): readonly Process[] {
  const ids = new Set(suite?.opens?.processes ?? []);
  for (const { id, after } of processes.toReversed()) if (ids.has(id)) for (const before of after) ids.add(before);
  return processes.filter(({ id }) => ids.has(id));
}

const volumesOf = ({ profiles, volumes }: Process): readonly string[] => profiles.test?.volumes ?? volumes;

/** Kept in memory, and belonging to who writes there. */
function inMemory(user: string): YamlData {
  return { driver_opts: { type: 'tmpfs', device: 'tmpfs', o: `uid=${user},mode=0775` } };
}

function testService(plan: Plan, service: ServiceSpec): YamlData {
  const { args, memory = [], files = [] } = service.profiles.test ?? {};
  // Its volume is not among them: what it holds is gone with the tests.
  const { image, environment, healthcheck } = composeService(plan, service) as Readonly<Record<string, object>>;
  const password = service.password === undefined ? {} : { [service.password]: TEST_PASSWORD };
  return defined({
    image,
    environment: unlessEmpty({ ...environment, ...password }),
    healthcheck,
    command: args?.map(escaped),
    tmpfs: unlessEmpty(memory),
    volumes: unlessEmpty(servedMounts(plan, [...service.files, ...files])),
  });
}

/** An environment for tests: what a trial has in place of what nobody gave. */
function trialEnvironment(plan: Plan, { needs, secrets, env }: Pick<Bench, 'needs' | 'secrets' | 'env'>): YamlData {
  const trial = plan.variables.flatMap(({ name, trial: value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return {
    ...Object.fromEntries(secrets.map(name => [name, TEST_SECRET])),
    ...escapedValues(Object.fromEntries(trial)),
    ...neededEnvironment(plan, needs, { passwordOf: () => TEST_PASSWORD }),
    ...escapedValues(env),
  };
}

/** A place to run something in. */
function bench(plan: Plan, place: Bench, command: readonly string[]): YamlData {
  return defined({
    ...built(plan, place.stage),
    working_dir: place.workdir,
    command: command.map(escaped),
    environment: unlessEmpty(trialEnvironment(plan, place)),
    depends_on: unlessEmpty(dependencies(plan, place.needs, [])),
  });
}

function suiteService(plan: Plan, suite: Suite, inBrowser: Suite | undefined): YamlData {
  const made = bench(plan, suite, suite.args);
  const ignored = browserPaths(suite, inBrowser).map(path => `--ignore=${path}`);
  const options: Readonly<Record<string, string>> =
    ignored.length > 0 ? { PYTEST_ADDOPTS: escaped(quoteWords(ignored)) } : {};
  const environment = unlessEmpty({ ...options, ...trialEnvironment(plan, suite), ...migrating(plan, suite) });
  return defined({ ...made, environment });
}

/** Where the tests in browsers lie, which pytest finds as well when it is not told where to look, and which need the other service. */
function browserPaths(suite: Suite, inBrowser: Suite | undefined): readonly string[] {
  if (suite.tool !== 'pytest' || inBrowser?.tool !== 'pytest') return [];
  const pathsOf = ({ args }: Suite) => {
    const end = args.findIndex((word, at) => at > 0 && word.startsWith('-'));
    return args.slice(1, end < 0 ? undefined : end);
  };
  const own = pathsOf(suite);
  return pathsOf(inBrowser).filter(path => !own.some(other => other === path || other.startsWith(`${path}/`)));
}

function testProcess(plan: Plan, process: Process): YamlData {
  const { image = process.image, env } = process.profiles.test ?? {};
  const { command, needs, secrets, after } = process;
  return defined({
    ...built(plan, image),
    command: command?.map(escaped),
    environment: unlessEmpty({
      ...trialEnvironment(plan, { needs, secrets, env: { ...process.env, ...env } }),
      ...migrating(plan, process),
    }),
    volumes: mountedVolumes(volumesOf(process)),
    healthcheck: healthOf(process),
    depends_on: unlessEmpty(dependencies(plan, needs, after)),
  });
}

function browser(plan: Plan, suite: Suite): YamlData {
  const { opens } = suite;
  return defined({
    ...bench(plan, suite, suite.args),
    environment: unlessEmpty({ ...trialEnvironment(plan, suite), ...(opens ? { [opens.variable]: opens.url } : {}) }),
    depends_on: unlessEmpty(dependencies(plan, [], opens?.processes ?? [])),
    ipc: 'host',
  });
}
