/** Services that the app talks to and that Quayside does not run: by their clients among the dependencies, and their use in code. */
import { diagnose } from '../../diagnostics/diagnose.js';
import { type Finding, failed, found } from '../../source/finding.js';
import type { Dependency } from '../../support/dependency.js';
import { FOREIGN_SERVICES, type ForeignService, RUN_SERVICES } from '../../support/run-services.js';
import type { ForeignServiceDefinition } from '../../support/services/definition.js';
import type { EnvRead } from '../code/env-read.js';
import type { PythonModule } from '../code/module.js';
import type { AbsentService } from '../facts.js';
import type { Deployment } from '../files/deployment.js';
import type { Project } from '../project.js';
import { installedDrivers } from './drivers.js';
import { optionalAddress, usesOf, withoutClient, withoutVariable } from './optional.js';
import { isDatabase } from './wanted.js';

/** A variable that holds the address of whichever database an app has. */
const DATABASE_VARIABLE = /(^|_)(DATABASE|DB)_UR[IL]$/;

/** Ends of names that say where a service is, and not who asks or for what. */
const NAMES_PLACE =
  /(UR[IL]|DSN|HOST|HOSTNAME|SERVER|ENDPOINT|ADDRESS|ADDR|BROKER|NODE|CLUSTER|CONNECTION|CONNECTION_STRING)S?$/;

/** What they are found in. */
export interface ForeignSources {
  readonly project: Project;
  /** Its modules without settings that it is not served with. */
  readonly served: readonly PythonModule[];
  readonly dependencies: readonly Dependency[];
  readonly reads: readonly EnvRead[];
  readonly deployment: Pick<Deployment, 'names' | 'images' | 'runsApp'>;
}

/**
 * Finds those that the app goes on without; one that it cannot go without stands in the way of a run: a client is a main dependency,
 * and the code uses it whatever its variables are.
 */
export function foreignServices(sources: ForeignSources): Finding<readonly AbsentService[]> {
  const findings = FOREIGN_SERVICES.map(([service, definition]) => foreignService(service, definition, sources));
  const diagnostics = findings.flatMap(finding => finding.diagnostics);
  if (diagnostics.length > 0) return failed(...diagnostics);
  return found(findings.flatMap(({ value }) => value ?? []));
}

function foreignService(
  service: ForeignService,
  definition: ForeignServiceDefinition,
  { project, served, dependencies, reads, deployment }: ForeignSources,
): Finding<AbsentService | undefined> {
  const { [service]: configured, own = {} } = project.config.services ?? {};
  if (configured === false || service in own) return found(undefined);
  const { packages, modules: others = [], texts, title } = definition;
  const client = dependencies.find(({ name, group }) => group === 'main' && packages.includes(name));
  if (!client) return found(undefined);
  const addresses = addressesOf(definition, dependencies, reads);
  const uses = usesOf({ imported: [client.name.replaceAll('-', '_'), ...others], texts }, served);
  const [use] = uses;
  const [address] = addresses;
  if (!address && !use) return found(undefined);
  const variable = optionalAddress(addresses, project.modules);
  if (variable) return found(withoutVariable(service, variable));
  const isStrict = addresses.some(({ without }) => without === 'fails');
  if (use && !isStrict && uses.every(({ isConditional }) => isConditional)) return found(withoutClient(service, use));
  // Whoever starts the app by its compose file has none either.
  const isElsewhere = [...deployment.names, ...deployment.images.values()].some(name => name.includes(service));
  if (deployment.runsApp && !isElsewhere && !isStrict) {
    const { path, line } = address ?? use!;
    return found({ service, place: { file: path, line }, why: 'its compose file starts the app without it' });
  }
  const run = RUN_SERVICES.map(([, other]) => other.need ?? other.title);
  const named = { name: client.name, place: client.place };
  const { path, line } = address ?? use!;
  return failed(diagnose('QS505', { service, title, client: named, run }, { file: path, line }));
}

/** What may hold its address: a variable of its own, or that of the app's only database. */
function addressesOf(
  { variables, isDatabase: holdsTables }: ForeignServiceDefinition,
  dependencies: readonly Dependency[],
  reads: readonly EnvRead[],
): readonly EnvRead[] {
  const hasDatabase = installedDrivers(dependencies).some(({ kind }) => isDatabase(kind));
  const all = reads.filter(
    ({ name }) => variables.test(name) || (holdsTables && !hasDatabase && DATABASE_VARIABLE.test(name)),
  );
  const places = all.filter(({ name }) => NAMES_PLACE.test(name));
  return places.length > 0 ? places : all;
}
