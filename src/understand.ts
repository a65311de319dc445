/** From a tree of files to what Quayside makes of it: configuration, facts, plan. Pure but for what the tree reads. */
import { type Configured, type GivenConfig, loadConfig } from './config/load.js';
import { LOCK_FILE, parseLockFile } from './config/lock-file.js';
import { detect } from './detect/detect.js';
import type { Facts } from './detect/facts.js';
import { onlyAppDirectory } from './detect/python/directory.js';
import { KNOWN_PYTHONS, PREFERRED_PYTHONS } from './detect/python/version.js';
import { diagnose } from './diagnostics/diagnose.js';
import type { Diagnostic } from './diagnostics/diagnostic.js';
import { DiagnosticError } from './diagnostics/error.js';
import type { Plan } from './plan/types.js';
import { makePlan, withLock } from './planner/make-plan.js';
import { pythonImage } from './planner/python.js';
import { readableTree, type UnreadFile } from './source/readable.js';
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

/** What is known of images, by their references. */
export interface ImageSupply {
  /** Whether a registry has one, or a recipe makes what stands in for it. */
  isOffered(image: string): Promise<boolean>;
  /** Whether it is there to be built on: what stands in for it is made, if it was not. */
  isThere(image: string): Promise<boolean>;
}

/**
 * Reads the configuration, detects and plans, with a Python whose image can be had: where that of the version that is asked for cannot,
 * with the nearest version of which it can.
 * @returns what was understood, and the words for people where another Python was taken
 */
export async function understandWith(
  images: ImageSupply,
  tree: Tree,
  given?: GivenConfig,
): Promise<readonly [Understanding, string?]> {
  const asked = await understand(tree, given);
  const version = asked.app?.facts.python.version.value;
  if (version === undefined || (await isThere(images, version))) return [asked];
  const others = KNOWN_PYTHONS.filter(known => known !== version);
  const offered = await Promise.all(others.map(other => images.isOffered(pythonImage(other))));
  const among = (pythons: readonly string[]) => understand(tree, given, pythons);
  const nearest = await firstThere(
    images,
    others.filter((_, index) => offered[index]),
    among,
  );
  if (nearest === undefined) return [asked];
  const { value, why } = nearest.facts.python.version;
  return [{ app: nearest, diagnostics: [] }, `Python ${value}: ${why}`];
}

/** What is understood with the nearest of some Pythons whose image is there indeed. */
async function firstThere(
  images: ImageSupply,
  pythons: readonly string[],
  understandAmong: (pythons: readonly string[]) => Promise<Understanding>,
): Promise<Understood | undefined> {
  const { app } = await understandAmong(pythons);
  const version = app?.facts.python.version.value;
  // One that is not among them is the one that was asked for: the app works on no other.
  if (app === undefined || version === undefined || !pythons.includes(version)) return undefined;
  if (await isThere(images, version)) return app;
  const others = pythons.filter(python => python !== version);
  return firstThere(images, others, understandAmong);
}

/** Images of those that are preferred can be made anywhere, so they are not looked at. */
async function isThere(images: ImageSupply, version: string): Promise<boolean> {
  return PREFERRED_PYTHONS.some(preferred => preferred === version) || images.isThere(pythonImage(version));
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
