/** Package indexes as manifests list them: tables with a name and an address. */
import { defined } from '../../../../source/defined.js';
import { isTable } from '../../../../source/toml-file.js';
import type { PackageIndex } from '../definition.js';

/**
 * The indexes of an array of tables.
 * @param prefix what the variables begin with that credentials of a named one are read from; absent: they stand in the address
 */
export function indexesAt(tables: unknown, prefix?: (name: string) => string): readonly PackageIndex[] {
  return (Array.isArray(tables) ? tables : []).filter(isTable).flatMap(({ name, url }) => {
    if (typeof url !== 'string') return [];
    const isPlain = url.startsWith('http://') ? (true as const) : undefined;
    if (typeof name !== 'string' || !prefix) return [defined({ url, isPlain })];
    return [defined({ url, isPlain, user: `${prefix(name)}_USERNAME`, password: `${prefix(name)}_PASSWORD` })];
  });
}

/** A name as it is part of a variable's. */
export function variablePart(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
}

/** The indexes of a manager that encodes what it takes from variables, as pdm and pipenv do. */
export function encoding(indexes: readonly PackageIndex[]): readonly PackageIndex[] {
  return indexes.map(index => ({ ...index, encodes: true }));
}
