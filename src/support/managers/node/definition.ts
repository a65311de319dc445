/** What Quayside knows of a Node package manager. */
import type { CacheMount } from '../../../plan/types.js';
import type { Supported } from '../../supported.js';

export interface NodeManagerDefinition extends Supported {
  /** Decides what is expected where no lock file says it, and the order in which several are named. */
  readonly rank: number;
  /** Its program, which is the name that `packageManager` in package.json has for it too. */
  readonly command: string;
  /** Names of its lock files, the one that it writes today first. */
  readonly lockFiles: readonly string[];
  /** Whether a lock file is its own, where another manager writes files of the same name; absent: all are. */
  readonly owns?: (lock: string) => boolean;
  /** Major versions that it has, where another manager goes by the same name; absent: all. */
  readonly majors?: (major: number) => boolean;
  /** How it comes into an image; absent: Node's image has it, in a version that reads every lock file of it. */
  readonly brought?: BroughtManager;
  /** Whether volta pins versions of it in package.json. */
  readonly inVolta: boolean;
  /** The words that install exactly what is locked. */
  readonly install: readonly string[];
  /** The words that install what package.json asks for, where nothing is locked. */
  readonly installUnlocked: readonly string[];
  /** The words before the name of a script of package.json. */
  readonly run: readonly string[];
  /** The words before a program that an installed package brings. */
  readonly exec: readonly string[];
  /** Where it keeps what it has downloaded. */
  readonly cache: CacheMount;
  /** Files beside package.json and the lock file that installing reads. */
  readonly files: readonly string[];
  /** Whether it fills in variables of credentials only where the settings are the user's own, not the source's. */
  readonly distrustsSource?: true;
  /** Environment in which it installs and runs. */
  readonly env?: Readonly<Record<string, string>>;
  /** What people type to make or renew the lock file. */
  readonly lockCommand: string;
  /** The exact version of a package by a lock file; undefined where that does not say it. */
  lockedVersion(lock: string, wanted: LockedPackage): string | undefined;
  /** All packages that a lock file locks, each once for each version; none where it cannot be read. Members of a workspace are none. */
  allLocked(lock: string): readonly LockEntry[];
}

/** A package as a lock file has it. */
export interface LockEntry {
  readonly name: string;
  readonly version: string;
  /** Of its archive, as in `sha512-BASE64`. */
  readonly integrity?: string;
  /** Address of its archive. */
  readonly url?: string;
  readonly licence?: string;
  /** Only needed to build or to test. */
  readonly dev?: true;
  /** Not installed where its system is not the right one. */
  readonly optional?: true;
}

/** A package manager that is installed in the image. */
export interface BroughtManager {
  /** The npm package that brings it. */
  readonly package: string;
  /** The format of a lock file; absent: one version reads all of them. */
  readonly formatOf?: (lock: string) => number | undefined;
  /** Versions that read lock files from a format on and write them unchanged, the newest format first. */
  readonly readers: readonly { readonly format: number; readonly version: string }[];
  /** The lock files that one of those reads, in words: `pnpm 7 or newer`. */
  readonly reads: string;
}

/** A package that a package.json asks for. */
export interface LockedPackage {
  readonly name: string;
  /** The range asked for, as written. */
  readonly range: string;
  /** Directory of that package.json as seen from the lock file; '' beside it. */
  readonly directory: string;
}
