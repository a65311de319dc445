/** Ranges of Python versions as projects declare them: specifiers of PEP 440, and what poetry has beside them. */
import { explain, validRange } from '@renovatebot/pep440';
import { type Marker, parseMarker } from './marker.js';

/** One condition: an operator, maybe none, and a version, maybe with `.*` at its end. */
const CLAUSE = /(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*([^\s,()|<>=!~^]+)/g;

/** The marker that holds for the versions of Python in a range; undefined for any version, and for what is no range. */
export function pythonMarker(range: string): Marker | undefined {
  const specifiers = specifiersOf(range) ?? [];
  const alternatives = specifiers.map(specifier =>
    parseMarker(
      specifier
        .split(',')
        .map(clause => clause.replace(/^([<>=!~]+)(.*)$/, 'python_full_version $1 "$2"'))
        .join(' and '),
    ),
  );
  const of = alternatives.filter(marker => marker !== undefined);
  return of.length > 0 && of.length === alternatives.length ? { kind: 'any', of } : undefined;
}

/**
 * The alternatives of a range such as `^3.11` or `~3.12 || 3.13.*` as specifiers of PEP 440; an empty one allows everything. Undefined
 * for what is no range.
 */
export function specifiersOf(range: string): readonly string[] | undefined {
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
