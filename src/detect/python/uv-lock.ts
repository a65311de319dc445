/** Whether uv.lock belongs to pyproject.toml: the requirements it recorded for the project against the declared ones. */

import { isTable, stringAt, stringsAt, type TomlFile, tableAt } from '../../source/toml-file.js';
import { normaliseName, readRequirement } from '../../support/dependency.js';
import { KNOWN_PYTHONS } from './version.js';
import { allowsMinor } from './version-range.js';

/**
 * Says what differs between a pyproject.toml and the requirements recorded in uv.lock; undefined when nothing does.
 * @param directory the project's directory as the lock names it: `.` for the root, else a member's
 */
export function uvLockDifference(pyproject: TomlFile, lock: TomlFile, directory = '.'): string | undefined {
  const packages = lock.data.package;
  const root = (Array.isArray(packages) ? packages.filter(isTable) : []).find(entry => {
    const source = tableAt(entry, 'source');
    return source.virtual === directory || source.editable === directory;
  });
  const { data } = pyproject;
  // The root of a workspace may be no project itself: then it has nothing to record.
  if (!root && directory === '.' && !('project' in data)) return undefined;
  if (!root) return 'the project itself is not in uv.lock';
  const requiresPython = stringAt(data, 'project', 'requires-python');
  const lockedPython = directory === '.' ? stringAt(lock.data, 'requires-python') : undefined;
  if (requiresPython && lockedPython && !allowsSame(requiresPython, lockedPython)) {
    return `requires-python is ${requiresPython}, uv.lock has ${lockedPython}`;
  }
  const sources = new Set(Object.keys(tableAt(data, 'tool', 'uv', 'sources')).map(normaliseName));
  const describe = (written: string) => describeRequirement(written, sources);
  const metadata = tableAt(root, 'metadata');
  const declared = [
    ...stringsAt(data, 'project', 'dependencies').map(describe),
    ...Object.keys(tableAt(data, 'project', 'optional-dependencies')).flatMap(extra =>
      stringsAt(data, 'project', 'optional-dependencies', extra).map(describe),
    ),
  ];
  const difference = compareLists(declared, recorded(metadata['requires-dist'], sources));
  if (difference) return difference;
  const groups = Object.fromEntries(
    Object.entries(tableAt(metadata, 'requires-dev')).map(([name, value]) => [normaliseName(name), value]),
  );
  for (const group of Object.keys(tableAt(data, 'dependency-groups'))) {
    // A group may include others, whose requirements uv records in it too: a declared one must be there.
    const locked = recorded(groups[normaliseName(group)], sources);
    const missing = stringsAt(data, 'dependency-groups', group)
      .map(describe)
      .find(item => !locked.includes(item));
    if (missing) return `${missing} of group ${group} is not in uv.lock`;
  }
  return undefined;
}

function compareLists(declared: readonly string[], locked: readonly string[]): string | undefined {
  const added = declared.find(item => !locked.includes(item));
  if (added) return `${added} is not in uv.lock`;
  const removed = locked.find(item => !declared.includes(item));
  return removed && `uv.lock still has ${removed}`;
}

/** Requirements as uv.lock records them: tables of name, extras, specifier. */
function recorded(value: unknown, sources: ReadonlySet<string>): string[] {
  return (Array.isArray(value) ? value.filter(isTable) : []).map(entry => {
    const name = normaliseName(String(entry.name));
    const extras = stringsAt(entry, 'extras').map(normaliseName).sort();
    const specifier = sources.has(name) ? '' : clauses(stringAt(entry, 'specifier') ?? '');
    return wording(name, extras, specifier);
  });
}

function describeRequirement(written: string, sources: ReadonlySet<string>): string {
  const read = readRequirement(written);
  if (!read) return written;
  const [requirement = ''] = written.split(';');
  const specifier = requirement.replace(/^\s*[A-Za-z0-9._-]+\s*(\[[^\]]*\])?/, '').replace(/[()]/g, '');
  const pinnedElsewhere = sources.has(read.name) || specifier.trim().startsWith('@');
  return wording(read.name, read.extras.toSorted(), pinnedElsewhere ? '' : clauses(specifier));
}

function wording(name: string, extras: readonly string[], specifier: string): string {
  return `${name}${extras.length > 0 ? `[${extras.join(',')}]` : ''}${specifier && ` ${specifier}`}`;
}

/** Whether two ranges allow the same Python versions: uv may write the declared one in another form. */
function allowsSame(declared: string, locked: string): boolean {
  return KNOWN_PYTHONS.every(version => allowsMinor(declared, version) === allowsMinor(locked, version));
}

/** Version conditions in one order and spacing: uv sorts them. */
function clauses(specifier: string): string {
  return specifier
    .replace(/\s/g, '')
    .split(',')
    .filter(clause => clause !== '')
    .sort()
    .join(',');
}
