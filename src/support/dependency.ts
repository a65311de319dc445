/** Python dependencies as projects declare them. */
import type { Place } from '../diagnostics/place.js';
import { defined } from '../source/defined.js';
import { markerHolds } from './pep508/evaluate.js';
import { bothMarkers, type Marker } from './pep508/marker.js';
import type { Requirement } from './pep508/requirement.js';

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
  /** Condition on the version of Python, while none is chosen; `forPython` settles it. */
  readonly marker?: Marker;
  readonly place: Place;
}

/** What a declaration says of a dependency beside its requirement. */
export interface Declaration {
  /** Looked at when somebody asks where the dependency is declared. */
  readonly place: Place;
  /** Default: `dev` in a group, else `main`. */
  readonly group?: Dependency['group'];
  readonly groupName?: string | undefined;
  readonly source?: 'git' | undefined;
  /** Whether an exact version counts as one that is installed. */
  readonly pins?: boolean;
  /** A condition that is written apart from the requirement. */
  readonly marker?: Marker | undefined;
}

/** The dependency that a requirement declares; none where its marker leaves out the platform that apps run on. */
export function declared(requirement: Requirement, declaration: Declaration): readonly Dependency[] {
  const { groupName, source, pins = false, marker } = declaration;
  const condition = bothMarkers(marker, requirement.marker);
  const holds = condition === undefined || markerHolds(condition);
  if (holds === false) return [];
  const { name, extras } = requirement;
  const { group = groupName === undefined ? 'main' : 'dev' } = declaration;
  const said = {
    extras: extras.length > 0 ? extras : undefined,
    pinned: pins ? exactVersion(requirement) : undefined,
    source,
    groupName,
    marker: holds === undefined ? condition : undefined,
  };
  return [
    {
      name,
      group,
      ...defined(said),
      get place() {
        return declaration.place;
      },
    },
  ];
}

/** The version that a requirement names with `==`. */
export function exactVersion({ versions }: Requirement): string | undefined {
  return versions.map(clause => /^===?([^=*]+)$/.exec(clause)?.[1]).find(version => version !== undefined);
}

/** The dependencies that count with a minor version of Python: conditions that only the patch or the kernel decides hold. */
export function forPython(dependencies: readonly Dependency[], python: string): readonly Dependency[] {
  return dependencies.flatMap(dependency => {
    const { marker, ...own } = dependency;
    if (marker === undefined) return [dependency];
    return markerHolds(marker, { python }) === false ? [] : [own];
  });
}

/** The dependency with a name, a main one first; undefined when it is not declared. */
export function dependencyOn(dependencies: readonly Dependency[], ...names: readonly string[]): Dependency | undefined {
  const all = dependencies.filter(({ name }) => names.includes(name));
  return all.find(({ group }) => group === 'main') ?? all[0];
}
