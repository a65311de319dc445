/** From a tree of files to what Quayside makes of it: configuration, facts, plan. Pure but for what the tree reads. */
import { loadConfig } from './config/load.js';
import type { Config } from './config/schema.js';
import { onlyAppDirectory } from './detect/app/directory.js';
import { detect } from './detect/detect.js';
import type { Facts } from './detect/facts.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import type { Plan } from './plan/types.js';
import { makePlan } from './planner/make-plan.js';
import type { Tree } from './source/tree.js';

/** An app that was understood. */
export interface Understood {
  readonly config: Config;
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
 * @param given text of a quayside.yaml to use in place of the source's own
 */
export async function understand(tree: Tree, given?: string): Promise<Understanding> {
  const { config, root, diagnostics } = await loadConfig(tree, onlyAppDirectory, given);
  if (!config) return { diagnostics };
  const detected = await detect(tree, config, root);
  if (!detected.facts) return { diagnostics: detected.diagnostics };
  const { facts } = detected;
  return { app: { config, facts, plan: makePlan(facts, config) }, diagnostics: [] };
}
