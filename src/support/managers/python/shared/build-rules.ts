/** What files of TOML say about packages that are built from source, or never. */
import type { Place } from '../../../../diagnostics/place.js';
import { type TomlFile, tableAt } from '../../../../source/toml-file.js';
import { tomlPlace } from '../../../../source/toml-place.js';
import { normaliseName } from '../../../pep508/requirement.js';
import type { BuildRule } from '../definition.js';

/** Rules in a key that holds a list, names between commas, or true for all. */
export function rulesAt(file: TomlFile, path: readonly string[], from: BuildRule['from']): readonly BuildRule[] {
  const value = tableAt(file.data, ...path.slice(0, -1))[path.at(-1)!];
  const names = value === true ? [':all:'] : typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(names)) return [];
  return names.flatMap((name, index) => rulesOf([String(name)], from, tomlPlace(file, ...path, index)));
}

/** Rules of names as options write them. */
export function rulesOf(names: readonly string[], from: BuildRule['from'], place: Place): readonly BuildRule[] {
  return names.flatMap(written => {
    const name = written.trim();
    return name === '' ? [] : [{ name: name.startsWith(':') ? name : normaliseName(name), from, place }];
  });
}
