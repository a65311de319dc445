/** Whether an app can do without a service: by how its address is read, and by how its client is imported. */
import type { Sourced } from '../../source/sourced.js';
import type { Dependency } from '../../support/dependency.js';
import type { ServiceKind } from '../../support/run-services.js';
import type { RunServiceDefinition } from '../../support/services/definition.js';
import { type KnownService, SERVICES } from '../../support/services/index.js';
import { isBelowCondition, isConditional, namesGoneWithout } from '../code/conditions.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';
import type { AbsentService } from '../facts.js';
import { isHint } from '../files/deployment.js';
import type { ServiceRead } from './setting-reads.js';
import { targetsOf } from './targets.js';

/** A place where the code uses a service's client, or names the service in a setting. */
export interface ServiceUse {
  readonly path: string;
  readonly line: number;
  /** Only under a condition, in a function, or where a failure is caught. */
  readonly isConditional: boolean;
}

/** What gives the use of a service away. */
export interface UseMarks {
  /** Modules of its clients. */
  readonly imported: readonly string[];
  /** Texts that name it. */
  readonly texts: RegExp;
}

/** Finds where the app's own code imports a client, or has a text that names the service. */
export function usesOf({ imported, texts }: UseMarks, modules: readonly PythonModule[]): readonly ServiceUse[] {
  return modules
    .filter(({ isTest }) => !isTest)
    .flatMap(module =>
      module.statements.flatMap(({ tokens, line }, at) => {
        const isImport = /^(import|from)$/.test(tokens[0]?.text ?? '') && imported.includes(tokens[1]?.text ?? '');
        // What only asks which database there is names none: `connection.vendor == "mysql"`.
        const isNamed = () =>
          tokens.some(({ kind, text }, i) => kind === 'string' && texts.test(text) && tokens[i - 2]?.text !== 'vendor');
        if (!isImport && !isNamed()) return [];
        return [{ path: module.path, line, isConditional: isConditional(module, at) }];
      }),
    );
}

/**
 * The variable without which the app goes without a service, when its address is read from such ones only: each has a default that is
 * nothing, or is tested for having a value. None of those that the deployment sets is among them.
 */
export function optionalAddress<R extends EnvRead>(
  addresses: readonly R[],
  modules: readonly PythonModule[],
): R | undefined {
  const [first] = addresses;
  if (first === undefined || addresses.some(({ without, fallback }) => without === 'fails' || fallback))
    return undefined;
  const names = addresses.map(read => [read.name, ...targetsOf(read, modules)]);
  const gone = namesGoneWithout(modules, new Set(names.flat()));
  const isOptional = addresses.every(({ without }, at) => without === 'nothing' || names[at]!.some(n => gone.has(n)));
  return isOptional ? first : undefined;
}

/**
 * A service that the app goes without unless the deployment gives its address: one that is used beside its database, when the address is
 * read and tested for having a value; a database when its address has a default that is nothing as well, for another one is in its place.
 */
export function withoutAddress(
  kind: ServiceKind,
  addresses: readonly ServiceRead[],
  modules: readonly PythonModule[],
): AbsentService | undefined {
  const { isDatabase, goesWithout }: RunServiceDefinition = SERVICES[kind];
  // An example of the variables shows what may be set.
  if (addresses.some(({ given }) => given !== undefined && !(goesWithout && isHint(given)))) return undefined;
  const variable = goesWithout && optionalAddress(addresses, modules);
  if (variable) return withoutVariable(kind, variable);
  if (goesWithout && addresses.length > 0 && addresses.every(read => isReadBelowCondition(read, modules)))
    return absentFrom(kind, addresses[0]!, 'its address is read only where a condition holds');
  if (!isDatabase) return undefined;
  const isNothing = addresses.every(({ without }) => without === 'nothing');
  const names = addresses.flatMap(read => [read.name, ...targetsOf(read, modules)]);
  const [first] = addresses;
  if (!first || !isNothing || namesGoneWithout(modules, new Set(names)).size === 0) return undefined;
  return withoutVariable(kind, first);
}

/** The same of one whose address has no default but nothing, beside a variable without which the app makes no use of it. */
export function withoutSwitch(
  kind: ServiceKind,
  addresses: readonly ServiceRead[],
  reads: readonly ServiceRead[],
  modules: readonly PythonModule[],
): AbsentService | undefined {
  const { switches }: RunServiceDefinition = SERVICES[kind];
  const isOpen = ({ without, fallback, given }: ServiceRead) =>
    without !== 'fails' && !fallback && (given === undefined || isHint(given));
  if (switches === undefined || !addresses.every(isOpen)) return undefined;
  const tested = reads.filter(read => switches.test(read.name) && isOpen(read));
  const gone = namesGoneWithout(modules, new Set(tested.flatMap(read => [read.name, ...targetsOf(read, modules)])));
  const off = tested.find(read => [read.name, ...targetsOf(read, modules)].some(name => gone.has(name)));
  return off && withoutVariable(kind, off);
}

/** Finds where the app's own code imports a client of a service that could be run, or names the service. */
export function usesOfService(kind: ServiceKind, modules: readonly PythonModule[]): readonly ServiceUse[] {
  const { drivers }: RunServiceDefinition = SERVICES[kind];
  const imported = drivers.flatMap(({ packages, modules: others = [] }) => [
    ...packages.map(name => name.replace(/\[.*/, '').replaceAll('-', '_')),
    ...others,
  ]);
  return usesOf({ imported, texts: textsOf(kind) }, modules);
}

/** Texts that name a service: its own name, the beginning of its addresses, whatever stands around them. */
export function textsOf(kind: ServiceKind): RegExp {
  const { drivers, schemes }: RunServiceDefinition = SERVICES[kind];
  const plain = drivers.map(({ plain }) => plain).filter(scheme => schemes.test(scheme));
  return new RegExp(`^\\S*(${[...new Set([kind, ...plain])].join('|')})\\S*$`, 'i');
}

/**
 * A service of which the code reads no address, and which nothing in the code names; a database only where the code names SQLite. A client
 * that is installed alone is no proof.
 */
export function withoutUse(
  kind: ServiceKind,
  client: Dependency,
  modules: readonly PythonModule[],
): AbsentService | undefined {
  const { isDatabase } = SERVICES[kind];
  if (usesOfService(kind, modules).length > 0) return undefined;
  if (isDatabase && usesOf(SQLITE, modules).length === 0) return undefined;
  return { service: kind, place: client.place, why: `${client.name} is installed, and no code in use names it` };
}

/** How code gives SQLite's databases away. */
const SQLITE: UseMarks = {
  imported: ['sqlite3', 'aiosqlite', 'apsw'],
  texts: /^sqlite(\+\w+)?:|^django\.(contrib\.gis\.)?db\.backends\.(sqlite3|spatialite)$/,
};

/** Where the code names SQLite; undefined where it does not, or the app has a database server. */
export function detectSqlite(
  modules: readonly PythonModule[],
  services: readonly { readonly kind: ServiceKind }[],
): Sourced<string> | undefined {
  if (services.some(({ kind }) => SERVICES[kind].isDatabase)) return undefined;
  const [use] = usesOf(SQLITE, modules);
  return use && { value: 'SQLite', place: { file: use.path, line: use.line }, why: 'the code names it' };
}

function isReadBelowCondition({ path, line }: ServiceRead, modules: readonly PythonModule[]): boolean {
  const module = modules.find(candidate => candidate.path === path);
  return module !== undefined && isBelowCondition(module, line);
}

function absentFrom(service: KnownService, { path, line }: Pick<EnvRead, 'path' | 'line'>, why: string): AbsentService {
  return { service, place: { file: path, line }, why };
}

/** How it is said that a service is not started. */
export function withoutVariable(service: KnownService, read: EnvRead): AbsentService {
  return absentFrom(service, read, `without ${read.name} the app goes without`);
}

/** The same of one whose client is used only where that may fail. */
export function withoutClient(service: KnownService, use: ServiceUse): AbsentService {
  return absentFrom(service, use, 'its client is imported only where the app asks for it');
}
