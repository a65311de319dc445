/** Variables that the authors' own command gives the tests, without what Quayside or the configuration gives them. */
import { defined } from '../../source/defined.js';
import type { ServiceFacts, SuiteFacts } from '../facts.js';

/**
 * The suites with the variables that are left to them.
 * @param others names that have their values from elsewhere
 */
export function withOwnEnv(
  suites: readonly SuiteFacts[],
  services: readonly ServiceFacts[],
  others: readonly string[],
): readonly SuiteFacts[] {
  const taken = new Set([
    ...others,
    ...services.flatMap(({ addresses = [], parts = [] }) =>
      [...addresses, ...parts].map(({ variable }) => variable.value),
    ),
  ]);
  return suites.map(suite => {
    const { env, ...own } = suite;
    const left = Object.entries(env ?? {}).filter(([name]) => !taken.has(name));
    return { ...own, ...defined({ env: left.length > 0 ? Object.fromEntries(left) : undefined }) };
  });
}
