/** The dependency groups that a suite needs. */
import type { Dependency } from '../../support/dependency.js';

/** The groups of the dependencies a suite runs with, few: one that is there already is not joined by another for the same package. */
export function groupsOf(dependencies: readonly Dependency[]): { groups?: readonly string[] } {
  const groups: string[] = [];
  for (const name of new Set(dependencies.map(dependency => dependency.name))) {
    const declared = dependencies.filter(dependency => dependency.name === name);
    const names = declared.map(({ groupName }) => groupName);
    const [first] = names;
    if (names.includes(undefined) || names.some(group => groups.includes(group!))) continue;
    groups.push(first!);
  }
  return groups.length > 0 ? { groups } : {};
}
