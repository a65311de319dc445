/** What a project declares against the requirements that uv.lock recorded for it. */
import { explain, satisfies } from '@renovatebot/pep440';
import { isTable, stringAt, stringsAt, type TomlFile, tableAt } from '../../../../source/toml-file.js';
import { normaliseName, readRequirement } from '../../../pep508/requirement.js';
import type { LockedManifest } from '../definition.js';
import { lockEntries } from './toml-locks.js';

/** Says what differs between a project's manifest and what the lock recorded of it; undefined when nothing does. */
export function uvLockDifference({ file: { data }, directory }: LockedManifest, lock: TomlFile): string | undefined {
  const root = lockEntries(lock).find(entry => {
    const source = tableAt(entry, 'source');
    return source.virtual === directory || source.editable === directory;
  });
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
  return difference ?? groupDifference(data, describe, metadata, sources);
}

function groupDifference(
  data: TomlFile['data'],
  describe: (written: string) => Described,
  metadata: TomlFile['data'],
  sources: ReadonlySet<string>,
): string | undefined {
  const groups = Object.fromEntries(
    Object.entries(tableAt(metadata, 'requires-dev')).map(([name, value]) => [normaliseName(name), value]),
  );
  for (const group of Object.keys(tableAt(data, 'dependency-groups'))) {
    // A group may include others, whose requirements uv records in it too: a declared one must be there.
    const locked = new Set(recorded(groups[normaliseName(group)], sources).map(({ key }) => key));
    const missing = stringsAt(data, 'dependency-groups', group)
      .map(describe)
      .find(({ key }) => !locked.has(key));
    if (missing) return `${missing.words} of group ${group} is not in uv.lock`;
  }
  return undefined;
}

/** A requirement in words, and what makes two of them the same. */
interface Described {
  readonly words: string;
  readonly key: string;
}

function compareLists(declared: readonly Described[], locked: readonly Described[]): string | undefined {
  const added = declared.find(({ key }) => !locked.some(item => item.key === key));
  if (added) return `${added.words} is not in uv.lock`;
  const removed = locked.find(({ key }) => !declared.some(item => item.key === key));
  return removed && `uv.lock still has ${removed.words}`;
}

/** Requirements as uv.lock records them: tables of name, extras, specifier. */
function recorded(value: unknown, sources: ReadonlySet<string>): readonly Described[] {
  return (Array.isArray(value) ? value.filter(isTable) : []).map(entry => {
    const name = normaliseName(String(entry.name));
    const extras = stringsAt(entry, 'extras').map(normaliseName);
    const clauses = sources.has(name) ? [] : (stringAt(entry, 'specifier') ?? '').split(',');
    return described(name, extras, clauses);
  });
}

function describeRequirement(written: string, sources: ReadonlySet<string>): Described {
  const read = readRequirement(written);
  if (!read) return { words: written, key: written };
  return described(read.name, read.extras, sources.has(read.name) ? [] : read.versions);
}

function described(name: string, extras: readonly string[], versions: readonly string[]): Described {
  const written = versions.map(clause => clause.replace(/\s/g, '')).filter(clause => clause !== '');
  const head = extras.length > 0 ? `${name}[${extras.toSorted().join(',')}]` : name;
  const wording = (clauses: readonly string[]) =>
    clauses.length > 0 ? `${head} ${clauses.toSorted().join(',')}` : head;
  return { words: wording(written), key: wording(written.map(normalClause)) };
}

/** A clause with its version as PEP 440 writes it: `>=8.0.0-rc1` is `>=8.0.0rc1`. */
function normalClause(clause: string): string {
  const [, operator = '', version = ''] = /^([<>=!~]+)(.*)$/.exec(clause) ?? [];
  return `${operator}${explain(version)?.public ?? version}`;
}

/** Versions that tell ranges of Python apart: uv may write the declared one in another form. */
const SAMPLES = Array.from({ length: 12 }, (_, index) => 8 + index).flatMap(minor =>
  [0, 1, 2, 5, 9, 13, 99].map(patch => `3.${minor}.${patch}`),
);

function allowsSame(declared: string, locked: string): boolean {
  // Mostly uv keeps what is written, and asking for all samples takes as long as all other reading of the lock.
  if (declared.replaceAll(' ', '') === locked.replaceAll(' ', '')) return true;
  return SAMPLES.every(version => satisfies(version, declared) === satisfies(version, locked));
}
