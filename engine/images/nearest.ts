/** Which version of a server stands for one that no recipe makes. */
import { formatReference, parseReference } from '../oci/registry-reference.js';
import { type Recipe, recipeOf, resolveStandIn, type StandIn, standInLabels } from './recipe.js';

/**
 * The stand-in of the nearest version, of an image whose recipe allows that: the newest of the same major version, else the oldest of
 * those that are newer, else the newest there is. What a tag says of the system below (`-alpine`) does not count, and one without a
 * number means the newest.
 * @returns undefined for an image of another kind, or one pinned by digest
 */
export function nearestStandIn(recipes: readonly Recipe[], reference: string): StandIn | undefined {
  const { tag, digest } = parseReference(reference);
  const recipe = recipeOf(recipes, reference);
  if (recipe?.anyVersion !== true || digest !== undefined) return undefined;
  const nearest = nearestTag(
    recipe.variants.flatMap(({ tags }) => tags),
    tag ?? 'latest',
  );
  const standIn = nearest === undefined ? undefined : resolveStandIn(recipes, `${recipe.image}:${nearest}`);
  if (standIn === undefined) return undefined;
  const full = formatReference(parseReference(reference));
  const said = [`version ${nearest}, the nearest that can be made`, standIn.note].filter(part => part !== undefined);
  const note = said.join('; ');
  const labels = { ...standIn.config.labels, ...standInLabels(full, note) };
  return { ...standIn, reference: full, note, config: { ...standIn.config, labels } };
}

/**
 * The tag that is nearest to another, of those that are a version and nothing else. An extension's image names the server's version as
 * `pg16`, or before its own: `16-3.4`.
 */
function nearestTag(tags: readonly string[], asked: string): string | undefined {
  const versions = tags.filter(tag => /^(pg)?\d+(\.\d+)*(-\d+(\.\d+)*)?$/.test(tag)).toSorted(compareVersions);
  const wanted = /(?:^|-)(pg\d+)/.exec(asked)?.[1] ?? /^\d+(\.\d+)*(-\d+(\.\d+)*)?/.exec(asked)?.[0];
  if (wanted === undefined) return versions.at(-1);
  const majorOf = (version: string) => /^(?:pg)?\d+/.exec(version)?.[0];
  const isOfMajor = (version: string) => majorOf(version) === majorOf(wanted);
  return (
    versions.findLast(isOfMajor) ?? versions.find(version => compareVersions(version, wanted) > 0) ?? versions.at(-1)
  );
}

function compareVersions(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
