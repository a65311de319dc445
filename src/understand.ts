/** From a tree of files to what Quayside makes of it: configuration, facts, plan. Pure but for what the tree reads. */
import { type Configured, type GivenConfig, loadConfig } from './config/load.js';
import { detect } from './detect/detect.js';
import type { Facts } from './detect/facts.js';
import { onlyAppDirectory } from './detect/python/directory.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import type { Plan } from './plan/types.js';
import { makePlan } from './planner/make-plan.js';
import type { Tree } from './source/tree.js';

/** An app that was understood. */
export interface Understood {
  readonly configured: Configured;
  readonly facts: Facts;
  readonly plan: Plan;
}

/** What an app is, or the diagnostics that stand in the way: exactly one of the two is there. */
export type Understanding =
  | { readonly app: Understood; readonly diagnostics: readonly [] }
  | { readonly app?: undefined; readonly diagnostics: readonly Diagnostic[] };

/**
 * Reads the configuration, detects and plans.
 * @param tree the source with the app, or with a quayside.yaml whose `root` leads to it
 * @param given a configuration to use in place of the source's own
 */
export async function understand(tree: Tree, given?: GivenConfig): Promise<Understanding> {
  const { value: configured, diagnostics } = await loadConfig(tree, onlyAppDirectory, given);
  if (configured === undefined) return { diagnostics };
  const detected = await detect(tree, configured);
  if (!detected.facts) return { diagnostics: detected.diagnostics };
  const { facts } = detected;
  return { app: { configured, facts, plan: makePlan(facts, configured.config) }, diagnostics: [] };
}
