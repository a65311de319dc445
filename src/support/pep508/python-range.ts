/** Ranges of Python versions as projects declare them: PEP 440's specifiers, and what poetry adds to them. */
import type { Marker, MarkerOperator } from './marker.js';

/** A version and how others compare to it, in PEP 440's own terms. */
export interface VersionClause {
  readonly operator: Exclude<MarkerOperator, 'in' | 'not in'>;
  /** May end in `.*` after `==` and `!=`. */
  readonly version: string;
}

const CLAUSE = /\s*(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*(\*|[0-9][0-9A-Za-z.*+!-]*)\s*,?/y;

/**
 * Reads a range such as `>=3.11,<3.14`, `^3.11` or `~3.12 || 3.13.*`: alternatives, each of clauses that hold together; none of
 * them for any version. Undefined for what is no range.
 */
export function parsePythonRange(range: string): readonly (readonly VersionClause[])[] | undefined {
  const alternatives = range.split(/\|\|?/).map(clausesOf);
  return alternatives.every(clauses => clauses !== undefined) ? alternatives : undefined;
}

/** The marker that holds for the versions of Python in a range; undefined for any version, and for what is no range. */
export function pythonMarker(range: string): Marker | undefined {
  const alternatives = parsePythonRange(range);
  if (!alternatives || alternatives.some(clauses => clauses.length === 0)) return undefined;
  return { kind: 'any', of: alternatives.map(clauses => ({ kind: 'all', of: clauses.map(markerOf) })) };
}

function markerOf({ operator, version }: VersionClause): Marker {
  const left = { kind: 'variable', name: 'python_full_version' } as const;
  return { kind: 'compare', left, operator, right: { kind: 'text', text: version } };
}

function clausesOf(alternative: string): readonly VersionClause[] | undefined {
  const written = alternative.replace(/^\s*\(|\)\s*$/g, '');
  const clauses: VersionClause[] = [];
  CLAUSE.lastIndex = 0;
  let end = 0;
  for (let match = CLAUSE.exec(written); match; match = CLAUSE.exec(written)) {
    end = CLAUSE.lastIndex;
    clauses.push(...translated(match[1] ?? '', match[2]!));
  }
  return end > 0 && written.slice(end).trim() === '' ? clauses : undefined;
}

/** One condition in PEP 440's terms: poetry's `^` goes up to the next release of the first part that is not 0, `~` to the next minor. */
function translated(operator: string, version: string): readonly VersionClause[] {
  if (version === '*') return [];
  const parts = version.split('.').map(part => Number.parseInt(part, 10));
  switch (operator) {
    case '^': {
      const index = parts.findIndex(part => part !== 0);
      return [{ operator: '>=', version }, below(parts, index < 0 ? parts.length - 1 : index)];
    }
    case '~':
      return [{ operator: '>=', version }, below(parts, Math.min(1, parts.length - 1))];
    case '':
    case '=':
      return [{ operator: '==', version }];
    default:
      return [{ operator: operator as VersionClause['operator'], version }];
  }
}

/** Below the release in which a part is one more. */
function below(parts: readonly number[], index: number): VersionClause {
  return { operator: '<', version: [...parts.slice(0, index), parts[index]! + 1].join('.') };
}
