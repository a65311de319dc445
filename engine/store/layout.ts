/** Where the engine keeps things: results on disk, what belongs to one session on tmpfs. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { isRootless } from '../podman/rootless.js';

/** Directories that outlive a session. */
export interface StateDirs {
  readonly root: string;
  /** Layer directories, or links to them, under ids short enough for mount options. */
  readonly layers: string;
  /** One JSON file per result, named by its key. */
  readonly snapshots: string;
  /** Content hashes of results and of host files. */
  readonly hashes: string;
  readonly caches: string;
  /** What is known of each volume. */
  readonly volumes: string;
  /** Layers being made; on the same file system as `layers`. */
  readonly work: string;
  /** What a prune has taken out of use and has yet to remove, or its end kept it from. */
  readonly away: string;
  readonly blobs: string;
  /** Podman's storage of pulled images. */
  readonly images: string;
  readonly references: string;
  readonly locks: string;
  /** One file for each session that works with this state, locked while it lives. */
  readonly sessions: string;
}

/**
 * Makes and returns the state directories.
 * @param root default: $QUAYSIDE_STATE, else quayside in $XDG_CACHE_HOME or ~/.cache
 */
export function openState(root?: string, env: NodeJS.ProcessEnv = process.env): StateDirs {
  const base = resolve(
    root ?? (env.QUAYSIDE_STATE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'quayside')),
  );
  const at = (name: string) => join(base, name);
  const dirs: StateDirs = {
    root: base,
    layers: at('l'),
    snapshots: at('snapshots'),
    hashes: at('hashes'),
    caches: at('caches'),
    volumes: at('volumes'),
    work: at('work'),
    away: at('away'),
    blobs: at('blobs'),
    images: at('images'),
    references: at('references'),
    locks: at('locks'),
    sessions: at('sessions'),
  };
  for (const dir of Object.values(dirs)) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    if (dir !== base) keepOwnGroup(dir);
  }
  return dirs;
}

const setgid = 0o2000;

/**
 * In a directory that hands on its group, as shared ones do, every file of every image would belong to that group.
 * @throws UsageError for what a plain user made while in another group: nothing can be written to it from their namespace
 */
function keepOwnGroup(dir: string): void {
  const { uid, gid, mode } = statSync(dir);
  const own = process.getegid!();
  if (uid !== process.geteuid!() || (gid === own && (mode & setgid) === 0)) return;
  if (gid === overflowGroup() && readdirSync(dir).length > 0)
    throw new UsageError(
      `what is in ${dir} was made while your group was another one, and cannot be used with this one; start with that group, by sg(1), or give another directory in QUAYSIDE_STATE`,
    );
  chownSync(dir, uid, own);
  chmodSync(dir, 0o700);
}

/** What groups look like that a namespace does not have. Without a namespace, no file has it. */
const overflowGroup = (): number => Number(readFileSync('/proc/sys/kernel/overflowgid', 'utf8'));

/**
 * The directory on tmpfs under which every session has its own: secrets and podman's records never touch a disk. Without root it is
 * not XDG_RUNTIME_DIR, whose name can be too long: podman takes at most 50 characters for its run root.
 */
export function sessionsRoot(env: NodeJS.ProcessEnv = process.env): string {
  const dir = isRootless(env) ? `/dev/shm/quayside-${env._CONTAINERS_ROOTLESS_UID}` : '/run/quayside';
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return dir;
}
