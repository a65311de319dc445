/** Which services an app needs: by its drivers, by the variables that it reads, by its configuration and its compose file. */
import { RUN_SERVICES, SERVICE_KINDS, type ServiceKind } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { PythonModule } from '../code/module.js';
import type { ComposeServices } from '../files/compose-services.js';
import type { Project } from '../project.js';
import { addressParts } from './address-parts.js';
import { addressVariables, pointsTo } from './addresses.js';
import type { Installed } from './drivers.js';
import { isOnlyEngine, namedEngines } from './named-engines.js';
import { usesOfService } from './optional.js';
import type { ReadsOf } from './setting-reads.js';

/** Those that drivers, variables and the configuration ask for, in their order. */
export function wantedKinds(
  { config, modules }: Pick<Project, 'config' | 'modules'>,
  installed: readonly Installed[],
  readsOf: ReadsOf,
): readonly ServiceKind[] {
  const configured = config.services ?? {};
  const isOn = (kind: ServiceKind) => configured[kind] !== undefined && configured[kind] !== false;
  const isDriven = installed.some(({ kind }) => isDatabase(kind));
  const engines = isDriven ? [] : namedEngines(modules);
  const isShown = (kind: ServiceKind) =>
    (SERVICES[kind].needsNoDriver === true && isRead(kind, readsOf)) ||
    // Another package brings its driver.
    (isDatabase(kind) && !isDriven && readsOf(kind).some(read => pointsTo(SERVICES[kind], read))) ||
    (isOnlyEngine(kind, engines) && !isDriven && isRead(kind, readsOf)) ||
    installed.some(entry => entry.kind === kind && counts(entry, installed, readsOf, modules));
  return RUN_SERVICES.filter(([kind, { insteadOf }]) => {
    if (configured[kind] === false) return false;
    if (isOn(kind)) return true;
    const isReplaced = RUN_SERVICES.some(([other, { insteadOf: replaced }]) => replaced === kind && isOn(other));
    return insteadOf === undefined && !isReplaced && isShown(kind);
  }).map(([kind]) => kind);
}

/** Whether an installed driver shows that its service is needed. */
function counts(
  { kind, driver, dependency }: Installed,
  installed: readonly Installed[],
  readsOf: ReadsOf,
  modules: readonly PythonModule[],
): boolean {
  if (driver.counts === undefined) return true;
  if (driver.counts === 'used')
    return isRead(kind, readsOf) || usesOfService(kind, modules).some(({ isConditional }) => !isConditional);
  if (!isRead(kind, readsOf)) return false;
  switch (driver.counts) {
    case 'read':
      return true;
    case 'with-client':
      return (
        installed.some(other => other.kind === kind && other.driver.counts === undefined) ||
        readsOf(kind).some(read => pointsTo(SERVICES[kind], read))
      );
    case 'otherwise':
      return (
        readsOf(kind).some(read => pointsTo(SERVICES[kind], read)) ||
        !installed.some(
          other => other.dependency === dependency && other.kind !== kind && counts(other, installed, readsOf, modules),
        )
      );
  }
}

/** Whether the code reads an address of a service, as a whole or in parts. */
function isRead(kind: ServiceKind, readsOf: ReadsOf): boolean {
  const service = SERVICES[kind];
  const reads = readsOf(kind);
  return addressVariables(service, reads).length > 0 || addressParts(service, reads).length > 0;
}

/** Of several databases that the drivers leave open, the one that the app's own compose file runs. */
export function asInCompose(
  { config }: Project,
  kinds: readonly ServiceKind[],
  compose: ComposeServices,
): readonly ServiceKind[] {
  const databases = SERVICE_KINDS.filter(isDatabase);
  const [only, second] = databases.filter(kind => compose.has(kind));
  if (only === undefined || second !== undefined || databases.some(kind => config.services?.[kind])) return kinds;
  const { insteadOf } = SERVICES[only];
  if (!kinds.some(kind => kind === only || kind === insteadOf)) return kinds;
  return SERVICE_KINDS.filter(kind => kind === only || (kinds.includes(kind) && !isDatabase(kind)));
}

/** Whether a service holds the app's tables. */
export function isDatabase(kind: ServiceKind): boolean {
  return SERVICES[kind].isDatabase;
}
