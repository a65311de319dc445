/** Dependencies that pyproject.toml declares, with the lines they stand on: PEP 621, dependency groups, poetry's tables. */
import type { Place } from '../../diagnostics/diagnostic.js';
import { isTable, stringsAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { tomlPlace } from '../../source/toml-place.js';
import { type Dependency, readRequirement } from '../../support/dependency.js';

/** Dependencies that pyproject.toml declares: main, groups, and extras (whose group is the extra's name). */
export function pyprojectDependencies(file: TomlFile): Dependency[] {
  const { data } = file;
  const list = (section: string[], key: string, groupName?: string): Dependency[] => {
    const items = tableAt(data, ...section)[key];
    return (Array.isArray(items) ? items : []).flatMap((item, index) =>
      typeof item === 'string' ? dependency(item, tomlPlace(file, ...section, key, index), groupName) : [],
    );
  };
  const table = (section: string[], groupName?: string): Dependency[] =>
    Object.entries(tableAt(data, ...section))
      // What only an extra brings is not installed.
      .filter(([name, value]) => name !== 'python' && !(isTable(value) && value.optional === true))
      .flatMap(([name, value]) => {
        const extras = isTable(value) ? stringsAt(value, 'extras') : [];
        const written = extras.length > 0 ? `${name}[${extras.join(',')}]` : name;
        return dependency(written, tomlPlace(file, ...section, name), groupName);
      });
  const keys = (...section: string[]) => Object.keys(tableAt(data, ...section));
  return [
    ...list(['project'], 'dependencies'),
    ...table(['tool', 'poetry', 'dependencies']),
    ...keys('dependency-groups').flatMap(group => list(['dependency-groups'], group, group)),
    ...keys('tool', 'poetry', 'group').flatMap(group =>
      table(['tool', 'poetry', 'group', group, 'dependencies'], group),
    ),
    ...table(['tool', 'poetry', 'dev-dependencies'], 'dev'),
    ...list(['tool', 'uv'], 'dev-dependencies', 'dev'),
    ...keys('tool', 'pdm', 'dev-dependencies').flatMap(group =>
      list(['tool', 'pdm', 'dev-dependencies'], group, group),
    ),
    ...EXTRAS.flatMap(section => keys(...section).flatMap(extra => list([...section], extra, extra))),
  ];
}

/** Tables of pyproject.toml whose keys are extras. */
const EXTRAS = [
  ['project', 'optional-dependencies'],
  ['tool', 'poetry', 'extras'],
] as const;

/** Tables whose keys are groups. */
const GROUPS = [['dependency-groups'], ['tool', 'poetry', 'group'], ['tool', 'pdm', 'dev-dependencies']] as const;

/** Names that pyproject.toml gives to extras and to no group. */
export function extraNames({ data }: TomlFile): string[] {
  const names = (sections: readonly (readonly string[])[]) =>
    sections.flatMap(section => Object.keys(tableAt(data, ...section)));
  const groups = new Set(names(GROUPS));
  return [...new Set(names(EXTRAS))].filter(name => !groups.has(name));
}

function dependency(written: string, place: Place, groupName: string | undefined): Dependency[] {
  const read = readRequirement(written);
  if (!read) return [];
  return [
    {
      name: read.name,
      group: groupName === undefined ? 'main' : 'dev',
      ...(read.extras.length > 0 && { extras: read.extras }),
      ...(groupName !== undefined && { groupName }),
      place,
    },
  ];
}
