/** Requirements as PEP 508 writes them: `psycopg[binary] >=3.2, <4 ; sys_platform == "linux"`. */
import { validRange } from '@renovatebot/pep440';
import { defined } from '../../source/defined.js';
import { type Marker, markerAt } from './marker.js';
import { type Scanner, scan } from './scanner.js';

/** One requirement, its name and extras normalised. */
export interface Requirement {
  readonly name: string;
  readonly extras: readonly string[];
  /** The clauses of its version, as written but for spaces; none for any version, and for an address. */
  readonly versions: readonly string[];
  /** Where it is taken from when that is no package index: what is behind `@`. */
  readonly url?: string;
  readonly marker?: Marker;
}

/** Normalises a package name as PEP 503 says. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Reads a requirement; undefined for what is none: a path, an option of pip, a bare address. */
export function parseRequirement(text: string): Requirement | undefined {
  const scanner = scan(text);
  const head = headAt(scanner);
  if (!head) return undefined;
  const url = scanner.take(/\s*@\s*(\S+)/y)?.[1];
  const versions = url === undefined ? versionsAt(scanner) : [];
  if (!versions) return undefined;
  // An address may contain a semicolon: what begins a marker stands apart.
  const hasMarker = scanner.take(url === undefined ? /\s*;/y : /\s+;/y) !== undefined;
  const marker = hasMarker ? markerAt(scanner) : undefined;
  if ((hasMarker && !marker) || !scanner.done()) return undefined;
  return { ...head, ...defined({ versions, url, marker }) };
}

/**
 * Reads as much of a requirement as can be read: of one with a version that is none, or a marker that only another tool knows, the
 * name and the extras.
 */
export function readRequirement(text: string): Requirement | undefined {
  const whole = parseRequirement(text);
  if (whole) return whole;
  const scanner = scan(text);
  const head = headAt(scanner);
  return head && scanner.take(/\s*(?=$|[(<>=!~;@#,])|\s/y) ? { ...head, versions: [] } : undefined;
}

/** Name and extras. */
function headAt(scanner: Scanner): Pick<Requirement, 'name' | 'extras'> | undefined {
  const name = scanner.take(/\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?![A-Za-z0-9._-])/y)?.[1];
  if (name === undefined) return undefined;
  const extras = scanner.take(/\s*\[([^\]]*)\]/y)?.[1] ?? '';
  const names = extras.trim() === '' ? [] : extras.split(',').map(extra => extra.trim());
  if (!names.every(extra => /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(extra))) return undefined;
  return { name: normaliseName(name), extras: names.map(normaliseName) };
}

const CLAUSE = /\s*(===\s*[^\s;)]+|(?:[=~!<>]=|[<>])\s*[A-Za-z0-9.*+!_-]+)/y;

/** The clauses of a version, in parentheses or not; a comma may stand behind the last one. */
function versionsAt(scanner: Scanner): readonly string[] | undefined {
  const isInParentheses = scanner.take(/\s*\(/y) !== undefined;
  const versions: string[] = [];
  for (let clause = scanner.take(CLAUSE); clause; clause = scanner.take(CLAUSE)) {
    versions.push(clause[1]!.replace(/\s/g, ''));
    if (!scanner.take(/\s*,/y)) break;
  }
  const isClosed = !isInParentheses || scanner.take(/\s*\)/y) !== undefined;
  return isClosed && versions.every(isVersionClause) ? versions : undefined;
}

function isVersionClause(clause: string): boolean {
  return clause.startsWith('===') || validRange(clause);
}
