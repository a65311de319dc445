/** Services the app needs: from its drivers and from the environment variables that its code reads addresses from. */
import { worded } from '../../diagnostics/diagnose.js';
import type { Diagnostic, Place } from '../../diagnostics/diagnostic.js';
import { configPlace } from '../../source/config-place.js';
import { type Finding, found } from '../../source/finding.js';
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { EnvRead } from '../code/env-read.js';
import type { Framework, ServiceFacts, ServiceKind } from '../facts.js';
import type { ComposeServices } from '../files/compose-services.js';
import type { Project } from '../project.js';
import { addressParts, anyPart } from './address-parts.js';
import { DRIVERS, type Driver } from './drivers.js';
import { engineOf } from './engines.js';

/** A driver with the dependency that brings it. */
interface Installed {
  readonly driver: Driver;
  readonly dependency: Dependency;
}

/** Services with one scheme whatever talks to them: no driver has to be known. */
const ONLY_SCHEME: { readonly [kind in ServiceKind]?: string } = { mailpit: 'smtp', rabbitmq: 'amqp' };

const DATABASES: readonly ServiceKind[] = ['mariadb', 'mysql', 'postgres'];

/** Names of variables that hold an address, best first. */
const VARIABLES: Readonly<Record<ServiceKind, readonly RegExp[]>> = {
  mariadb: databaseVariables('MARIADB|MYSQL'),
  mysql: databaseVariables('MYSQL|MARIADB'),
  postgres: databaseVariables('POSTGRES|POSTGRESQL|PG'),
  redis: [
    /^REDIS_UR[IL]$/,
    /REDIS_{1,2}(UR[IL]|DSN)$/,
    /^(CACHE|RQ|SESSION_REDIS|CELERY_BROKER|BROKER|CELERY_RESULT)_?(REDIS_)?UR[IL]$/,
    /^CELERY_RESULT_BACKEND$/,
    /^RATELIMIT_STORAGE_UR[IL]$/,
  ],
  rabbitmq: [/^(RABBITMQ|AMQP)_UR[IL]$/, /(RABBITMQ|AMQP)_(UR[IL]|DSN)$/, /^(CELERY_)?BROKER_UR[IL]$/],
  mailpit: [/^(SMTP|MAIL|EMAIL)_UR[IL]$/],
};

function databaseVariables(names: string): RegExp[] {
  return [
    /^DATABASE_UR[IL]$/,
    /^(SQLALCHEMY_DATABASE|DB)_UR[IL]$/,
    new RegExp(`^(${names})_(UR[IL]|DSN)$`),
    /(DATABASE|_DB|SQLALCHEMY)_{0,2}(UR[IL]|DSN)$/,
    /^(DATABASE|DB)_DSN$/,
  ];
}

/** Schemes of URLs that point to a service, for literal defaults in the code. */
const SCHEMES: Readonly<Record<ServiceKind, RegExp>> = {
  mariadb: /^(mysql|mariadb)(\+\w+)?$/,
  mysql: /^(mysql|mariadb)(\+\w+)?$/,
  postgres: /^postgres(ql)?(\+\w+)?$/,
  redis: /^rediss?$/,
  rabbitmq: /^(amqps?|pyamqp)$/,
  mailpit: /^smtps?$/,
};

const FOR_TESTS = /^TEST(S|ING)?_/;

/** Finds the services with the variable and URL scheme of each. `framework` decides between the spellings of a scheme. */
export function detectServices(
  project: Project,
  dependencies: readonly Dependency[],
  reads: readonly EnvRead[],
  framework: Framework,
  compose: ComposeServices = new Map(),
): Finding<readonly ServiceFacts[]> {
  const installed = installedDrivers(dependencies);
  const kinds = asInCompose(project, wantedKinds(project, installed, reads), compose);
  const undecided = undecidedDatabase(project, kinds, installed);
  if (undecided) return { diagnostics: [undecided] };
  const findings = kinds.map(kind => service(project, kind, installed, reads, framework, dependencies, compose));
  const diagnostics = findings.flatMap(finding => finding.diagnostics);
  if (diagnostics.length > 0) return { diagnostics };
  return found(withoutSharedVariables(findings.flatMap(({ value }) => (value === undefined ? [] : [value]))));
}

function installedDrivers(dependencies: readonly Dependency[]): Installed[] {
  const main = dependencies.filter(({ group }) => group === 'main');
  return main.flatMap(dependency =>
    DRIVERS.filter(driver => driver.packages.some(name => matches(name, dependency))).map(driver => ({
      driver,
      dependency,
    })),
  );
}

/** Whether a table entry such as `celery[redis]` is this dependency. */
function matches(name: string, dependency: Dependency): boolean {
  const [base, extra] = name.split(/[[\]]/);
  return dependency.name === base && (extra === undefined || (dependency.extras ?? []).includes(extra));
}

function wantedKinds(project: Project, installed: readonly Installed[], reads: readonly EnvRead[]): ServiceKind[] {
  const configured = project.config.services ?? {};
  const isOn = (kind: ServiceKind) => configured[kind] !== undefined && configured[kind] !== false;
  const isOff = (kind: ServiceKind) => configured[kind] === false;
  const kinds = new Set<ServiceKind>();
  const hasRedisClient = installed.some(({ driver }) => driver.kind === 'redis' && !driver.optional);
  const namesRedis = reads.some(read => SCHEMES.redis.test(schemeIn(read.fallback) ?? ''));
  for (const { driver, dependency } of installed) {
    // Optional drivers (a cache library's) count only when the code reads an address for them.
    if (driver.optional && !isRead(driver.kind, reads)) continue;
    // Celery speaks AMQP by itself, and Redis with its client only.
    if (driver.optional && dependency.name === 'celery' && !hasRedisClient && !namesRedis) {
      if (addressVariables('rabbitmq', reads).length > 0) kinds.add('rabbitmq');
      continue;
    }
    kinds.add(driver.kind);
  }
  for (const kind of Object.keys(VARIABLES) as ServiceKind[]) if (isOn(kind)) kinds.add(kind);
  // Python sends mail by itself, so only the variable shows it.
  if (isRead('mailpit', reads)) kinds.add('mailpit');
  // MariaDB and MySQL share their drivers: configuring MySQL chooses it.
  if (isOn('mysql') && !isOn('mariadb')) kinds.delete('mariadb');
  return [...kinds].filter(kind => !isOff(kind)).sort((a, b) => order(a) - order(b));
}

/** Whether the code reads an address of a service, as a whole or in parts. */
function isRead(kind: ServiceKind, reads: readonly EnvRead[]): boolean {
  return addressVariables(kind, reads).length > 0 || addressParts(kind, reads, 'django').length > 0;
}

/** Of several databases that the drivers leave open, the one that the app's own compose file runs. */
function asInCompose(project: Project, kinds: readonly ServiceKind[], compose: ComposeServices): ServiceKind[] {
  const run = DATABASES.filter(kind => compose.has(kind));
  const isConfigured = DATABASES.some(kind => project.config.services?.[kind]);
  const [only, second] = run;
  if (only === undefined || second !== undefined || isConfigured) return [...kinds];
  const fits = (kind: ServiceKind) => kind === only || (only === 'mysql' && kind === 'mariadb');
  if (!kinds.some(fits)) return [...kinds];
  const others = kinds.filter(kind => !DATABASES.includes(kind));
  return [only, ...others].sort((a, b) => order(a) - order(b));
}

function order(kind: ServiceKind): number {
  return Object.keys(VARIABLES).indexOf(kind);
}

function undecidedDatabase(
  project: Project,
  kinds: readonly ServiceKind[],
  installed: readonly Installed[],
): Diagnostic | undefined {
  const databases = kinds.filter(kind => DATABASES.includes(kind));
  const variables = new Set(databases.map(kind => options(project, kind).variable));
  if (databases.length < 2 || (variables.size === databases.length && !variables.has(undefined))) return undefined;
  const drivers = databases
    .map(kind => installed.find(({ driver }) => driver.kind === kind)?.dependency)
    .filter(d => d !== undefined);
  const names = drivers.map(({ name, place }) => `${name} (${place.file}:${place.line})`);
  return worded('QS501', {
    place: drivers[0]?.place,
    problem: `drivers of more than one database are installed: ${names.join(', ')}`,
    expected: `one of ${databases.join(', ')}, or a variable for each`,
    fix: `write in quayside.yaml: services: { ${databases[1]}: false } (or ${databases[0]}: false)`,
  });
}

function options(project: Project, kind: ServiceKind): { variable?: string | undefined; scheme?: string | undefined } {
  return project.config.services?.[kind] || {};
}

function service(
  project: Project,
  kind: ServiceKind,
  installed: readonly Installed[],
  reads: readonly EnvRead[],
  framework: Framework,
  dependencies: readonly Dependency[],
  compose: ComposeServices,
): Finding<ServiceFacts> {
  const all = installed.filter(({ driver }) => driver.kind === kind || (kind === 'mysql' && driver.kind === 'mariadb'));
  const engine = engineOf(project);
  const usesSqlalchemy =
    engine !== undefined || dependencies.some(({ name }) => /^(flask-)?sqlalchemy$|^sqlmodel$/.test(name));
  const fitting = all.filter(({ driver }) => !engine || !driver.engine || driver.engine === engine.value);
  const drivers = fitting.length > 0 ? fitting : all;
  const configured = options(project, kind);
  const variables = addressVariables(kind, reads);
  const variable: Sourced<string> | undefined =
    configured.variable === undefined
      ? variables[0]
      : { value: configured.variable, place: configPlace(`services.${kind}.variable`) };
  const parts = addressParts(kind, reads, framework);
  const composed = compose.get(kind);
  const more = {
    ...(parts.length > 0 && { parts }),
    ...(composed?.version !== undefined && { version: composed.from }),
  };
  if (!variable && parts.length > 0) return found({ kind, ...more });
  if (!variable) return { diagnostics: [noVariable(kind, drivers[0]?.dependency, reads)] };
  const scheme =
    configured.scheme === undefined
      ? schemeOf(kind, drivers, reads, variable, framework, usesSqlalchemy)
      : found<Sourced<string>>({ value: configured.scheme, place: configPlace(`services.${kind}.scheme`) });
  if (scheme.value === undefined) return { diagnostics: scheme.diagnostics };
  const also = variables.filter(({ value }) => value !== variable.value);
  return found({ kind, variable, scheme: scheme.value, ...(also.length > 0 && { also }), ...more });
}

/** Variables that the code reads an address of this kind from, best first; one with another service's default is not. */
function addressVariables(kind: ServiceKind, reads: readonly EnvRead[]): Sourced<string>[] {
  const rank = (read: EnvRead) => {
    const byName = VARIABLES[kind].findIndex(pattern => pattern.test(read.name));
    return (FOR_TESTS.test(read.name) ? 100 : 0) + (byName < 0 ? VARIABLES[kind].length : byName);
  };
  const fits = reads.filter(read => {
    const scheme = schemeIn(read.fallback);
    if (scheme !== undefined && SCHEMES[kind].test(scheme)) return true;
    const belongsElsewhere = scheme !== undefined && Object.values(SCHEMES).some(pattern => pattern.test(scheme));
    return !belongsElsewhere && VARIABLES[kind].some(pattern => pattern.test(read.name));
  });
  // What only the tests read says nothing of the app.
  if (fits.every(({ name }) => FOR_TESTS.test(name))) return [];
  const names = new Map(fits.toReversed().map(read => [read.name, read]));
  return [...names.values()]
    .toSorted((a, b) => rank(a) - rank(b))
    .map(read => ({ value: read.name, place: { file: read.path, line: read.line }, why: 'read by the code' }));
}

function schemeIn(url: string | undefined): string | undefined {
  return /^([a-z][a-z0-9+]*):\/\//.exec(url ?? '')?.[1];
}

function schemeOf(
  kind: ServiceKind,
  drivers: readonly Installed[],
  reads: readonly EnvRead[],
  variable: Sourced<string>,
  framework: Framework,
  usesSqlalchemy: boolean,
): Finding<Sourced<string>> {
  const literal = reads.find(read => read.name === variable.value && SCHEMES[kind].test(schemeIn(read.fallback) ?? ''));
  if (literal) {
    const place: Place = { file: literal.path, line: literal.line };
    return found({ value: schemeIn(literal.fallback)!, place, why: `default of ${literal.name}` });
  }
  const [first, second] = drivers;
  const known = ONLY_SCHEME[kind];
  if (!first && known !== undefined) return found({ value: known, place: variable.place, why: 'its protocol' });
  if (!first) {
    return {
      diagnostics: [
        worded('QS503', {
          place: configPlace(`services.${kind}`),
          problem: `${kind} is configured, and no dependency is a driver for it`,
          expected: 'a driver among the main dependencies, or the URL scheme the app expects',
          fix: `add the driver, or write services: { ${kind}: { scheme: ... } } in quayside.yaml`,
        }),
      ],
    };
  }
  const spelling = ({ driver }: Installed) =>
    framework === 'django' ? (driver.django ?? driver.plain) : usesSqlalchemy ? driver.scheme : driver.plain;
  if (second && spelling(first) !== spelling(second)) {
    const names = drivers.map(({ dependency }) => dependency.name).join(' and ');
    return {
      diagnostics: [
        worded('QS504', {
          place: first.dependency.place,
          problem: `${names} are both installed, and the code does not show which one ${variable.value} names`,
          expected: `one driver for ${kind}, or the scheme of its address`,
          fix: `write in quayside.yaml: services: { ${kind}: { scheme: "${spelling(first)}" } } (or "${spelling(second)}")`,
        }),
      ],
    };
  }
  return found({ value: spelling(first), place: first.dependency.place, why: `driver ${first.dependency.name}` });
}

function noVariable(kind: ServiceKind, dependency: Dependency | undefined, reads: readonly EnvRead[]): Diagnostic {
  const part = anyPart(kind, reads);
  const example = kind === 'redis' ? 'REDIS_URL' : 'DATABASE_URL';
  const installed = dependency ? ` (${dependency.name} is installed)` : '';
  if (part) {
    return worded('QS502', {
      place: { file: part.path, line: part.line },
      problem: `the app needs ${kind}${installed}, and reads parts of its address (${part.name}), but no host`,
      expected: `code that reads the host from a variable, or the whole address from one such as ${example}`,
      fix: `read ${example} in the code, or write services: { ${kind}: false } in quayside.yaml to do without`,
    });
  }
  return worded('QS502', {
    place: dependency?.place ?? configPlace(`services.${kind}`),
    problem: `the app needs ${kind}${installed}, and reads no variable for its address`,
    expected: `code that reads a variable such as ${example} from the environment`,
    fix: `name it in quayside.yaml: services: { ${kind}: { variable: NAME } }, or write ${kind}: false`,
  });
}

/** A variable belongs to one service: the one it is the best name of. */
function withoutSharedVariables(services: readonly ServiceFacts[]): ServiceFacts[] {
  const taken = new Set(services.flatMap(({ variable }) => variable?.value ?? []));
  return services.map(({ also, ...service }) => {
    const own = (also ?? []).filter(({ value }) => !taken.has(value));
    for (const { value } of own) taken.add(value);
    return own.length > 0 ? { ...service, also: own } : service;
  });
}
