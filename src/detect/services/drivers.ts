/** Drivers of services among an app's dependencies. */
import type { Dependency } from '../../support/dependency.js';
import { RUN_SERVICES, type ServiceKind } from '../../support/run-services.js';
import type { ServiceDriver } from '../../support/services/definition.js';

/** A driver of a service with the dependency that brings it. */
export interface Installed {
  readonly kind: ServiceKind;
  readonly driver: ServiceDriver;
  readonly dependency: Dependency;
}

/** Finds the drivers that main dependencies bring, in the order of these. */
export function installedDrivers(dependencies: readonly Dependency[]): readonly Installed[] {
  const main = dependencies.filter(({ group }) => group === 'main');
  return main.flatMap(dependency =>
    RUN_SERVICES.flatMap(([kind, { drivers }]) =>
      drivers
        .filter(({ packages }) => packages.some(name => isBrought(name, dependency)))
        .map(driver => ({ kind, driver, dependency })),
    ),
  );
}

/** Whether a dependency brings what a definition calls `redis` or `celery[redis]`. */
function isBrought(name: string, { name: installed, extras = [] }: Dependency): boolean {
  const [base, extra] = name.split(/[[\]]/);
  return installed === base && (extra === undefined || extras.includes(extra));
}
