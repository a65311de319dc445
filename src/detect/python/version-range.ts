/** Which minor versions of Python a declared range allows: PEP 440 specifiers and poetry's ^ and ~. */

type Version = readonly number[];

/** A patch above any that will be released: `3.11.x` as far as upper bounds go. */
const LAST_PATCH = 999;

/**
 * Whether some release of the minor version (such as `3.11`) satisfies the range. Undefined when the range cannot be
 * read. `||` and `|` separate alternatives, commas and spaces join conditions.
 */
export function allowsMinor(range: string, minor: string): boolean | undefined {
  const base = minor.split('.').map(Number);
  const alternatives = range.split(/\s*\|\|?\s*/).map(alternative => {
    const clauses = [...alternative.matchAll(/(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*([0-9*][0-9A-Za-z.*+]*)/g)];
    const rest = alternative
      .replace(/(===|==|~=|!=|<=|>=|<|>|\^|~|=)?\s*([0-9*][0-9A-Za-z.*+]*)/g, '')
      .replace(/[\s,()]/g, '');
    if (rest !== '' || clauses.length === 0) return undefined;
    const bounds = clauses.map(([, operator = '', version = '']) => ({ operator, version }));
    return candidatePatches(bounds.map(bound => bound.version)).some(patch =>
      bounds.every(({ operator, version }) => satisfies([base[0]!, base[1]!, patch], operator, version)),
    );
  });
  return alternatives.includes(undefined) ? undefined : alternatives.includes(true);
}

/** Patches worth trying: the first, the last, and those next to one that the range names. */
function candidatePatches(versions: readonly string[]): number[] {
  const named = versions.map(version => Number(version.split('.')[2])).filter(patch => Number.isInteger(patch));
  return [0, LAST_PATCH, ...named.flatMap(patch => [patch - 1, patch, patch + 1])].filter(patch => patch >= 0);
}

function satisfies(candidate: Version, operator: string, written: string): boolean {
  if (written === '*') return true;
  const wildcard = written.endsWith('.*');
  const version = written
    .replace(/\.\*$/, '')
    .split('.')
    .map(part => Number.parseInt(part, 10));
  const isPrefix = version.every((part, index) => candidate[index] === part);
  const order = compare(candidate, version);
  switch (operator) {
    case '>=':
      return order >= 0;
    case '>':
      return version.length < 3 ? order > 0 && !isPrefix : order > 0;
    case '<=':
      return order <= 0;
    case '<':
      return order < 0;
    case '!=':
      return wildcard ? !isPrefix : order !== 0;
    case '~=':
      return order >= 0 && version.slice(0, -1).every((part, index) => candidate[index] === part);
    case '~':
      return (
        order >= 0 && version.slice(0, Math.min(2, version.length)).every((part, index) => candidate[index] === part)
      );
    case '^':
      return order >= 0 && candidate[0] === version[0];
    default:
      return wildcard ? isPrefix : order === 0;
  }
}

function compare(a: Version, b: Version): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
