/** What every part of a session's engine works with. */
import type { EngineEvent } from '../contract.js';
import type { FileHasher } from '../fs/content-hash.js';
import type { ListedEntry, Listing } from '../fs/listing.js';
import type { Binding, Filter, Op, OpOf, TreeRef } from '../objects/op.js';
import type { HostTrust } from '../podman/host-trust.js';
import type { Podman } from '../podman/podman.js';
import type { StateDirs } from '../store/layout.js';
import type { Overlays } from '../store/overlays.js';
import type { Records } from '../store/records.js';
import type { Secrets } from '../store/secrets.js';
import type { SessionNotes } from '../store/session-notes.js';
import type { Snapshot, SnapshotStore } from '../store/snapshots.js';
import type { Volumes } from '../store/volumes.js';
import type { Activity } from './activity.js';
import type { Keys } from './keys.js';
import type { Limit } from './limit.js';

export interface EngineContext {
  readonly sessionId: string;
  /** The session's directory on tmpfs. */
  readonly sessionDir: string;
  readonly dirs: StateDirs;
  readonly env: NodeJS.ProcessEnv;
  readonly records: Records;
  readonly store: SnapshotStore;
  readonly notes: SessionNotes;
  readonly volumes: Volumes;
  readonly overlays: Overlays;
  readonly podman: Podman;
  readonly secrets: Secrets;
  readonly trust: HostTrust;
  readonly activity: Activity;
  /** Bounds how many processes run at once. */
  readonly limit: Limit;
  /** Bounds how many layers are compressed at once: beside processes, some of which only wait. */
  readonly compressing: Limit;
  /** Hashes files below a directory of this machine. */
  readonly hasherBelow: (directory: string) => FileHasher;
  /** Whether a command gets what others publish. */
  readonly fetches: (command: readonly string[]) => boolean;
  readonly emit: (event: EngineEvent) => void;
}

export interface Solver extends Pick<Keys, 'serviceKey'> {
  /** Carries the operation out unless its result is stored. */
  solve(op: Op): Promise<Snapshot>;
  /** Whether the operation's result is there already. */
  isStored(op: Op): Promise<boolean>;
  /** The absolute path, on this machine, of a file or directory of a tree; not to be written to. */
  locate(ref: TreeRef): Promise<string>;
}

/**
 * Large directories of this machine that were looked at and not taken in: names are known, and files are read where they lie. Taking them in takes
 * long, and who only plans needs the contents of few.
 */
export interface SeenTrees {
  /** Describes a directory by what it holds now. */
  describe(path: string, filter: Filter, listing: Listing): OpOf<'host'>;
  /** What was described, taken in. @throws InfrastructureError where a file that was read has changed since */
  take(op: OpOf<'host'>): Promise<OpOf<'layers'>>;
  /** All that a tree holds, where a list of that is known without making it. */
  listing(op: Op): Listing | undefined;
  /** A listed file is about to be read. @throws InfrastructureError when it is not as it was the last time */
  read(entry: ListedEntry): void;
}

export interface Services {
  /** Starts what is not running yet and waits until all are ready. Returns the hosts entries for whoever is bound to them. */
  bind(bindings: readonly Binding[]): Promise<readonly { readonly name: string; readonly address: string }[]>;
}

/** The parts of a session's engine. They need each other, so each gets all of them, to be used while it works. */
export interface Engine {
  readonly context: EngineContext;
  readonly solver: Solver;
  readonly seen: SeenTrees;
  readonly services: Services;
}
