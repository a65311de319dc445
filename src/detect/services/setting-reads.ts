/** Settings of frameworks and libraries that name a service: a variable whose value goes there may have any name. */

import { defined } from '../../source/defined.js';
import { isOthers, RUN_SERVICES, type ServiceKind } from '../../support/run-services.js';
import type { AddressPart, RunServiceDefinition, ServiceSetting } from '../../support/services/definition.js';
import { SERVICES } from '../../support/services/index.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import { type Deployment, type GivenVariable, serviceAt } from '../files/deployment.js';
import { partNamed } from './address-parts.js';
import { ownPrefix } from './own-prefix.js';
import { wholeTargetsOf } from './targets.js';
import { schemeIn } from './url-scheme.js';

/** A variable as one service sees it. */
export interface ServiceRead extends EnvRead {
  /** What a setting in the code, or its value in the deployment, says that it holds, whatever its name says. */
  readonly holds?: AddressPart | 'address';
  /** The value that the deployment gives it. */
  readonly given?: GivenVariable;
  /** Whether only the deployment names it, and no code that can be read. */
  readonly isOnlyGiven?: true;
}

/** The variables that may hold an address of a service: without those that are known to be another's. */
export type ReadsOf = (kind: ServiceKind) => readonly ServiceRead[];

/** Ends of names that never hold a whole address. */
const BESIDE_ADDRESS = /_(DB|PORT|INDEX|PREFIX|TIMEOUT|PASSWORD|USER|USERNAME|SSL|VERSION)$/;

interface Claim {
  readonly kind: ServiceKind;
  readonly holds: AddressPart | 'address';
}

/** Sorts what the code reads, and what the deployment sets to a service's address, by what settings and values say of them. */
export function readsByService(
  modules: readonly PythonModule[],
  reads: readonly EnvRead[],
  deployment: Deployment,
  hasDatabase: boolean,
): ReadsOf {
  const all = withGiven(reads, deployment);
  const own = modules.filter(({ isTest }) => !isTest);
  const claims = new Map<string, readonly Claim[]>();
  const claim = (name: string, made: Claim) => claims.set(name, [...(claims.get(name) ?? []), made]);
  for (const { name, given } of all) {
    const known = given && hostIn(given, deployment);
    if (known && !claims.has(name)) claim(name, known);
  }
  for (const read of all) {
    const known = claims.has(read.name) || isNamed(read.name) ? undefined : otherwiseNamed(read, own, deployment);
    if (known) claim(read.name, known);
  }
  const prefix = ownPrefix(reads.map(({ name }) => name));
  if (prefix !== undefined)
    for (const { name } of all) {
      if (!name.startsWith(prefix) || claims.has(name)) continue;
      for (const made of namedWithout(prefix, name)) claim(name, made);
    }
  for (const [kind, { settings = [] }] of RUN_SERVICES) {
    for (const setting of settings) {
      const names = new Set(variablesIn(setting, own, reads));
      for (const name of names) {
        // Beside an address in the same expression stand the number of a database, a prefix of keys; or all of them are its parts.
        const isPart = BESIDE_ADDRESS.test(name) || (names.size > 1 && NAMES_HOST.test(name));
        if (setting.holds !== 'address' || !isPart) claim(name, { kind, holds: setting.holds });
      }
    }
  }
  return kind =>
    all.flatMap(read => {
      const claimed = claims.get(read.name);
      if (claimed === undefined) return isOthers(kind, read.name) ? [] : [withForm(SERVICES[kind], read, hasDatabase)];
      const mine = claimed.find(made => made.kind === kind);
      return mine ? [{ ...read, holds: mine.holds }] : [];
    });
}

/** What a variable's name says without what all of the app's begin with, where the whole name says nothing. */
function namedWithout(prefix: string, name: string): readonly Claim[] {
  if (isNamed(name) || RUN_SERVICES.some(([, service]) => partNamed(service, name) !== undefined)) return [];
  const rest = name.slice(prefix.length);
  return RUN_SERVICES.flatMap(([kind, service]): readonly Claim[] => {
    if (isOthers(kind, rest)) return [];
    const holds = service.variables.some(pattern => pattern.test(rest)) ? 'address' : partNamed(service, rest);
    return holds === undefined ? [] : [{ kind, holds }];
  });
}

/** Whether a variable is named as those that hold the address of some service. */
function isNamed(name: string): boolean {
  return RUN_SERVICES.some(([, { variables }]) => variables.some(pattern => pattern.test(name)));
}

/**
 * The service whose address a variable with a name of its own holds: by the host in the value that the deployment gives it, else by the
 * name that its value has in the code, `REDIS_URL = os.getenv("REDISTOGO_URL")`.
 */
function otherwiseNamed(
  read: ServiceRead,
  modules: readonly PythonModule[],
  deployment: Deployment,
): Claim | undefined {
  if (schemeOfService(read.given?.value ?? read.fallback)) return undefined;
  const host = /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([\w.-]+)/.exec(read.given?.value ?? '')?.[1];
  const kind = host === undefined ? undefined : serviceAt(deployment, host);
  if (kind) return isOfPages(kind, read.given?.value) ? undefined : { kind, holds: 'address' };
  const targets = wholeTargetsOf(read, modules);
  const named = RUN_SERVICES.filter(([other, { variables, isDatabase }]) =>
    targets.some(target => !isDatabase && !isOthers(other, target) && variables.some(pattern => pattern.test(target))),
  );
  return named.length === 1 ? { kind: named[0]![0], holds: 'address' } : undefined;
}

/** Whether an address leads to the pages that a service shows people beside its own protocol: `http://rabbitmq:15672`. */
function isOfPages(kind: ServiceKind, address: string | undefined): boolean {
  return /^https?$/.test(schemeIn(address) ?? '') && SERVICES[kind].protocol !== 'http';
}

function schemeOfService(value: string | undefined): boolean {
  const scheme = schemeIn(value);
  return scheme !== undefined && RUN_SERVICES.some(([, { schemes }]) => schemes.test(scheme));
}

/** A variable of whichever database an app has. */
const DATABASE_VARIABLE = /^(DATABASE|DB)_UR[IL]$/;

/** A read with what it holds, where its value shows that its name says too little: a whole address, or `host:port`. */
function withForm(
  { own, variables, takesDatabase }: RunServiceDefinition,
  read: ServiceRead,
  hasDatabase: boolean,
): ServiceRead {
  if (takesDatabase && !hasDatabase && DATABASE_VARIABLE.test(read.name)) return { ...read, holds: 'address' };
  if (!own?.test(read.name) || variables.some(pattern => pattern.test(read.name))) return read;
  const value = read.given?.value ?? read.fallback ?? '';
  if (schemeIn(value) !== undefined) return { ...read, holds: 'address' };
  return /^[\w.-]+:\d+$/.test(value) ? { ...read, holds: 'server' } : read;
}

/** The reads with their values in the deployment, and behind them what it sets to a service's address and no code reads visibly. */
function withGiven(reads: readonly EnvRead[], deployment: Deployment): readonly ServiceRead[] {
  const given = new Map(deployment.variables.map(variable => [variable.name, variable]));
  const names = new Set(reads.map(({ name }) => name));
  const others = deployment.variables.filter(
    variable => !names.has(variable.name) && (isAddress(variable) || hostIn(variable, deployment)),
  );
  return [
    ...reads.map(read => ({ ...read, ...defined({ given: given.get(read.name) }) })),
    ...others.map(variable => ({
      name: variable.name,
      path: variable.place.file,
      line: variable.place.line ?? 1,
      required: false,
      given: variable,
      isOnlyGiven: true as const,
    })),
  ];
}

function isAddress({ value }: GivenVariable): boolean {
  return schemeOfService(value);
}

const NAMES_HOST = /(HOST|HOSTNAME|HOST_NAME|SERVERS?|ADDRESS|ADDR|ENDPOINT)$/;

/** The service that a value such as `db` or `cache:6379` leads to, by the compose file. */
function hostIn({ name, value }: GivenVariable, deployment: Deployment): Claim | undefined {
  const [, host, port] = /^([\w.-]+?)(:\d+)?$/.exec(value) ?? [];
  const kind = host === undefined || !NAMES_HOST.test(name) ? undefined : serviceAt(deployment, host);
  return kind && { kind, holds: port === undefined ? 'host' : 'server' };
}

function variablesIn(
  setting: ServiceSetting,
  modules: readonly PythonModule[],
  reads: readonly EnvRead[],
): readonly string[] {
  return modules.flatMap(module => {
    const names = new Set(reads.filter(({ path }) => path === module.path).map(({ name }) => name));
    if (names.size === 0) return [];
    const read = (tokens: readonly PythonToken[]) =>
      tokens.filter(({ kind, text }) => kind === 'string' && names.has(text)).map(({ text }) => text);
    return valuesOf(setting, module).flatMap(value => {
      // By way of a name of the module: `SERVERS = os.environ["CACHE_NODES"]`.
      const named = value.flatMap(({ kind, text }) => (kind === 'name' ? assignedTo(text, module) : []));
      return [...read(value), ...read(named)];
    });
  });
}

function assignedTo(name: string, { statements }: PythonModule): readonly PythonToken[] {
  return statements
    .filter(({ tokens: [target, equals] }) => target?.text === name && equals?.text === '=')
    .flatMap(({ tokens }) => tokens);
}

/** The expressions that a setting is given: `"KEY": value`, `KEY = value`, `config["KEY"] = value`, `KEY=value`. */
function valuesOf({ key, beside }: ServiceSetting, { statements }: PythonModule): readonly (readonly PythonToken[])[] {
  return statements.flatMap(({ tokens }) =>
    tokens.flatMap(({ kind, text }, at) => {
      if (text !== key || (kind !== 'string' && kind !== 'name')) return [];
      const after = tokens[at + 1]?.text === ']' ? at + 2 : at + 1;
      if (!/^[:=]$/.test(tokens[after]?.text ?? '')) return [];
      const isMeant =
        beside === undefined || siblings(tokens, at).some(item => item.kind === 'string' && beside.test(item.text));
      return isMeant ? [valueFrom(tokens, after + 1)] : [];
    }),
  );
}

/** The tokens within the brackets around one, without those of brackets inside. */
function siblings(tokens: readonly PythonToken[], at: number): readonly PythonToken[] {
  const before: PythonToken[] = [];
  for (let index = at - 1, depth = 0; index >= 0 && depth >= 0; index--) {
    const token = tokens[index]!;
    depth += step(token) * -1;
    if (depth === 0) before.push(token);
  }
  const after: PythonToken[] = [];
  for (let index = at + 1, depth = 0; index < tokens.length && depth >= 0; index++) {
    const token = tokens[index]!;
    depth += step(token);
    if (depth === 0) after.push(token);
  }
  return [...before, ...after];
}

function valueFrom(tokens: readonly PythonToken[], start: number): readonly PythonToken[] {
  let depth = 0;
  const rest = tokens.slice(start);
  const end = rest.findIndex(token => {
    depth += step(token);
    return depth < 0 || (depth === 0 && token.kind === 'op' && token.text === ',');
  });
  return end < 0 ? rest : rest.slice(0, end);
}

/** What a token does to the depth of brackets. */
function step({ kind, text }: PythonToken): number {
  if (kind !== 'op') return 0;
  return /^[([{]$/.test(text) ? 1 : /^[)\]}]$/.test(text) ? -1 : 0;
}
