/** Facts and configuration -> plan. Pure: no disk but the files that Quayside brings, no clock, no environment. */
import type { Locked } from '../config/lock-file.js';
import type { Config } from '../config/schema.js';
import type { Facts } from '../detect/facts.js';
import { debianPackages } from '../plan/debian.js';
import { canonicalPlan } from '../plan/json.js';
import type { Migration, Plan, Process, ServiceSpec, Stage, Step } from '../plan/types.js';
import { validatePlan } from '../plan/validate.js';
import { defined } from '../source/defined.js';
import { appBuildStages } from './app-build.js';
import { filesOfStages } from './assets.js';
import { bringsTools, toolLists } from './brought-packages.js';
import { type Catalogue, packagedCatalogue } from './catalogue.js';
import { isOnSqlite } from './data.js';
import { withLockedVersions } from './debian-versions.js';
import { developmentStages } from './development.js';
import { type Collecting, collectStatic, GATHERED, gatherStatic, testSettings, trialEnv } from './django.js';
import { frontendServerStage, frontendStage } from './frontend.js';
import { type Gateway, gatewayAddress, gatewayStages, staticTemplate } from './gateway.js';
import { browserStage } from './images/browser.js';
import { productionStage } from './images/production.js';
import { runtimeStage } from './images/runtime.js';
import { NEVER_SEEN } from './images/source.js';
import { testStage } from './images/tests.js';
import { type Media, mediaOf, mediaProcess, mediaStages, mediaTemplate } from './media.js';
import { migrationCommand } from './migration.js';
import { makeNodeSuites, nodeBrowserStages, playwrightConfigs } from './node-suites.js';
import { packageFiles, writeVersions } from './own-packages.js';
import { workDirectory } from './paths.js';
import { choosePorts, type Ports } from './ports.js';
import { type AppCode, makeProcesses } from './processes.js';
import { proxyProcess, proxyStages, proxyTemplate } from './proxy.js';
import { builderStage, pythonImage, testBuilderStage } from './python.js';
import { lockStage, madeLock } from './python-lock.js';
import { requirementLists } from './requirement-lists.js';
import { runtimePackagesStages } from './runtime-packages.js';
import { scanningOf } from './scanning.js';
import { serverLists } from './server.js';
import { planServices } from './services.js';
import { smokeStages, smokeSuites } from './smoke.js';
import { makeSuites, type Surroundings, withCode } from './suites.js';
import { filesOf, testDirectories } from './test-files.js';
import { translationStages } from './translations.js';
import { makeVariables, secretsOf, trialValues } from './variables.js';

/** Exit code of the entrypoint when the migration fails: EX_CONFIG of sysexits.h. */
const MIGRATION_FAILED = 78;

/**
 * Decides how the app is built, run and tested.
 * @param facts what detection found
 * @param config what quayside.yaml says
 * @param catalogue where services are looked up; default: the one in compose/
 * @returns the plan, frozen all the way down; throws only when the planner itself is wrong
 */
export function makePlan(facts: Facts, config: Config, catalogue: Catalogue = packagedCatalogue): Plan {
  const ports = choosePorts(config.port ?? portOfCommand(facts));
  const { services, needs, needsOfTests, hosts, files } = planServices(facts.services, config.services, catalogue);
  const trial = { ...trialValues(facts, config), ...trialEnv(facts) };
  const code: AppCode = {
    needs,
    needsOfTests,
    // What the configuration gives is no secret.
    secrets: secretsOf(facts).filter(name => !Object.hasOwn(config.env ?? {}, name)),
    hasMigrations: facts.migrate !== undefined,
    trialEnv: trial,
    setByTests: (facts.needed ?? []).flatMap(({ name, setByTests }) => (setByTests ? [name] : [])),
  };
  const collecting: Collecting = { needs, services, env: trial };
  const gateway = gatewayOf(facts, config, collecting);
  const processes = makeProcesses(facts, gateway, code, ports);
  const media = mediaOf(facts, config.gateway !== false);
  const beside = mediaProcess(media, ports);
  const stages = makeStages(facts, config, {
    ports,
    gateway,
    media,
    collecting,
    prepare: [...writeVersions(facts), ...collectStatic(facts, collecting)],
  });
  const around: Surroundings = {
    configured: config.suites,
    services,
    hosts,
    code,
    opened: openedOf(processes, gateway, ports),
  };
  const inPython = makeSuites(facts, around);
  const ids = services.map(({ id }) => id);
  const scan = scanningOf(config);
  const plan: Plan = defined({
    planVersion: 2 as const,
    name: facts.name.value,
    commonName: facts.commonName,
    source: { gitignore: true, exclude: NEVER_SEEN },
    files: {
      ...filesOfStages(stages, {
        ...serverLists(facts),
        ...toolLists(facts),
        ...playwrightConfigs(facts),
        ...packageFiles(facts),
        ...staticTemplate(gateway),
        ...mediaTemplate(media),
        ...proxyTemplate(gateway, beside),
      }),
      ...files,
    },
    images: imagesOf(stages, services, scan),
    stages,
    services,
    processes: [...processes, ...beside, ...proxyProcess(processes.at(-1)!, beside, gateway, ports)],
    front: processes.at(-1)!.id,
    suites: [
      ...inPython,
      ...makeNodeSuites(
        facts,
        around,
        inPython.map(({ id }) => id),
      ),
      ...smokeSuites(facts, around),
    ],
    shell: { stage: 'test', workdir: workDirectory(facts), ...withCode(code, ids), command: ['/bin/bash'] },
    migration: migrationOf(facts),
    sqlite: isOnSqlite(facts, trial) || undefined,
    lock: madeLock(facts),
    openIndexes: facts.python.openIndexes,
    publish: config.publish && defined(config.publish),
    scan,
    variables: makeVariables(facts, config, needs),
  });
  const problems = validatePlan(plan);
  if (problems.length > 0) throw new Error(`the plan does not hold together: ${problems.join('; ')}`);
  return canonicalPlan(plan);
}

/** The plan with what is known of its images: their digests, and the versions of the packages that are installed on them. */
export function withLock(plan: Plan, { images: digests, packages }: Locked): Plan {
  const debian = debianPackages(plan);
  const images = Object.keys(plan.images).map(reference => [
    reference,
    defined({ digest: digests[reference], packages: debian.has(reference) ? packages[reference] : undefined }),
  ]);
  return withLockedVersions({ ...plan, images: Object.fromEntries(images) });
}

/** The port of a command that names one; none: it is told which. */
function portOfCommand({ started }: Facts): number | undefined {
  return started?.port && Number(started.port.value);
}

function gatewayOf(facts: Facts, config: Config, collecting: Collecting): Gateway | undefined {
  const { gateway, name, python, django } = facts;
  const env = (config.gateway || undefined)?.env ?? {};
  const common = { name: name.value, env, certificateImage: pythonImage(python.version.value) };
  if (gateway) return { ...common, facts: gateway, templates: gateway.templates.value };
  if (django?.unserved === undefined || config.gateway === false) return undefined;
  const values = [
    { name: 'APP', value: 'app' },
    { name: 'HTTP_PORT', value: 'http-port' },
  ] as const;
  const gather = gatherStatic(facts, collecting);
  const staticFiles = { url: django.unserved.value, gather, gathered: GATHERED };
  return { ...common, facts: { values, tls: false }, staticFiles };
}

/** The app as browsers find it: what people open first, then what stands behind that. */
function openedOf(processes: readonly Process[], gateway: Gateway | undefined, ports: Ports): Surroundings['opened'] {
  const reached = processes.filter(({ role }) => role !== 'worker' && role !== 'assets').toReversed();
  const { id, port } = reached[0]!;
  return {
    processes: reached.map(process => process.id),
    url: gateway ? gatewayAddress(gateway, ports) : `http://${id}:${port}`,
  };
}

function migrationOf(facts: Facts): Migration | undefined {
  const command = migrationCommand(facts);
  return command && { command, env: { QUAYSIDE_MIGRATE: '1' }, failed: MIGRATION_FAILED };
}

interface StageSurroundings {
  readonly ports: Ports;
  readonly gateway: Gateway | undefined;
  readonly media: Media | undefined;
  /** What commands that read the settings are given. */
  readonly collecting: Collecting;
  /** What is done to the source once it is in an image. */
  readonly prepare: readonly Step[];
}

function makeStages(facts: Facts, config: Config, around: StageSurroundings): readonly Stage[] {
  const { ports, gateway, media, prepare, collecting } = around;
  const lists = requirementLists(facts);
  const hasTestList = lists.some(list => list.name === 'dev');
  const hasTestTools = hasTestList || bringsTools(facts);
  const browser = facts.suites.find(suite => suite.browser);
  const { frontend } = facts;
  return [
    ...(frontend ? [frontendStage(frontend, config, ports.app)] : []),
    lockStage(facts, lists),
    builderStage(facts),
    ...(hasTestTools ? [testBuilderStage(facts, hasTestList)] : []),
    ...runtimePackagesStages(facts),
    runtimeStage(facts, withWorkers(config), ports.app),
    ...translationStages(facts),
    ...appBuildStages(facts, config, collecting),
    productionStage(facts, config, ports.app, { without: testDirectories(facts.suites), prepare }),
    ...smokeStages(config.suites),
    testStage(facts, hasTestTools, [...prepare, ...testSettings(facts)]),
    ...developmentStages(facts, ports),
    ...(frontend?.server ? [frontendServerStage(frontend, facts.name.value, config, ports)] : []),
    ...gatewayStages(gateway, ports),
    ...mediaStages(facts.name.value, media, ports),
    ...proxyStages(facts.name.value, gateway, ports),
    ...nodeBrowserStages(facts),
    ...(browser?.browser
      ? [
          browserStage(browser.browser.value, {
            facts,
            config,
            port: ports.app,
            tests: filesOf(browser, facts.suites),
            hasList: lists.some(({ name }) => name === 'e2e'),
            prepare: [...prepare, ...testSettings(facts)],
          }),
        ]
      : []),
  ];
}

/** Every image that something starts from; none is pinned yet. */
function imagesOf(stages: readonly Stage[], services: readonly ServiceSpec[], scan: Plan['scan']): Plan['images'] {
  const bases = stages.flatMap(({ base }) => (base.kind === 'image' ? [base.reference] : []));
  const references = new Set([...bases, ...services.map(({ image }) => image), ...(scan ? [scan.image] : [])]);
  return Object.fromEntries([...references].sort().map(reference => [reference, {}]));
}

function withWorkers(config: Config): Config {
  const workers = config.server?.workers;
  return workers === undefined ? config : { ...config, env: { WEB_CONCURRENCY: `${workers}`, ...config.env } };
}
