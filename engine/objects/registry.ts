/** The objects of a session by id. Ids are opaque to clients: base64 of type and digest. */
import type { ContainerState } from './container.js';
import { digestOf } from './digest.js';
import type { EnvFile } from './env-file.js';
import type { GitRefs, NamedCommit } from './git-refs.js';
import type { ExposedPort, Healthcheck } from './image-config.js';
import type { JsonValue } from './json-value.js';
import type { ChangedTrees, GitOrigin, TreeRef } from './op.js';
import type { ServiceDefinition } from './service.js';

export interface SecretRef {
  /** What cache keys and digests know of the secret: its name or address, never its value. */
  readonly secret: string;
  readonly name: string;
  readonly uri: string;
}

export interface CacheVolumeRef {
  readonly key: string;
  readonly sharing?: 'SHARED' | 'PRIVATE' | 'LOCKED';
  readonly source?: TreeRef;
  readonly owner: string;
}

export interface StatRef {
  readonly size: number;
  readonly name: string;
  readonly fileType: 'REGULAR' | 'DIRECTORY' | 'SYMLINK' | 'UNKNOWN';
  readonly permissions: number;
}

/** What is said of an error besides its message, in JSON. */
export interface ErrorValueRef {
  readonly name: string;
  readonly value: string;
}

export interface GitRepositoryRef {
  /** As it was given; null for a directory. */
  readonly url: string | null;
  readonly origin: GitOrigin;
  readonly offers: GitRefs;
}

export interface GitRefRef extends NamedCommit {
  readonly repository: GitRepositoryRef;
}

/** What changed at one path. */
export interface DiffStatRef {
  readonly path: string;
  readonly oldPath?: string;
  readonly kind: 'ADDED' | 'MODIFIED' | 'REMOVED' | 'RENAMED';
  readonly addedLines: number;
  readonly removedLines: number;
}

/** One place in a line, in bytes from the line's beginning. */
export interface SearchSubmatchRef {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A line that something was found in, or a file when only those were asked for. Lines count from 1, offsets are bytes. */
export interface SearchResultRef {
  readonly filePath: string;
  readonly lineNumber: number;
  readonly absoluteOffset: number;
  readonly matchedLines: string;
  readonly submatches: readonly SearchSubmatchRef[];
}

/** What each object type of the API holds. */
export interface ObjectValues {
  Query: Record<string, never>;
  Host: Record<string, never>;
  Container: ContainerState;
  /** `taken`: named by a path of another directory, so that it may not be there. */
  Directory: TreeRef & { readonly taken?: boolean };
  File: TreeRef;
  Service: ServiceDefinition;
  Secret: SecretRef;
  CacheVolume: CacheVolumeRef;
  /** A socket of this machine, by its path. */
  Socket: { readonly path: string };
  EnvVariable: { readonly name: string; readonly value: string };
  Label: { readonly name: string; readonly value: string };
  Port: ExposedPort;
  HealthcheckConfig: Healthcheck;
  Stat: StatRef;
  Changeset: ChangedTrees;
  DiffStat: DiffStatRef;
  Address: { readonly value: string };
  GitRepository: GitRepositoryRef;
  GitRef: GitRefRef;
  SearchResult: SearchResultRef;
  SearchSubmatch: SearchSubmatchRef;
  EnvFile: EnvFile;
  JSONValue: JsonValue;
  Error: { readonly message: string; readonly values: readonly ErrorValueRef[] };
  ErrorValue: ErrorValueRef;
}

export type TypeName = keyof ObjectValues;

/** An object of the API: its type and what it holds. */
export interface ApiObject<T extends TypeName = TypeName> {
  readonly type: T;
  readonly value: ObjectValues[T];
}

export interface Registry {
  /** Returns the object's id and remembers the object. */
  idOf(object: ApiObject): string;
  /** Returns the object of an id. @throws Error for an unknown id or one of another type than `type` */
  load<T extends TypeName>(id: string, type: T): ObjectValues[T];
  /** Returns the object of an id whatever its type. @throws Error for an unknown id */
  loadAny(id: string): ApiObject;
}

/** A new, empty registry. */
export function createRegistry(): Registry {
  const objects = new Map<string, ApiObject>();
  const loadAny = (id: string): ApiObject => {
    const object = objects.get(id);
    if (object === undefined) throw new Error(`no object with id ${JSON.stringify(id.slice(0, 40))} in this session`);
    return object;
  };
  return {
    idOf(object) {
      const id = Buffer.from(`${object.type}@sha256:${digestOf({ type: object.type, value: object.value })}`).toString(
        'base64url',
      );
      objects.set(id, object);
      return id;
    },
    loadAny,
    load(id, type) {
      const object = loadAny(id);
      if (object.type !== type) throw new Error(`expected the id of a ${type}, got the id of a ${object.type}`);
      return object.value as never;
    },
  };
}
