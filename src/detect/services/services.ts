/** Services the app needs: from its drivers and from the environment variables that its code reads addresses from. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { configPlace } from '../../source/config-place.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { Framework } from '../../support/frameworks/index.js';
import { SERVICE_KINDS, type ServiceKind } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';
import type { AbsentService, ServiceFacts } from '../facts.js';
import type { ComposeServices } from '../files/compose-services.js';
import type { Deployment } from '../files/deployment.js';
import type { Processes } from '../files/processes.js';
import type { Project } from '../project.js';
import { addressParts, anyPart } from './address-parts.js';
import { addressVariables } from './addresses.js';
import { choicesOf, schemeChoices } from './choices.js';
import { settledDatabases } from './databases.js';
import { type Installed, installedDrivers } from './drivers.js';
import { engineOf } from './engines.js';
import { fixedHost } from './fixed-hosts.js';
import { withSenders } from './mail-senders.js';
import { usesOfService, withoutAddress, withoutClient, withoutSwitch, withoutUse } from './optional.js';
import { ownServer } from './own-servers.js';
import { variablesOfDrivers } from './own-variables.js';
import { furtherScheme, schemeOf, writtenScheme } from './scheme.js';
import { type ReadsOf, readsByService, type ServiceRead } from './setting-reads.js';
import { withTestVariables } from './test-variables.js';
import { variantOf } from './variants.js';
import { asInCompose, isDatabase, wantedKinds } from './wanted.js';

/** What services are found in. */
export interface ServiceSources {
  readonly project: Project;
  /** Its modules without settings that it is not served with. */
  readonly served: readonly PythonModule[];
  readonly dependencies: readonly Dependency[];
  /** The version of SQLAlchemy that is installed, where a lock or a pin says so. */
  readonly sqlalchemy: string | undefined;
  /** The variables that the code reads. */
  readonly reads: readonly EnvRead[];
  /** Decides between the spellings of a scheme. */
  readonly framework: Framework | undefined;
  /** What the app's own compose file runs. */
  readonly compose: ComposeServices;
  /** What the app is given where it runs. */
  readonly deployment: Deployment;
  readonly procfile: Processes;
}

/** The same with what follows from it for every service. */
interface Context extends ServiceSources {
  readonly installed: readonly Installed[];
  readonly engine: 'sync' | 'async' | undefined;
  readonly readsOf: ReadsOf;
}

/** The services that are run for the app, and those that it goes without. */
export interface FoundServices {
  readonly services: readonly ServiceFacts[];
  readonly absent: readonly AbsentService[];
}

/** Finds the services with the variable and URL scheme of each. */
export function detectServices(sources: ServiceSources): Finding<FoundServices> {
  const { project, served, dependencies, reads, compose, deployment } = sources;
  const installed = installedDrivers(dependencies);
  const hasDatabase = installed.some(({ kind }) => isDatabase(kind));
  const readsOf = readsByService(project.modules, reads, deployment, hasDatabase);
  const wanted = asInCompose(project, wantedKinds({ ...project, modules: served }, installed, readsOf), compose);
  const context = { ...sources, installed, readsOf, engine: engineOf(project)?.value };
  const absent = [
    ...wanted.flatMap(kind => absentService(kind, context) ?? []),
    ...SERVICE_KINDS.filter(kind => !wanted.includes(kind)).flatMap(kind => unwanted(kind, context) ?? []),
  ];
  const needed = wanted.filter(kind => absent.every(({ service }) => service !== kind));
  const { kinds, without, undecided } = { kinds: [], without: [], ...settledDatabases(needed, context) };
  if (undecided) return failed(undecided);
  const findings = kinds.map(kind => detectService(kind, context));
  const diagnostics = findings.flatMap(finding => finding.diagnostics);
  if (diagnostics.length > 0) return failed(...diagnostics);
  const services = withoutSharedVariables(findings.flatMap(({ value }) => value ?? []));
  return found({ services: withTestVariables(services, project.modules, reads), absent: [...absent, ...without] });
}

/**
 * A service whose driver is installed and that the app does without, unless the configuration asks for it. What the compose file runs
 * counts where any code could reach it.
 */
function absentService(kind: ServiceKind, context: Context): AbsentService | undefined {
  const { project, served, readsOf, framework, compose } = context;
  if (project.config.services?.[kind]) return undefined;
  const parts = addressParts(SERVICES[kind], readsOf(kind), framework);
  const places = parts.filter(({ part }) => part === 'host' || part === 'server').map(({ variable }) => variable);
  const names = [...variablesFor(kind, context), ...places].map(({ value }) => value);
  const client = driversOf(kind, context)[0]?.dependency;
  if (names.length === 0) return client && withoutUse(kind, client, served);
  if (compose.has(kind)) return undefined;
  const addresses = readsOf(kind).filter(({ name }) => names.includes(name));
  return (
    withoutAddress(kind, addresses, project.modules) ?? withoutSwitch(kind, addresses, readsOf(kind), project.modules)
  );
}

/** A service whose client is used only where the app asks for it, and whose address nothing reads. */
function unwanted(kind: ServiceKind, { project, served, installed }: Context): AbsentService | undefined {
  const drivers = installed.filter(entry => entry.kind === kind && entry.driver.counts === 'used');
  if (drivers.length === 0 || project.config.services?.[kind] === false) return undefined;
  const [use] = usesOfService(kind, served);
  return use && withoutClient(kind, use);
}

function options(project: Project, kind: ServiceKind): { variable?: string | undefined; scheme?: string | undefined } {
  return project.config.services?.[kind] || {};
}

function detectService(kind: ServiceKind, context: Context): Finding<ServiceFacts> {
  const { project, readsOf, framework, compose, procfile } = context;
  const reads = readsOf(kind);
  const service = SERVICES[kind];
  const variables = variablesFor(kind, context);
  const whole = new Set(variables.map(({ value }) => value));
  const driver = driversOf(kind, context)[0]?.driver;
  const byWord = isDatabase(kind) ? choicesOf(kind, reads, context.served) : [];
  const byScheme = isDatabase(kind) && driver ? schemeChoices(reads, driver) : [];
  const chosen = byWord.length > 0 ? byWord : byScheme;
  const isChosen = (name: string) => chosen.some(({ variable }) => variable.value === name);
  const [first] = variables;
  const fixed = first ? undefined : fixedPlace(kind, context);
  const known = { hasAddress: whole.size > 0, hasHost: fixed !== undefined };
  const inParts = addressParts(service, reads, framework, known).filter(
    ({ part, variable }) => !whole.has(variable.value) && !(part === 'engine' && isChosen(variable.value)),
  );
  const taken = new Set([...whole, ...inParts.map(({ variable }) => variable.value)]);
  const all = [...inParts, ...chosen.filter(({ variable }) => !taken.has(variable.value))];
  const parts = kind === 'mailpit' ? withSenders(all, reads, context.served) : all;
  const version = compose.get(kind)?.version;
  const port = driver?.port;
  const variant = variantOf(kind, context);
  const more = defined({
    parts: unlessEmpty(parts),
    port,
    version,
    variant: variant?.facts,
    inPlaceOf: ownServer(kind, procfile),
  });
  if (fixed) return found({ kind, fixed, ...more });
  if (!first && inParts.length > 0) return found({ kind, ...more });
  if (!first) return failed(noVariable(project, kind, driversOf(kind, context)[0]?.dependency, reads));
  const scheme = mainScheme(kind, first, context, variant?.djangoScheme);
  if (scheme.value === undefined) return failed(...scheme.diagnostics);
  const isConfigured = options(project, kind).scheme !== undefined;
  const addresses = variables.map((variable, at) => {
    const own = at === 0 || isConfigured ? undefined : writtenScheme(service, variable.value, reads);
    const installed = context.installed.filter(entry => entry.kind === kind);
    return { variable, scheme: furtherScheme(own, variable.value, { variable: first, installed }, scheme.value!) };
  });
  return found({ kind, addresses, ...more });
}

/** The host that the code has for a service whose address no variable holds, where the app can sign in there: all of its login is read. */
function fixedPlace(kind: ServiceKind, { served, deployment, readsOf, framework }: Context): ServiceFacts['fixed'] {
  const parts = addressParts(SERVICES[kind], readsOf(kind), framework, { hasHost: true }).map(({ part }) => part);
  if (parts.includes('host') || parts.includes('server')) return undefined;
  const isReached = SERVICES[kind].isOpen || LOGIN.every(part => parts.includes(part));
  return isReached ? fixedHost(kind, served, deployment) : undefined;
}

const LOGIN = ['user', 'password', 'database'] as const;

/** The variables of a service's whole address, the one of the configuration first; else those that a driver reads itself. */
function variablesFor(kind: ServiceKind, context: Context): readonly Sourced<string>[] {
  const { project, readsOf, installed, framework } = context;
  const service = SERVICES[kind];
  const reads = readsOf(kind);
  const hasParts = addressParts(service, reads, framework).length > 0;
  // What the code puts together of the parts is right once they are, and may be no whole address.
  const all = addressVariables(service, hasParts ? reads.filter(read => !read.isComposed) : reads);
  // A host that has its port beside it is no whole address, whatever clients call one.
  const variables = all.filter(
    ({ value }) => !/_HOST$/.test(value) || !reads.some(({ name }) => name === value.replace(/HOST$/, 'PORT')),
  );
  const { variable } = options(project, kind);
  if (variable !== undefined) {
    const configured = { value: variable, place: configPlace(project.origins, `services.${kind}.variable`) };
    return [configured, ...variables.filter(({ value }) => value !== variable)];
  }
  if (variables.length > 0 || hasParts) return variables;
  return variablesOfDrivers(
    installed.filter(entry => entry.kind === kind),
    service,
    project.modules,
  );
}

/** The scheme of the first of a service's variables. */
function mainScheme(
  kind: ServiceKind,
  variable: Sourced<string>,
  context: Context,
  djangoScheme: string | undefined,
): Finding<Sourced<string>> {
  const { project, readsOf, framework } = context;
  const { origins } = project;
  const configured = options(project, kind).scheme;
  if (configured !== undefined)
    return found({ value: configured, place: configPlace(origins, `services.${kind}.scheme`) });
  return schemeOf({
    origins,
    kind,
    drivers: driversOf(kind, context),
    variable,
    reads: readsOf(kind),
    framework,
    mapper: mapperOf(context),
    sqlalchemy: context.sqlalchemy,
    modules: project.modules,
    ...defined({ djangoScheme }),
  });
}

/** The drivers of a service that fit the app's engine; all of them when none does. */
function driversOf(kind: ServiceKind, { installed, engine }: Context): readonly Installed[] {
  const all = installed.filter(entry => entry.kind === kind);
  const fitting = all.filter(({ driver }) => !engine || !driver.engine || driver.engine === engine);
  return fitting.length > 0 ? fitting : all;
}

function mapperOf({ engine, dependencies }: Context): 'sqlalchemy' | 'tortoise' | undefined {
  const has = (pattern: RegExp) => dependencies.some(({ name }) => pattern.test(name));
  if (engine !== undefined || has(/^(flask-)?sqlalchemy$|^sqlmodel$/)) return 'sqlalchemy';
  return has(/^tortoise-orm$/) ? 'tortoise' : undefined;
}

function noVariable(
  { origins }: Project,
  kind: ServiceKind,
  dependency: Dependency | undefined,
  reads: readonly ServiceRead[],
): Diagnostic {
  const service = SERVICES[kind];
  const part = anyPart(service, reads);
  const data = { service: kind, example: service.example };
  const words = defined({ ...data, driver: dependency?.name, part: part?.name });
  return diagnose(
    'QS502',
    words,
    part ? { file: part.path, line: part.line } : (dependency?.place ?? configPlace(origins, `services.${kind}`)),
  );
}

/** A variable belongs to one service: the one it is the best name of. */
function withoutSharedVariables(services: readonly ServiceFacts[]): readonly ServiceFacts[] {
  const taken = new Set(services.flatMap(({ addresses: [first] = [] }) => first?.variable.value ?? []));
  return services.map(({ addresses: [first, ...others] = [], ...service }) => {
    if (first === undefined) return service;
    const own = others.filter(({ variable }) => !taken.has(variable.value));
    for (const { variable } of own) taken.add(variable.value);
    return { ...service, addresses: [first, ...own] };
  });
}
