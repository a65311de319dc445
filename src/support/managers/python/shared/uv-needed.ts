/** What of uv.lock a project needs: a workspace's lock holds what all of its members do. */
import { isTable, stringAt, stringsAt, type TomlFile, tableAt } from '../../../../source/toml-file.js';
import { normaliseName } from '../../../pep508/requirement.js';
import { type LockEntry, lockEntries } from './toml-locks.js';

/** A package, or one of its extras. */
interface Wanted {
  readonly name: string;
  readonly extra?: string;
}

/**
 * Names of the packages that uv.lock brings for a project: for itself, its groups and extras, and whatever these need in turn.
 * Undefined when the project is not in the lock.
 */
export function uvNeededPackages(lock: TomlFile, project: string): ReadonlySet<string> | undefined {
  // A package may be locked in several versions, by markers: each counts.
  const byName = new Map<string, LockEntry[]>();
  for (const entry of lockEntries(lock)) {
    const name = normaliseName(stringAt(entry, 'name') ?? '');
    byName.set(name, [...(byName.get(name) ?? []), entry]);
  }
  const own = byName.get(project);
  if (own === undefined) return undefined;
  const needed = new Set<string>([project]);
  const seen = new Set<string>();
  const waiting = own.flatMap(entry => [
    ...wantedIn(entry.dependencies),
    ...['optional-dependencies', 'dev-dependencies'].flatMap(key =>
      Object.values(tableAt(entry, key)).flatMap(wantedIn),
    ),
  ]);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { name, extra } = next;
    const key = `${name}[${extra ?? ''}]`;
    if (seen.has(key)) continue;
    seen.add(key);
    needed.add(name);
    for (const entry of byName.get(name) ?? []) {
      waiting.push(
        ...wantedIn(extra === undefined ? entry.dependencies : tableAt(entry, 'optional-dependencies')[extra]),
      );
    }
  }
  return needed;
}

/** A list of dependencies as uv.lock writes it; an extra stands beside the package that has it. */
function wantedIn(list: unknown): readonly Wanted[] {
  return (Array.isArray(list) ? list.filter(isTable) : []).flatMap(entry => {
    const name = normaliseName(String(entry.name));
    return [{ name }, ...stringsAt(entry, 'extra').map(extra => ({ name, extra }))];
  });
}
