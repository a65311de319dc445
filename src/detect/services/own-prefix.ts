/** What an app has before the names of all its variables: MY_SHOP_ of MY_SHOP_DB_HOST, where one word more than a service's own would say of another thing. */

/** So many names at the least, and that part of all, begin with it. */
const LEAST = 4;
const SHARE = 0.5;

/**
 * Finds the beginning of two words and more that most of an app's variables have, the longest of those that as many have. pydantic's `env_prefix` and hosting panels make such names.
 * @returns the beginning with its last underscore; undefined where there is none
 */
export function ownPrefix(names: readonly string[]): string | undefined {
  const all = [...new Set(names)];
  const counts = new Map<string, number>();
  for (const name of all)
    for (const { index } of name.matchAll(/_/g)) {
      const beginning = name.slice(0, index + 1);
      if (/^[A-Z0-9]+(_[A-Z0-9]+)+_$/.test(beginning)) counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
    }
  const shared = [...counts].filter(([, count]) => count >= LEAST && count >= all.length * SHARE);
  return shared.toSorted(([a, m], [b, n]) => n - m || b.length - a.length)[0]?.[0];
}
