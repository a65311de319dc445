/** Packages of the system that only the app's own container says it needs. */
import { namesOf } from '../../support/native/definition.js';
import { knownPackage } from '../../support/native/of-containers.js';
import type { NativePackages } from '../facts.js';
import { deployedFrom } from '../files/app-dockerfile.js';
import { seenFromApp } from '../files/compose.js';
import { debianInstalls } from '../files/system-installs.js';
import type { Project } from '../project.js';

/**
 * Packages with those that the app's own container installs by name and that are known in all releases; none where the configuration has a
 * list of them.
 */
export async function withContainers(
  { tree, source, root, config }: Project,
  native: readonly NativePackages[],
): Promise<readonly NativePackages[]> {
  const from = config.native?.runtime === undefined ? await deployedFrom(tree, source, root) : undefined;
  if (from === undefined) return native;
  const there = new Set(native.flatMap(({ build, runtime }) => [...build, ...runtime]).flatMap(namesOf));
  const others = (await debianInstalls(from)).flatMap(({ value, place }) => {
    const runtime = value.flatMap(name => (there.has(name) ? [] : (knownPackage(name) ?? [])));
    const placed = from === tree ? place : seenFromApp({ root }, place);
    return runtime.length > 0 ? [{ dependency: 'its own container', build: [], runtime, place: placed }] : [];
  });
  return [...native, ...others];
}
