/** Lines of the explanation as data: a name, what was found, where, and the key that overrides it. */
import type { Place } from '../../diagnostics/place.js';
import { defined, unlessEmpty } from '../../source/defined.js';
import { resolvePath } from '../../source/paths.js';
import type { Sourced } from '../../source/sourced.js';

/** A value with where it was read and why, where that is known; `key` is absent for what no configuration changes. */
export interface ExplainedValue {
  readonly value: string;
  readonly place?: Place;
  readonly why?: string;
  readonly key?: string;
}

/** What is said of one thing: its first value, and what more there is of it. */
export interface ExplainedRow extends ExplainedValue {
  readonly name: string;
  readonly more?: readonly ExplainedValue[];
}

/** The value of a fact. */
export function factValue(fact: Sourced<string>, key?: string): ExplainedValue {
  return defined({ value: fact.value, place: fact.place, why: fact.why, key });
}

/** The first few of a list, and how many more there are. */
export function listed(values: readonly string[]): string {
  const shown = values.slice(0, 4).join(' ');
  return values.length > 4 ? `${shown} and ${values.length - 4} more` : shown;
}

/** A fact as a row; none when it is absent. */
export function rowOf(name: string, fact: Sourced<string> | undefined, key?: string): readonly ExplainedRow[] {
  return fact === undefined ? [] : [{ name, ...factValue(fact, key) }];
}

/** A fact that is a list of words, as a row with them in one line; none when it is absent. */
export function wordsRow(
  name: string,
  fact: Sourced<readonly string[]> | undefined,
  key?: string,
): readonly ExplainedRow[] {
  return rowOf(name, fact && { ...fact, value: fact.value.join(' ') }, key);
}

/** Several values as one row, the first in front; none when there are none. */
export function rowOfAll(name: string, values: readonly ExplainedValue[]): readonly ExplainedRow[] {
  const [first, ...more] = values;
  return first === undefined ? [] : [{ name, ...first, ...defined({ more: unlessEmpty(more) }) }];
}

/** Rows about files of the app's directory, which people know by their paths in the source. */
export function placedIn(root: string | undefined, rows: readonly ExplainedRow[]): readonly ExplainedRow[] {
  if (root === undefined) return rows;
  const moved = <T extends ExplainedValue>(value: T): T => {
    const { place } = value;
    if (place === undefined || place.key !== undefined) return value;
    return { ...value, place: { ...place, file: resolvePath(root, place.file) } };
  };
  return rows.map(row => (row.more === undefined ? moved(row) : { ...moved(row), more: row.more.map(moved) }));
}
