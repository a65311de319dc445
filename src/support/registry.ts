/** Ways through a family's registry: `src/support/FAMILY/index.ts`. */

/** The definitions with their names, lowest rank first; without ranks, and among equals, in the registry's own order. */
export function entriesOf<K extends string, D extends { readonly rank?: number }>(
  registry: Readonly<Record<K, D>>,
): readonly (readonly [K, D])[] {
  const entries = Object.entries(registry) as [K, D][];
  return entries.sort(([, a], [, b]) => (a.rank ?? 0) - (b.rank ?? 0));
}
