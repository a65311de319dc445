/** The dependency groups that suites need. */
import type { Sourced } from '../../source/sourced.js';
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

/** The group that pytest is declared in, else the one named dev; undefined when there is neither. */
export function groupOfTests(dependencies: readonly Dependency[]): Sourced<string> | undefined {
  const member =
    dependencies.find(({ name, groupName }) => name === 'pytest' && groupName !== undefined) ??
    dependencies.find(({ groupName }) => groupName === 'dev');
  return member?.groupName === undefined ? undefined : { value: member.groupName, place: member.place };
}
