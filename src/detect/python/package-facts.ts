/** What package management decides of the Python facts, and what is settled when the version of Python is known. */
import type { Sourced } from '../../source/sourced.js';
import { forPython } from '../../support/dependency.js';
import type { LockedPackage } from '../../support/managers/python/definition.js';
import type { PythonFacts } from '../facts.js';
import { type LockedVersions, versionsOf } from './locked-versions.js';
import { pinnedBroken } from './locked-wheels.js';
import type { Builds } from './source-builds.js';

/**
 * The part of the Python facts that package management decides. `pins` are what the lock or exact requirements name, `versions`
 * those of them that may be installed, `builds` the packages that are built from source, or never.
 */
export type PackageFacts = Omit<PythonFacts, 'version' | 'release' | 'packageRoot' | 'devGroup'> & {
  readonly pins: readonly LockedPackage[];
  readonly versions: LockedVersions;
  readonly builds?: Builds;
  /** Requirements of a group for the tests that the package manager does not install itself. */
  readonly tools?: readonly Sourced<string>[];
};

/**
 * The packages with what counts on a minor version of Python alone: conditions on it are settled, and gone, before anything else
 * looks at dependencies. Where none was chosen they stay as they are.
 */
export function packagesFor(packages: PackageFacts, python: string | undefined): PackageFacts {
  if (python === undefined) return packages;
  const versions = versionsOf(packages.pins, python);
  const fromSource = [...(packages.fromSource ?? []), ...pinnedBroken(versions)];
  return {
    ...packages,
    ...(fromSource.length > 0 && { fromSource }),
    dependencies: forPython(packages.dependencies, python),
    versions,
  };
}
