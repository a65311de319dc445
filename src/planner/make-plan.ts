/** Facts and configuration -> plan. Pure: no disk but the service catalogue, no clock, no environment. */
import type { Config } from '../config/schema.js';
import type { AddressPart, Facts, ServiceFacts, ServiceKind } from '../detect/facts.js';
import { deepFreeze } from '../plan/json.js';
import type { Plan, ServiceSpec, Stage } from '../plan/types.js';
import { validatePlan } from '../plan/validate.js';
import { filesOfStages } from './assets.js';
import { type Catalogue, imageOf, packagedCatalogue } from './catalogue.js';
import { makeComponents } from './components.js';
import { sharedDirectories } from './data.js';
import { trialEnv, withDjango } from './django.js';
import { frontendServerStage, frontendStage } from './frontend.js';
import { gatewayStages } from './gateway.js';
import { browserStage, productionStage, runtimeStage, testStage } from './images.js';
import { makeNodeSuites, nodeBrowserStages } from './node-suites.js';
import { DEFAULT_PORT } from './paths.js';
import { builderStage, lockStage, testBuilderStage } from './python.js';
import { filesOf, makeSuites, requirementLists, testDirectories } from './suites.js';

/**
 * Decides how the app is built and tested.
 * @param facts what detection found
 * @param config what quayside.yaml says
 * @param catalogue where services are looked up; default: the one in compose/
 * @returns the plan, frozen all the way down; throws only when the planner itself is wrong
 */
export function makePlan(facts: Facts, config: Config, catalogue: Catalogue = packagedCatalogue): Plan {
  const port = config.port ?? DEFAULT_PORT;
  const services = facts.services.flatMap(service => makeService(service, config, catalogue));
  const inPython = makeSuites(facts, config, services, port);
  const taken = inPython.map(({ id }) => id);
  const shared = sharedDirectories(facts);
  const suites = [...inPython, ...makeNodeSuites(facts, config, services, port, taken)];
  const stages = withDjango(makeStages(facts, withWorkers(config), port), facts, services);
  const plan: Plan = {
    planVersion: 1,
    name: facts.name.value,
    files: filesOfStages(stages),
    stages,
    services,
    components: makeComponents(facts, config, port),
    suites,
    app: {
      stage: 'production',
      port,
      ...(facts.migrate && { migrate: facts.migrate.value }),
      secrets: facts.secrets.map(secret => secret.value),
      ...(shared.length > 0 && { shared }),
      ...trialEnv(facts),
    },
  };
  const problems = validatePlan(plan);
  if (problems.length > 0) throw new Error(`the plan does not hold together: ${problems.join('; ')}`);
  return deepFreeze(plan);
}

function makeStages(facts: Facts, config: Config, port: number): readonly Stage[] {
  const lists = requirementLists(facts);
  const hasTestTools = lists.some(list => list.name === 'dev');
  const browser = facts.suites.find(suite => suite.browser);
  return [
    ...(facts.frontend ? [frontendStage(facts.frontend, config, port)] : []),
    lockStage(facts, lists),
    builderStage(facts),
    ...(hasTestTools ? [testBuilderStage(facts)] : []),
    runtimeStage(facts, config, port),
    productionStage(facts, config, port, testDirectories(facts.suites)),
    testStage(facts, hasTestTools),
    ...(facts.frontend?.server ? [frontendServerStage(facts.frontend, facts.name.value, port)] : []),
    ...gatewayStages(facts),
    ...nodeBrowserStages(facts),
    ...(browser?.browser ? [browserStage(browser.browser.value, filesOf(browser, facts.suites), facts)] : []),
  ];
}

/** One spec for each variable that an address or a part of it is read from. */
function makeService(facts: ServiceFacts, config: Config, catalogue: Catalogue): readonly ServiceSpec[] {
  const entry = catalogue(facts.kind);
  const configured = config.services?.[facts.kind];
  const version = (configured ? configured.version : undefined) ?? facts.version?.value;
  const spec = (variable: string, value: string) => ({
    id: facts.kind,
    image: imageOf(entry, version),
    variable,
    value,
  });
  const { variable, scheme, also = [], parts = [] } = facts;
  const whole = variable && scheme ? [variable, ...also] : [];
  return [
    ...whole.map(({ value }) => spec(value, `${scheme?.value}://${entry.address}`)),
    ...parts.map(({ part, variable: { value } }) => spec(value, partOfAddress(part, facts.kind, entry.address))),
  ];
}

/** The value of one part of an address such as `app:{password}@postgres:5432/app`. */
function partOfAddress(part: AddressPart, kind: ServiceKind, address: string): string {
  const [, user = '', password = '', host = '', port = '', path = ''] =
    /^(?:([^:@]*):([^@]*)@)?([^:/]+):(\d+)(?:\/(.*))?$/.exec(address) ?? [];
  const values: Readonly<Record<AddressPart, string>> = {
    host,
    port,
    user,
    password,
    database: path,
    engine: `django.db.backends.${kind === 'postgres' ? 'postgresql' : 'mysql'}`,
    // "0" is false to whatever reads a boolean.
    off: '0',
    empty: '',
  };
  return values[part];
}

function withWorkers(config: Config): Config {
  const workers = config.server?.workers;
  return workers === undefined ? config : { ...config, env: { WEB_CONCURRENCY: `${workers}`, ...config.env } };
}
