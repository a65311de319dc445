/** Groups and extras of pyproject.toml, setup.cfg and setup.py in a project whose packages requirements files list: pip installs none of them by itself. */
import type { Place } from '../../diagnostics/place.js';
import type { Sourced } from '../../source/sourced.js';
import { isTable, isTomlFile, readToml, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import type { Tree } from '../../source/tree.js';
import { type Dependency, declared } from '../../support/dependency.js';
import { readRequirement } from '../../support/pep508/requirement.js';
import { setupExtras } from './local-project.js';

/** What the tests need, as dependencies and as requirements. */
export interface GroupedTools {
  readonly dependencies: readonly Dependency[];
  readonly tools: readonly Sourced<string>[];
}

const TABLES = [['dependency-groups'], ['project', 'optional-dependencies']] as const;

/** The first group or extra that brings pytest; nothing when none does. */
export async function groupedTools(tree: Tree): Promise<GroupedTools> {
  return (await toolsOfPyproject(tree)) ?? (await toolsOfSetup(tree)) ?? { dependencies: [], tools: [] };
}

async function toolsOfSetup(tree: Tree): Promise<GroupedTools | undefined> {
  for (const [name, { lines, file }] of await setupExtras(tree)) {
    if (bringsPytest(lines)) return toolsOf(lines, name, { file });
  }
  return undefined;
}

async function toolsOfPyproject(tree: Tree): Promise<GroupedTools | undefined> {
  const file = await readToml(tree, 'pyproject.toml');
  if (!file || !isTomlFile(file)) return undefined;
  for (const table of TABLES) {
    const groups = tableAt(file.data, ...table);
    for (const name of Object.keys(groups)) {
      const requirements = requirementsOf(groups, name);
      if (bringsPytest(requirements)) return toolsOf(requirements, name, tomlPlace(file, ...table, name));
    }
  }
  return undefined;
}

function bringsPytest(requirements: readonly string[]): boolean {
  return requirements.some(requirement => readRequirement(requirement)?.name === 'pytest');
}

function toolsOf(requirements: readonly string[], group: string, place: Place): GroupedTools {
  return {
    tools: requirements.map(value => ({ value, place, why: `in the group ${group}` })),
    dependencies: requirements.flatMap(requirement => {
      const read = readRequirement(requirement);
      return read ? declared(read, { place, group: 'dev' }) : [];
    }),
  };
}

/** The requirements of a group with those of the groups that it includes. */
function requirementsOf(
  groups: Readonly<Record<string, unknown>>,
  name: string,
  seen: readonly string[] = [],
): readonly string[] {
  const items = seen.includes(name) ? undefined : groups[name];
  return (Array.isArray(items) ? items : []).flatMap((item: unknown) => {
    if (typeof item === 'string') return [item];
    const included = isTable(item) ? item['include-group'] : undefined;
    return typeof included === 'string' ? requirementsOf(groups, included, [...seen, name]) : [];
  });
}
