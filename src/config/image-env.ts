/** What `env` of quayside.yaml gives: to the published image, or to trials of it alone. */
import type { Config } from './schema.js';

/** Variables that the published image has. */
export function publishedEnv({ env = {} }: Pick<Config, 'env'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** Variables that build steps, tests and `serve` have, and the published image has not. */
export function trialOnlyEnv({ env = {} }: Pick<Config, 'env'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (typeof value === 'string' ? [] : [[name, value.value]])),
  );
}
