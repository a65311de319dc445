/** Which Debian packages a plan installs, and on which images. */
import { imageBehind } from './look-up.js';
import type { Plan } from './types.js';

/** The packages that are installed on each image, by its reference: names as the steps have them. */
export function debianPackages({ stages }: Pick<Plan, 'stages'>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const stage of stages) {
    const names = stage.steps.flatMap(step => (step.kind === 'script' ? (step.debian ?? []) : []));
    const image = imageBehind({ stages }, stage.id);
    if (names.length > 0 && image !== undefined)
      found.set(image, [...new Set([...(found.get(image) ?? []), ...names])].sort());
  }
  return found;
}

/** Whether one of a package's names has a version. */
export function hasVersion(versions: Readonly<Record<string, string>>, names: string): boolean {
  return names.split(',').some(name => Object.hasOwn(versions, name));
}

/** Packages without a version for a platform; of an image without any: for no platform. */
export interface OpenPackage {
  readonly image: string;
  readonly names: string;
  readonly platform?: string;
}

/** What of a plan's packages has no version yet, for any of the platforms that there are some for. */
export function openPackages(plan: Pick<Plan, 'stages' | 'images'>): readonly OpenPackage[] {
  return [...debianPackages(plan)].flatMap(([image, all]) => {
    const platforms = Object.entries(plan.images[image]?.packages ?? {});
    if (platforms.length === 0) return all.map(names => ({ image, names }));
    return platforms.flatMap(([platform, versions]) =>
      all.filter(names => !hasVersion(versions, names)).map(names => ({ image, names, platform })),
    );
  });
}
