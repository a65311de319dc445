/** Dependencies in tables of TOML: lists of requirements, and keys with a version or a table each. */
import { isTable, type TomlFile, tableAt } from '../../../../source/toml-file.js';
import { type TomlKey, tomlPlace } from '../../../../source/toml-place.js';
import { type Declaration, type Dependency, declared } from '../../../dependency.js';
import type { Marker } from '../../../pep508/marker.js';
import { readRequirement } from '../../../pep508/requirement.js';

/** Keys of the table at a path. */
export function keysAt({ data }: TomlFile, ...path: readonly string[]): readonly string[] {
  return Object.keys(tableAt(data, ...path));
}

/** The dependencies in the list of requirements at a path of keys; what is no requirement in it is left out. */
export function listedAt(file: TomlFile, path: readonly string[], groupName?: string): readonly Dependency[] {
  const items = tableAt(file.data, ...path.slice(0, -1))[path.at(-1)!];
  return (Array.isArray(items) ? items : []).flatMap((item, index) => {
    const requirement = typeof item === 'string' ? readRequirement(item) : undefined;
    return requirement ? declared(requirement, declaration(file, [...path, index], { groupName })) : [];
  });
}

/** A declaration at a path of keys, whose line is looked for only when it is asked for: that takes longer than all else of it. */
function declaration(
  file: TomlFile,
  path: readonly TomlKey[],
  said: Pick<Declaration, 'groupName' | 'marker'>,
): Declaration {
  return {
    ...said,
    get place() {
      return tomlPlace(file, ...path);
    },
  };
}

/** The lists below each key of the table at a path, in groups that the keys name. */
export function listsBelow(file: TomlFile, ...path: readonly string[]): readonly Dependency[] {
  return keysAt(file, ...path).flatMap(key => listedAt(file, [...path, key], key));
}

/** How a manager writes dependencies as keys of a table. */
export interface KeyedForm {
  /** Whether the value declares nothing that is installed. */
  isLeftOut?(name: string, value: unknown): boolean;
  /** The condition that it has keys of its own for. */
  marker(value: Readonly<Record<string, unknown>>): Marker | undefined;
}

/** The dependencies that are keys of the table at a path. A list of tables declares one under several conditions. */
export function keyedAt(
  file: TomlFile,
  path: readonly string[],
  form: KeyedForm,
  groupName?: string,
): readonly Dependency[] {
  return Object.entries(tableAt(file.data, ...path)).flatMap(([name, value]) => {
    const alternatives = (Array.isArray(value) ? value : [value]).filter(item => !form.isLeftOut?.(name, item));
    const found = alternatives.flatMap(item => {
      const extras = isTable(item) && Array.isArray(item.extras) ? item.extras.join(',') : '';
      const requirement = readRequirement(extras === '' ? name : `${name}[${extras}]`);
      const marker = isTable(item) ? form.marker(item) : undefined;
      return requirement ? declared(requirement, declaration(file, [...path, name], { groupName, marker })) : [];
    });
    // One of several that certainly holds makes the rest superfluous.
    const certain = found.find(({ marker }) => marker === undefined);
    return certain ? [certain] : found;
  });
}
