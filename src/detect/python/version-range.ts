/** Which Python versions a declared range allows. */
import { satisfies } from '@renovatebot/pep440';
import { specifiersOf } from '../../support/pep508/python-range.js';

/** A patch above any that will be released: `3.11.x` as far as upper bounds go. */
const LAST_PATCH = 999;

/**
 * Whether some release of the minor version (such as `3.11`) satisfies the range. Undefined when the range cannot be
 * read. `||` and `|` separate alternatives, commas and spaces join conditions, as poetry has it.
 */
export function allowsMinor(range: string, minor: string): boolean | undefined {
  return specifiersOf(range)?.some(specifier =>
    candidatePatches(specifier).some(patch => satisfies(`${minor}.${patch}`, specifier)),
  );
}

/** Whether one release, such as `3.11.9`, satisfies the range; undefined when the range cannot be read. */
export function allowsRelease(range: string, release: string): boolean | undefined {
  return specifiersOf(range)?.some(specifier => satisfies(release, specifier));
}

/** The newest release of a minor version that a range allows; undefined when the range has no upper bound there, or cannot be read. */
export function newestRelease(range: string, minor: string): string | undefined {
  if (allowsRelease(range, `${minor}.${LAST_PATCH}`) !== false) return undefined;
  const patches = (specifiersOf(range) ?? []).flatMap(candidatePatches).toSorted((a, b) => b - a);
  const patch = patches.find(candidate => allowsRelease(range, `${minor}.${candidate}`));
  return patch === undefined ? undefined : `${minor}.${patch}`;
}

/** Patches worth trying: the first, the last, and those next to one that the specifier names. */
function candidatePatches(specifier: string): readonly number[] {
  const named = [...specifier.matchAll(/\d+\.\d+\.(\d+)/g)].map(([, patch]) => Number(patch));
  return [0, LAST_PATCH, ...named.flatMap(patch => [patch - 1, patch, patch + 1])].filter(patch => patch >= 0);
}
