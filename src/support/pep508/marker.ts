/** Environment markers: the part of a requirement behind its `;`, by the grammar of PEP 508. */
import { type Scanner, scan } from './scanner.js';

/** A condition on where a requirement is installed. Plain data. */
export type Marker =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Marker[] }
  | {
      readonly kind: 'compare';
      readonly left: MarkerValue;
      readonly operator: MarkerOperator;
      readonly right: MarkerValue;
    };

/** One side of a comparison. */
export type MarkerValue =
  | { readonly kind: 'variable'; readonly name: MarkerVariable }
  | { readonly kind: 'text'; readonly text: string };

const OPERATORS = ['===', '==', '~=', '!=', '<=', '>=', '<', '>', 'in', 'not in'] as const;

export type MarkerOperator = (typeof OPERATORS)[number];

const VARIABLES = [
  'implementation_name',
  'implementation_version',
  'os_name',
  'platform_machine',
  'platform_python_implementation',
  'platform_release',
  'platform_system',
  'platform_version',
  'python_full_version',
  'python_version',
  'sys_platform',
  'dependency_groups',
  'extras',
  'extra',
] as const;

/** What a marker may ask for. */
export type MarkerVariable = (typeof VARIABLES)[number];

/** Names that old tools wrote, and setuptools still reads. */
const OLD_NAMES: Readonly<Record<string, MarkerVariable>> = {
  'os.name': 'os_name',
  'sys.platform': 'sys_platform',
  'platform.version': 'platform_version',
  'platform.machine': 'platform_machine',
  'platform.python_implementation': 'platform_python_implementation',
  python_implementation: 'platform_python_implementation',
};

/** Whether a word is one of the variables. */
export function isMarkerVariable(word: string): word is MarkerVariable {
  return (VARIABLES as readonly string[]).includes(word);
}

/** Reads a marker alone, such as `sys_platform == "linux" and python_version < "3.13"`; undefined for what is none. */
export function parseMarker(text: string): Marker | undefined {
  const scanner = scan(text);
  const marker = markerAt(scanner);
  return marker && scanner.done() ? marker : undefined;
}

/** Both conditions at once; undefined where there is none. */
export function bothMarkers(...markers: readonly (Marker | undefined)[]): Marker | undefined {
  const of = markers.filter(marker => marker !== undefined);
  return of.length > 1 ? { kind: 'all', of } : of[0];
}

/** Parentheses within each other: nobody writes as many, and each takes of the stack. */
const DEEPEST = 100;

/** Reads the marker that is next: `and` binds more than `or`. */
export function markerAt(scanner: Scanner, depth = 0): Marker | undefined {
  if (depth > DEEPEST) return undefined;
  const atom = () => atomAt(scanner, depth);
  return joinedAt(scanner, 'any', /\s*or\b/y, () => joinedAt(scanner, 'all', /\s*and\b/y, atom));
}

function joinedAt(
  scanner: Scanner,
  kind: 'all' | 'any',
  joint: RegExp,
  part: () => Marker | undefined,
): Marker | undefined {
  const of: Marker[] = [];
  do {
    const next = part();
    if (!next) return undefined;
    of.push(next);
  } while (scanner.take(joint));
  return of.length > 1 ? { kind, of } : of[0];
}

function atomAt(scanner: Scanner, depth: number): Marker | undefined {
  if (scanner.take(/\s*\(/y)) {
    const inner = markerAt(scanner, depth + 1);
    return inner && scanner.take(/\s*\)/y) ? inner : undefined;
  }
  const left = valueAt(scanner);
  const operator = left && operatorAt(scanner);
  const right = operator && valueAt(scanner);
  return right && { kind: 'compare', left: left!, operator: operator!, right };
}

function valueAt(scanner: Scanner): MarkerValue | undefined {
  const quoted = scanner.take(/\s*(?:'([^']*)'|"([^"]*)")/y);
  if (quoted) return { kind: 'text', text: quoted[1] ?? quoted[2]! };
  const word = scanner.take(/\s*([a-z_.]+)\b/y)?.[1];
  if (word === undefined) return undefined;
  const name = OLD_NAMES[word] ?? word;
  return isMarkerVariable(name) ? { kind: 'variable', name } : undefined;
}

function operatorAt(scanner: Scanner): MarkerOperator | undefined {
  const written = scanner.take(/\s*(===|[=~!<>]=|[<>]|in\b|not\s+in\b)/y)?.[1];
  const word = written?.replace(/\s+/, ' ');
  return OPERATORS.find(operator => operator === word);
}
