/** Variables that the code reads whole addresses from. */
import type { Sourced } from '../../source/sourced.js';
import { RUN_SERVICES } from '../../support/run-services.js';
import type { RunServiceDefinition } from '../../support/services/definition.js';
import { asGiven } from '../files/deployment.js';
import type { ServiceRead } from './setting-reads.js';
import { schemeIn } from './url-scheme.js';

const BEGINNING = /_(PREFIX|SCHEME|PROTOCOL|DIALECT|DRIVER)$/;

const FOR_TESTS = /^TEST(S|ING)?_/;

/** Finds the variables of a service's address, best first; one with another service's default is not. */
export function addressVariables(
  service: RunServiceDefinition,
  reads: readonly ServiceRead[],
): readonly Sourced<string>[] {
  const fits = reads.filter(({ holds, ...read }) =>
    holds === undefined ? isAddress(service, read) : holds === 'address',
  );
  // What only the tests read says nothing of the app.
  if (fits.every(({ name }) => FOR_TESTS.test(name))) return [];
  const names = new Map(fits.toReversed().map(read => [read.name, read]));
  return [...names.values()].toSorted((a, b) => placeOf(a.name, service) - placeOf(b.name, service)).map(variableOf);
}

/** Whether a variable's value in the deployment, else its default in the code, is an address of the service. */
export function pointsTo({ schemes }: RunServiceDefinition, { given, fallback }: ServiceRead): boolean {
  return schemes.test(schemeIn(given?.value) ?? schemeIn(fallback) ?? '');
}

/** A variable that is read, with where that can be seen. */
export function variableOf({ name, path, line, given, isOnlyGiven }: ServiceRead): Sourced<string> {
  const why = given && isOnlyGiven ? asGiven(given) : 'read by the code';
  return { value: name, place: { file: path, line }, why };
}

function isAddress(service: RunServiceDefinition, read: ServiceRead): boolean {
  // What an address begins with, for code that puts the rest behind it; under another name, `redis://` is one of this machine.
  if (BEGINNING.test(read.name) && /:\/\/$/.test(read.given?.value ?? read.fallback ?? '')) return false;
  if (pointsTo(service, read)) return true;
  const isElsewhere = RUN_SERVICES.some(([, other]) => pointsTo(other, read));
  return !isElsewhere && service.variables.some(pattern => pattern.test(read.name));
}

function placeOf(name: string, { variables }: RunServiceDefinition): number {
  const at = variables.findIndex(pattern => pattern.test(name));
  return (FOR_TESTS.test(name) ? 100 : 0) + (at < 0 ? variables.length : at);
}
