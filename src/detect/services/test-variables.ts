/**
 * Variables that only an app's tests read a service's address from: TEST_DATABASE_URL of a conftest.py, TEST_DB_HOST of settings for tests; or of a
 * class for tests among the app's own settings, which production does without.
 */
import { defined, unlessEmpty } from '../../source/defined.js';
import { isOthers } from '../../support/run-services.js';
import { SERVICES } from '../../support/services/index.js';
import type { EnvRead } from '../code/env-read.js';
import { findTestReads } from '../code/env-reads.js';
import { writtenVariables } from '../code/env-writes.js';
import { mentioning } from '../code/mentions.js';
import type { PythonModule } from '../code/module.js';
import type { PythonToken } from '../code/tokens.js';
import type { ServiceAddress, ServiceFacts, ServicePart } from '../facts.js';
import { partNamed, partNeeded } from './address-parts.js';
import { FOR_TESTS } from './scheme.js';

/**
 * The services with the variables that their tests read beside the app's own, and without those for tests among the app's. What the tests set themselves is theirs.
 * @param modules all of the app, tests among them
 * @param reads what the app reads
 */
export function withTestVariables(
  services: readonly ServiceFacts[],
  modules: readonly PythonModule[],
  reads: readonly EnvRead[],
): readonly ServiceFacts[] {
  const known = new Set([
    ...reads.map(({ name }) => name),
    ...services.flatMap(({ addresses = [], parts = [] }) => [...addresses, ...parts].map(one => one.variable.value)),
    ...writtenVariables(modules.filter(({ isTest }) => isTest)),
  ]);
  const inTests = findTestReads(modules).filter(({ name }) => !known.has(name));
  return services.map(service => {
    const { own, forTests } = apart(service.addresses, modules, reads);
    const addresses = [...forTests, ...inTests.flatMap(read => addressOf(service, read))];
    const parts = inTests.flatMap(read => partOf(service, read));
    const isWhole = addresses.length > 0 || parts.some(({ part }) => part === 'host' || part === 'server');
    if (!isWhole) return service;
    return defined({
      ...service,
      addresses: own,
      inTests: defined({ addresses: unlessEmpty(addresses), parts: unlessEmpty(parts), named: asksForName(modules) }),
    });
  });
}

/** Whether tests look for the word in the name of a database before they clear it: `if "test" not in name: raise …`, `name.endswith("_test")`. */
function asksForName(modules: readonly PythonModule[]): true | undefined {
  const isAsked = ({ tokens }: PythonModule['statements'][number]) =>
    tokens.some(({ kind, text }, at) => {
      if (kind !== 'string' || !/^_?test_?$/.test(text)) return false;
      const [before, next, last] = [tokens[at - 2]?.text ?? '', tokens[at + 1]?.text, tokens[at + 2]?.text];
      const isIn = next === 'in' || (next === 'not' && last === 'in');
      return isIn || (/^(endswith|startswith)$/.test(before) && tokens[at - 1]?.text === '(');
    });
  const asking = mentioning(modules, ['test', '_test', 'test_', '_test_']).filter(({ isTest }) => isTest);
  return asking.some(({ statements }) => statements.some(isAsked)) ? true : undefined;
}

/** The app's own addresses, and those beside them that are for tests by their names and that the app starts without. */
function apart(
  addresses: readonly ServiceAddress[] | undefined,
  modules: readonly PythonModule[],
  reads: readonly EnvRead[],
): { readonly own: readonly ServiceAddress[] | undefined; readonly forTests: readonly ServiceAddress[] } {
  const [first] = addresses ?? [];
  const forTests = (addresses ?? []).filter(
    one => one !== first && FOR_TESTS.test(one.variable.value) && isLeftAlone(one.variable.value, modules, reads),
  );
  return { own: addresses?.filter(one => !forTests.includes(one)), forTests };
}

/** Whether nothing fails without a variable: no read of it does, and its value, or the setting of its name, is handed to no call. */
function isLeftAlone(name: string, modules: readonly PythonModule[], reads: readonly EnvRead[]): boolean {
  const own = reads.filter(read => read.name === name);
  const isHandedOn = modules.some(
    ({ isTest, statements }) =>
      !isTest && statements.some(({ tokens }) => !tokens.some(({ text }) => text === 'if') && isArgument(name, tokens)),
  );
  return own.length > 0 && own.every(({ need }) => need === undefined) && !isHandedOn;
}

/** Whether a name stands between the brackets of a call; a text does in that of the reading itself. */
function isArgument(name: string, tokens: readonly PythonToken[]): boolean {
  let depth = 0;
  return tokens.some(({ kind, text }) => {
    if (kind === 'op' && text === '(') depth += 1;
    if (kind === 'op' && text === ')') depth -= 1;
    return text.toUpperCase() === name.toUpperCase() && depth > (kind === 'string' ? 1 : 0);
  });
}

function variableOf({ name, path, line }: EnvRead) {
  return { value: name, place: { file: path, line }, why: 'read by the tests' };
}

/** As the app has it but for its variable: without an address of the app's there is no scheme that is known. */
function addressOf({ kind, addresses: [own] = [] }: ServiceFacts, read: EnvRead): readonly ServiceAddress[] {
  const name = read.name.toUpperCase().replace(FOR_TESTS, '');
  const isAddress = !isOthers(kind, name) && SERVICES[kind].variables.some(pattern => pattern.test(name));
  return own && isAddress ? [{ variable: variableOf(read), scheme: own.scheme }] : [];
}

function partOf({ kind }: ServiceFacts, read: EnvRead): readonly ServicePart[] {
  const part = partNamed(SERVICES[kind], read.name.toUpperCase().replace(FOR_TESTS, ''));
  const needed = part && partNeeded(SERVICES[kind], part, read);
  return needed === undefined ? [] : [{ part: needed, variable: variableOf(read) }];
}
