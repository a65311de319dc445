/** The services by what can be done with them: those that Quayside runs, and those that it only knows by name. */
import { entriesOf } from './registry.js';
import type { ForeignServiceDefinition, RunServiceDefinition } from './services/definition.js';
import { type KnownService, SERVICES } from './services/index.js';

/** A service that Quayside runs: its name in quayside.yaml, in compose/ and on the network. */
export type ServiceKind = {
  [K in KnownService]: (typeof SERVICES)[K] extends RunServiceDefinition ? K : never;
}[KnownService];

/** A service that Quayside knows and does not run. */
export type ForeignService = Exclude<KnownService, ServiceKind>;

const all = entriesOf<KnownService, (typeof SERVICES)[KnownService]>(SERVICES);

/** Those that are run, lowest rank first. */
export const RUN_SERVICES = all.filter(([, { run }]) => run) as readonly (readonly [
  ServiceKind,
  RunServiceDefinition,
])[];

/** Those that are not, lowest rank first. */
export const FOREIGN_SERVICES = all.filter(([, { run }]) => !run) as readonly (readonly [
  ForeignService,
  ForeignServiceDefinition,
])[];

/** The names of those that are run, lowest rank first. */
export const SERVICE_KINDS: readonly ServiceKind[] = RUN_SERVICES.map(([kind]) => kind);

/** Whether a name says that a variable belongs to another service than this one, whatever else it has in it: MONGO_DB_URL. */
export function isOthers(kind: ServiceKind, name: string): boolean {
  return (
    FOREIGN_SERVICES.some(([, { variables }]) => variables.test(name)) ||
    RUN_SERVICES.some(([other, { own }]) => other !== kind && own?.test(name))
  );
}

/** The services, in their order, that a Python package talks to. */
export function servicesOf(dependency: string): readonly ServiceKind[] {
  return RUN_SERVICES.filter(([, { drivers }]) => drivers.some(({ packages }) => packages.includes(dependency))).map(
    ([kind]) => kind,
  );
}
