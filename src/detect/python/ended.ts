/** That nobody mends the Python which an app runs on, and what has to change before it can run on a later one. */
import type { Sourced } from '../../source/sourced.js';
import { endedIn, PREFERRED_PYTHONS } from '../../support/known-pythons.js';
import type { LockedVersions } from './locked-versions.js';
import { pinnedTooOld } from './locked-wheels.js';

/** Since when, and what to do; undefined of a version that is mended. */
export function endedPython(version: Sourced<string>, versions: LockedVersions): Sourced<string> | undefined {
  const month = endedIn(version.value);
  if (month === undefined) return undefined;
  const holding = pinnedTooOld(versions, PREFERRED_PYTHONS[1]).map(name => `${name} ${versions.get(name)!.value}`);
  const why =
    holding.length > 0 ? `a later one needs later releases than ${holding.join(', ')}` : 'a later one can be asked for';
  return { value: `no security fixes since ${month}`, place: version.place, why };
}
