/** Of several databases whose drivers are installed, those that the app has: two where both are used. */
import { diagnose } from '../../diagnostics/diagnose.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import type { ServiceKind } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { PythonModule } from '../code/module.js';
import type { AbsentService } from '../facts.js';
import type { Project } from '../project.js';
import { addressParts } from './address-parts.js';
import { addressVariables, pointsTo } from './addresses.js';
import { choiceLeftOpen } from './choices.js';
import type { Installed } from './drivers.js';
import { usesOfService, withoutVariable } from './optional.js';
import type { ReadsOf } from './setting-reads.js';
import { isDatabase } from './wanted.js';

/** What databases are told apart by. */
export interface DatabaseSources {
  readonly project: Project;
  readonly served: readonly PythonModule[];
  readonly installed: readonly Installed[];
  readonly readsOf: ReadsOf;
}

/** The services that stay, or the question which of the databases the app has. */
export type SettledDatabases =
  | {
      readonly kinds: readonly ServiceKind[];
      readonly without?: readonly AbsentService[];
      readonly undecided?: undefined;
    }
  | { readonly undecided: Diagnostic };

/**
 * Settles which databases the app has: those that values of variables point to, else those that have variables of their own, else the
 * only one whose driver the code imports or names; none where a variable chooses between them and SQLite, and nobody gives it a value. What the
 * configuration asks for is taken as it is.
 */
export function settledDatabases(kinds: readonly ServiceKind[], sources: DatabaseSources): SettledDatabases {
  const databases = kinds.filter(isDatabase);
  const options = sources.project.config.services ?? {};
  const configured = databases.map(kind => {
    const own = options[kind];
    return own ? own.variable : undefined;
  });
  const isNamed = new Set(configured).size === databases.length && !configured.includes(undefined);
  if (databases.length < 2 || isNamed) return { kinds };
  const used = usedOf(databases, sources);
  if (used.length > 0) return { kinds: kinds.filter(kind => !isDatabase(kind) || used.includes(kind)) };
  const open = choiceLeftOpen(
    databases.flatMap(kind => sources.readsOf(kind)),
    sources.served,
  );
  if (open)
    return {
      kinds: kinds.filter(kind => !isDatabase(kind)),
      without: databases.map(kind => withoutVariable(kind, open)),
    };
  const drivers = databases.flatMap(kind => sources.installed.find(entry => entry.kind === kind)?.dependency ?? []);
  const data = { drivers: drivers.map(({ name, place }) => ({ name, place })), services: databases };
  return { undecided: diagnose('QS501', data, drivers[0]?.place) };
}

function usedOf(databases: readonly ServiceKind[], { served, readsOf }: DatabaseSources): readonly ServiceKind[] {
  const pointed = databases.filter(kind => readsOf(kind).some(read => pointsTo(SERVICES[kind], read)));
  if (pointed.length > 0) return pointed;
  const own = databases.filter(kind => {
    const others = new Set(databases.filter(other => other !== kind).flatMap(other => placesOf(other, readsOf)));
    return placesOf(kind, readsOf).some(name => !others.has(name));
  });
  if (own.length > 0) return own;
  const named = databases.filter(kind => usesOfService(kind, served).length > 0);
  return named.length === 1 ? named : [];
}

/** Names of variables that say where a database is. */
function placesOf(kind: ServiceKind, readsOf: ReadsOf): readonly string[] {
  const reads = readsOf(kind);
  const parts = addressParts(SERVICES[kind], reads).filter(({ part }) => part === 'host' || part === 'server');
  return [...addressVariables(SERVICES[kind], reads), ...parts.map(({ variable }) => variable)].map(
    ({ value }) => value,
  );
}
