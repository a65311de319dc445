/** Python dependencies as projects declare them, and their names. */
import type { Place } from '../diagnostics/diagnostic.js';

/** One declared Python dependency, its name normalised as PEP 503 says. */
export interface Dependency {
  readonly name: string;
  readonly group: 'main' | 'dev';
  /** Extras asked for, such as `binary` in `psycopg[binary]`. */
  readonly extras?: readonly string[];
  /** The exact version that a requirements file pins with `==`. */
  readonly pinned?: string;
  /** Taken from a repository and not from a package index. */
  readonly source?: 'git';
  /** Name of the dependency group or extra it is declared in, when it is not a main dependency of a pyproject.toml. */
  readonly groupName?: string;
  readonly place: Place;
}

/** Normalises a package name as PEP 503 says. */
export function normaliseName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Name and extras of a requirement such as `psycopg[binary] >=3`; undefined for a URL, path or option. */
export function readRequirement(text: string): { name: string; extras: string[] } | undefined {
  const parts = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(?=$|[(<>=!~;@#,\s])/.exec(
    text,
  );
  if (!parts) return undefined;
  const extras = (parts[2] ?? '')
    .split(',')
    .map(extra => extra.trim())
    .filter(extra => extra !== '');
  return { name: normaliseName(parts[1]!), extras: extras.map(normaliseName) };
}

/** The dependency with a name, a main one first; undefined when it is not declared. */
export function dependencyOn(dependencies: readonly Dependency[], ...names: readonly string[]): Dependency | undefined {
  const all = dependencies.filter(({ name }) => names.includes(name));
  return all.find(({ group }) => group === 'main') ?? all[0];
}
