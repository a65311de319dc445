/** Operations: immutable descriptions of file trees. Nothing here runs; engine/solve does, once per digest. */
import { digestOf } from './digest.js';
import type { ExposedPort, Healthcheck } from './image-config.js';

/** A directory or file inside the tree that an operation yields; `path` is absolute within it. */
export interface TreeRef {
  readonly op: Op;
  readonly path: string;
}

/** Two states of one directory. */
export interface ChangedTrees {
  readonly before: TreeRef;
  readonly after: TreeRef;
}

/** Where a repository is. Who asks is known by secrets, which count nowhere. */
export type GitOrigin =
  | { readonly kind: 'local'; readonly directory: TreeRef }
  | {
      readonly kind: 'remote';
      readonly url: string;
      readonly username?: string;
      readonly token?: string;
      readonly header?: string;
    };

/** What becomes of a path that two changes are about. */
export type OnConflict = 'FAIL_EARLY' | 'FAIL' | 'LEAVE_CONFLICT_MARKERS' | 'PREFER_OURS' | 'PREFER_THEIRS';

/** Which files of a directory are meant, with the pattern rules of .dockerignore; `gitignore` applies the .gitignore files inside. */
export interface Filter {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly gitignore: boolean;
  /** A directory of this machine from which on .gitignore files count; default: the filtered directory itself. */
  readonly gitignoreRoot?: string;
}

export type Mount =
  | {
      readonly kind: 'directory';
      readonly path: string;
      readonly source: TreeRef;
      readonly readOnly: boolean;
    }
  | { readonly kind: 'file'; readonly path: string; readonly source: TreeRef }
  | {
      readonly kind: 'cache';
      readonly path: string;
      readonly key: string;
      readonly sharing: 'SHARED' | 'PRIVATE' | 'LOCKED';
      readonly source?: TreeRef;
      readonly owner: string;
    }
  | { readonly kind: 'temp'; readonly path: string; readonly size?: number }
  | {
      readonly kind: 'secret';
      readonly path: string;
      readonly secret: string;
      readonly owner: string;
      readonly mode: number;
    }
  /** A socket of this machine, by its path there. */
  | { readonly kind: 'socket'; readonly path: string; readonly socket: string; readonly owner: string };

/** A service reachable under a name while a process runs. */
export interface Binding {
  readonly alias: string;
  readonly service: ServiceDefinition;
}

/** The process part of an exec or a service: everything podman needs but the root file system's place. */
export interface ProcessSpec {
  readonly rootfs: Op;
  readonly args: readonly string[];
  readonly env: readonly (readonly [name: string, value: string])[];
  /** Variables whose values are in no key. */
  readonly volatileEnv: readonly (readonly [name: string, value: string])[];
  /** Variable name and the secret's identity. */
  readonly secretEnv: readonly (readonly [name: string, secret: string])[];
  readonly user: string;
  readonly workdir: string;
  readonly mounts: readonly Mount[];
  readonly bindings: readonly Binding[];
  readonly platform: string;
}

/** A service: a process with the ports and the health check that say when it is ready. */
export interface ServiceDefinition {
  readonly digest: string;
  readonly process: ProcessSpec;
  readonly ports: readonly ExposedPort[];
  readonly healthcheck?: Healthcheck;
  readonly hostname: string;
}

export interface ExecSpec extends ProcessSpec {
  readonly stdin: string;
  readonly redirectStdin: string;
  readonly redirectStdout: string;
  readonly redirectStderr: string;
  readonly expect: 'SUCCESS' | 'FAILURE' | 'ANY';
}

export type OpBody =
  | { readonly kind: 'empty' }
  /** Layers that already lie in the store under these ids, lowest first; the content is named by `content`. */
  | {
      readonly kind: 'layers';
      readonly origin: 'host' | 'image';
      readonly content: string;
      readonly layers: readonly string[];
      /** Set where the .gitignore files in it have selected it already. */
      readonly selected?: 'gitignore';
    }
  /** What a filter selects of a directory of this machine, as it was at a look (`look` tells looks apart): taken in when its content is needed. */
  | { readonly kind: 'host'; readonly path: string; readonly filter: Filter; readonly look: number }
  /** A Debian root made by mmdebstrap, with a script run in it before it becomes a layer. */
  | {
      readonly kind: 'bootstrap';
      readonly suite: string;
      readonly variant: string;
      readonly finish: string;
      /** As Debian calls it; absent: this machine's own. */
      readonly architecture?: string;
    }
  /** The files of an npm package, fetched and checked by the host's npm. */
  | { readonly kind: 'npm'; readonly package: string; readonly version: string; readonly integrity: string }
  | ({ readonly kind: 'exec' } & ExecSpec)
  /** What a mounted directory holds after an exec. */
  | { readonly kind: 'mounted'; readonly exec: Op; readonly path: string }
  | {
      readonly kind: 'copy';
      readonly base: Op;
      readonly to: string;
      readonly source: TreeRef;
      readonly filter: Filter;
      /**
       * What of the source counts: the files that the filter selects, as with Dagger's `filter`, or all of them whatever is copied, as with
       * the patterns of its `withDirectory`.
       */
      readonly counts: 'selected' | 'all';
      readonly owner: string;
      readonly mode?: number;
    }
  | {
      readonly kind: 'copy-file';
      readonly base: Op;
      readonly to: string;
      readonly source: TreeRef;
      readonly owner: string;
      readonly mode?: number;
    }
  | {
      readonly kind: 'write';
      readonly base: Op;
      readonly path: string;
      readonly contents: string;
      readonly mode: number;
    }
  /** A text in a file put in place of another: everywhere, where it stands alone, or once from a line on. */
  | {
      readonly kind: 'replace';
      readonly base: Op;
      readonly path: string;
      readonly search: string;
      readonly replacement: string;
      readonly which: 'all' | 'only' | number;
    }
  /** A patch as Git writes them, put onto a directory. */
  | { readonly kind: 'patch'; readonly base: Op; readonly path: string; readonly patch: TreeRef }
  | { readonly kind: 'mkdir'; readonly base: Op; readonly path: string; readonly mode: number }
  | { readonly kind: 'symlink'; readonly base: Op; readonly target: string; readonly path: string }
  | { readonly kind: 'remove'; readonly base: Op; readonly paths: readonly string[] }
  | { readonly kind: 'rename'; readonly base: Op; readonly from: string; readonly to: string }
  | { readonly kind: 'chown'; readonly base: Op; readonly path: string; readonly owner: string }
  | { readonly kind: 'timestamps'; readonly base: Op; readonly path: string; readonly seconds: number }
  | { readonly kind: 'diff'; readonly lower: TreeRef; readonly upper: TreeRef }
  /** What two directories differ in, made in a third one. */
  | { readonly kind: 'changes'; readonly base: Op; readonly path: string; readonly changes: ChangedTrees }
  /** The patch that leads from one directory to another, as a file. */
  | ({ readonly kind: 'patch-of' } & ChangedTrees)
  /** The files of a commit, under the name that it was found by. */
  | {
      readonly kind: 'git-tree';
      readonly origin: GitOrigin;
      readonly sha: string;
      readonly name: string;
      readonly depth: number;
      readonly tags: boolean;
      readonly keepGit: boolean;
    }
  /** The tree of a working tree's directory, without what nobody has committed. */
  | { readonly kind: 'git-cleaned'; readonly directory: TreeRef }
  /** A tree with several changes brought together. */
  | {
      readonly kind: 'merge';
      readonly base: Op;
      readonly ours: ChangedTrees;
      readonly others: readonly ChangedTrees[];
      readonly onConflict: OnConflict;
    };

export type Op = OpBody & { readonly digest: string };
export type OpOf<K extends OpBody['kind']> = Extract<Op, { kind: K }>;
export type ExecOp = OpOf<'exec'>;

/** Describes an operation; its digest is that of its fields and of its inputs' digests. */
export function defineOp<B extends OpBody>(body: B): B & { readonly digest: string } {
  return Object.freeze(Object.assign({ digest: digestOf(body) }, body));
}

/** The empty tree. */
export const emptyTree: Op = defineOp({ kind: 'empty' });

/** Every file. */
export const everything: Filter = { include: [], exclude: [], gitignore: false };
