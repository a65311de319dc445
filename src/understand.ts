/** From a tree of files to what Quayside makes of it: configuration, facts, plan. Pure but for what the tree reads. */
import { type Configured, type GivenConfig, loadConfig } from './config/load.js';
import { LOCK_FILE, parseLockFile } from './config/lock-file.js';
import { detect } from './detect/detect.js';
import type { Facts } from './detect/facts.js';
import { onlyAppDirectory } from './detect/python/directory.js';
import { diagnose } from './diagnostics/diagnose.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { DiagnosticError } from './diagnostics/error.js';
import type { Plan } from './plan/types.js';
import { makePlan, withLock } from './planner/make-plan.js';
import { pythonImage } from './planner/python.js';
import { readableTree, type UnreadFile } from './source/readable.js';
import type { Tree } from './source/tree.js';
import { KNOWN_PYTHONS, PREFERRED_PYTHONS } from './support/known-pythons.js';

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
 * Reads the configuration, detects and plans, with a Python whose image can be had: where that of the version that is asked for cannot,
 * with the nearest version of which it can.
 * @param canBeHad whether an image, by its reference, can be had; what stands in for it is made then
 * @returns what was understood, and the words for people where another Python was taken
 */
export async function understandWith(
  canBeHad: (image: string) => Promise<boolean>,
  tree: Tree,
  given?: GivenConfig,
): Promise<readonly [Understanding, string?]> {
  const asked = await understand(tree, given);
  let pythons: readonly string[] = KNOWN_PYTHONS;
  for (let taken = asked; ; taken = await understand(tree, given, pythons)) {
    const { value: version, why } = taken.app?.facts.python.version ?? {};
    // One that is not among them is the one that was asked for: the app works on no other.
    if (version === undefined || !pythons.includes(version)) return [asked];
    // Images of those that are preferred can be made anywhere.
    if (PREFERRED_PYTHONS.some(preferred => preferred === version) || (await canBeHad(pythonImage(version))))
      return taken === asked ? [asked] : [taken, `Python ${version}: ${why}`];
    pythons = pythons.filter(python => python !== version);
  }
}

/**
 * Reads the configuration, detects and plans.
 * @param tree the source with the app, or with a quayside.yaml whose `root` leads to it
 * @param given a configuration to use in place of the source's own
 * @param pythons versions of Python that can be had; default: all that are supported
 */
export async function understand(tree: Tree, given?: GivenConfig, pythons?: readonly string[]): Promise<Understanding> {
  try {
    const readable = readableTree(tree);
    const understanding = await understandReadable(readable, given, pythons);
    return withUnread(understanding, readable.unread());
  } catch (error) {
    if (error instanceof DiagnosticError) return { diagnostics: error.diagnostics };
    throw error;
  }
}

/** What was not read may be what is missing. */
function withUnread({ app, diagnostics }: Understanding, unread: readonly UnreadFile[]): Understanding {
  if (unread.length === 0) return app ? { app, diagnostics: [] } : { diagnostics };
  if (app) return { app: { ...app, facts: { ...app.facts, unread } }, diagnostics: [] };
  return { diagnostics: [...diagnostics, ...unread.map(file => diagnose('QS109', file, { file: file.file }))] };
}

async function understandReadable(
  tree: Tree,
  given: GivenConfig | undefined,
  pythons: readonly string[] | undefined,
): Promise<Understanding> {
  const { value: configured, diagnostics } = await loadConfig(tree, onlyAppDirectory, given);
  if (configured === undefined) return { diagnostics };
  const { value: locked, diagnostics: unreadable } = parseLockFile(await tree.read(LOCK_FILE));
  if (locked === undefined) return { diagnostics: unreadable };
  const detected = await detect(tree, configured, pythons);
  if (!detected.facts) return { diagnostics: detected.diagnostics };
  const { facts } = detected;
  return { app: { configured, facts, plan: withLock(makePlan(facts, configured.config), locked) }, diagnostics: [] };
}
