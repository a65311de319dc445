/** Variables that the code reads whole addresses from. */
import type { Sourced } from '../../source/sourced.js';
import { RUN_SERVICES } from '../../support/run-services.js';
import type { RunServiceDefinition } from '../../support/services/definition.js';
import type { EnvRead } from '../code/env-read.js';
import type { ServiceRead } from './setting-reads.js';

const FOR_TESTS = /^TEST(S|ING)?_/;

/** Finds the variables of a service's address, best first; one with another service's default is not. */
export function addressVariables(
  service: RunServiceDefinition,
  reads: readonly ServiceRead[],
): readonly Sourced<string>[] {
  const fits = reads.filter(read => read.holds === undefined && isAddress(service, read));
  // What only the tests read says nothing of the app.
  if (fits.every(({ name }) => FOR_TESTS.test(name))) return [];
  const names = new Map(fits.toReversed().map(read => [read.name, read]));
  return [...names.values()]
    .toSorted((a, b) => placeOf(a.name, service) - placeOf(b.name, service))
    .map(read => ({ value: read.name, place: { file: read.path, line: read.line }, why: 'read by the code' }));
}

/** Whether the default of a variable in the code is an address of the service. */
export function pointsTo({ schemes }: RunServiceDefinition, { fallback }: EnvRead): boolean {
  return schemes.test(schemeIn(fallback) ?? '');
}

/** The scheme of a URL. */
export function schemeIn(url: string | undefined): string | undefined {
  return /^([a-z][a-z0-9+]*):\/\//.exec(url ?? '')?.[1];
}

function isAddress(service: RunServiceDefinition, read: EnvRead): boolean {
  if (pointsTo(service, read)) return true;
  const isElsewhere = RUN_SERVICES.some(([, other]) => pointsTo(other, read));
  return !isElsewhere && service.variables.some(pattern => pattern.test(read.name));
}

function placeOf(name: string, { variables }: RunServiceDefinition): number {
  const at = variables.findIndex(pattern => pattern.test(name));
  return (FOR_TESTS.test(name) ? 100 : 0) + (at < 0 ? variables.length : at);
}
