/** Dependencies that manifests declare, with the lines they stand on: in standard tables, and in those of every package manager. */
import { type TomlFile, tableAt } from '../../source/toml-file.js';
import type { Dependency } from '../../support/dependency.js';
import type { LockingManager } from '../../support/managers/python/definition.js';
import { listedAt, listsBelow } from '../../support/managers/python/shared/tables.js';
import { lockingManagers } from '../../support/python-managers.js';

/** Dependencies that a manifest declares: main, groups, and extras (whose group is the extra's name). */
export function declaredIn(file: TomlFile, manifest: LockingManager['manifest']): readonly Dependency[] {
  const own = managersOf(manifest).flatMap(manager => manager.dependencies(file));
  return [
    ...listedAt(file, ['project', 'dependencies']),
    ...own.filter(({ group }) => group === 'main'),
    ...listsBelow(file, 'dependency-groups'),
    ...own.filter(({ group }) => group === 'dev'),
    ...listsBelow(file, 'project', 'optional-dependencies'),
  ];
}

/** Names that a manifest gives to extras, and those of them that groups have as well. */
export function extraNames(
  file: TomlFile,
  manifest: LockingManager['manifest'],
): { readonly extras: readonly string[]; readonly shared: readonly string[] } {
  const named = managersOf(manifest).flatMap(manager => manager.groupNames?.(file) ?? []);
  const keys = (...path: readonly string[]) => Object.keys(tableAt(file.data, ...path));
  const groups = new Set([...keys('dependency-groups'), ...named.flatMap(names => names.groups)]);
  const all = [...keys('project', 'optional-dependencies'), ...named.flatMap(names => names.extras)];
  const extras = [...new Set(all)];
  return { extras, shared: extras.filter(name => groups.has(name)) };
}

function managersOf(manifest: LockingManager['manifest']) {
  return lockingManagers().filter(manager => manager.manifest === manifest);
}
