/** Which Python versions a declared range allows: specifiers of PEP 440, and what poetry has beside them. */
import { explain, satisfies, validRange } from '@renovatebot/pep440';

/** A patch above any that will be released: `3.11.x` as far as upper bounds go. */
const LAST_PATCH = 999;

/** One condition: an operator, maybe none, and a version, maybe with `.*` at its end. */
const CLAUSE = /(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*([^\s,()|<>=!~^]+)/g;

/**
 * Whether some release of the minor version (such as `3.11`) satisfies the range. Undefined when the range cannot be
 * read. `||` and `|` separate alternatives, commas and spaces join conditions, as poetry has it.
 */
export function allowsMinor(range: string, minor: string): boolean | undefined {
  return specifiersOf(range)?.some(specifier =>
    candidatePatches(specifier).some(patch => satisfies(`${minor}.${patch}`, specifier)),
  );
}

/** Whether one release, such as `3.11.9`, satisfies the range; undefined when the range cannot be read. */
export function allowsRelease(range: string, release: string): boolean | undefined {
  return specifiersOf(range)?.some(specifier => satisfies(release, specifier));
}

/** The alternatives of a range as specifiers of PEP 440; an empty one allows everything. */
function specifiersOf(range: string): readonly string[] | undefined {
  const alternatives = range.split(/\|\|?/).map(specifierOf);
  return alternatives.every(specifier => specifier !== undefined) ? alternatives : undefined;
}

function specifierOf(alternative: string): string | undefined {
  const clauses = [...alternative.matchAll(CLAUSE)];
  const rest = alternative.replace(CLAUSE, '').replace(/[\s,()]/g, '');
  if (rest !== '' || clauses.length === 0) return undefined;
  const specifier = clauses.flatMap(([, operator = '', version = '']) => conditions(operator, version)).join(',');
  return validRange(specifier) ? specifier : undefined;
}

/** A condition in the words of PEP 440. https://python-poetry.org/docs/dependency-specification/ has poetry's. */
function conditions(operator: string, written: string): readonly string[] {
  if (written === '*') return [];
  const version = written.replace(/\.\*$/, '');
  const release = explain(version)?.release ?? [];
  switch (operator) {
    case '':
    case '=':
      return [`==${written}`];
    case '^': {
      const significant = release.findIndex(part => part !== 0);
      return [`>=${version}`, `<${following(release, Math.max(0, significant))}`];
    }
    case '~':
      return [`>=${version}`, `<${following(release, Math.min(1, release.length - 1))}`];
    case '>=':
    case '<':
      return [operator + version];
    case '>':
      return [version === written ? `>${version}` : `>=${following(release, release.length - 1)}`];
    case '<=':
      return [version === written ? `<=${version}` : `<${following(release, release.length - 1)}`];
    default:
      return [operator + written];
  }
}

/** The version after all that begin with the parts of a release up to one of them: `3.12` after 3.11.2 at its second. */
function following(release: readonly number[], at: number): string {
  return [...release.slice(0, at), (release[at] ?? 0) + 1].join('.');
}

/** Patches worth trying: the first, the last, and those next to one that the specifier names. */
function candidatePatches(specifier: string): readonly number[] {
  const named = [...specifier.matchAll(/\d+\.\d+\.(\d+)/g)].map(([, patch]) => Number(patch));
  return [0, LAST_PATCH, ...named.flatMap(patch => [patch - 1, patch, patch + 1])].filter(patch => patch >= 0);
}
