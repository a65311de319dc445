/** Session directories on tmpfs: who is alive, and clearing away what a killed session left. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { removeTree } from '../fs/remove-tree.js';
import { openPodman } from '../podman/podman.js';
import type { StateDirs } from './layout.js';

/** When a process started, in the kernel's ticks; undefined when there is none. Tells a process from a later one of the same number. */
export function processStart(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  } catch {
    return undefined;
  }
}

interface Owner {
  readonly pid: number;
  readonly start: string;
  readonly state: string;
}

/** Ends the name of a session's directory until it says whose it is: without an owner it would count as dead. */
const newborn = '.new';

/** Makes the directory of a new session. */
export function openSessionDir(root: string, dirs: StateDirs): { readonly id: string; readonly dir: string } {
  const id = randomBytes(6).toString('hex');
  const dir = join(root, id);
  const unowned = `${dir}${newborn}`;
  mkdirSync(unowned, { mode: 0o700 });
  const owner: Owner = { pid: process.pid, start: processStart(process.pid) ?? '', state: dirs.root };
  writeFileSync(join(unowned, 'owner.json'), JSON.stringify(owner));
  renameSync(unowned, dir);
  return { id, dir };
}

const readOwner = (dir: string): Owner | undefined => {
  try {
    return JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
};

interface ListedSession {
  readonly id: string;
  readonly dir: string;
  readonly alive: boolean;
  /** Unknown of a directory that says nothing of its own. */
  readonly owner: Owner | undefined;
}

/** Sessions of this machine, by whether the process that opened them still runs. */
export function listSessions(root: string): readonly ListedSession[] {
  return readdirSync(root)
    .filter(id => !id.endsWith(newborn))
    .map(id => {
      const dir = join(root, id);
      const owner = readOwner(dir);
      return { id, dir, alive: owner !== undefined && processStart(owner.pid) === owner.start, owner };
    });
}

function mountsBelow(dir: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[4] ?? '')
    .filter(path => path.startsWith(`${dir}/`))
    .sort((a, b) => b.length - a.length);
}

/** Everything in a work directory is named SESSION-something. */
const sessionOf = (name: string): string => name.split('-')[0] ?? '';

function unfinished(work: string): string[] {
  try {
    return readdirSync(work);
  } catch {
    return [];
  }
}

async function unmountBelow(dir: string): Promise<void> {
  for (const mount of mountsBelow(dir)) await execa('umount', ['--lazy', mount], { reject: false });
}

/**
 * Removes a session's containers, network, mounts, unfinished work and directory.
 * @param state the state directory that the session works with, where that is known
 */
export async function clearSession(
  id: string,
  dir: string,
  state: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  await openPodman(dir, id, env).removeAll();
  await unmountBelow(dir);
  if (state !== undefined) {
    // A pull binds the image storage onto itself and leaves it so; whoever else pulls finds the same files without that.
    await unmountBelow(join(state, 'images'));
    const work = join(state, 'work');
    const left = unfinished(work).filter(name => sessionOf(name) === id);
    await Promise.all(left.map(name => removeTree(join(work, name))));
  }
  await removeTree(dir);
}

/**
 * Clears away every session whose process is gone, and work in this state whose session nothing is known of: after a restart of the
 * machine the directories on tmpfs are gone, those on disk are not.
 */
export async function clearDeadSessions(root: string, dirs: StateDirs, env: NodeJS.ProcessEnv): Promise<void> {
  // In this order: whoever began work after it was listed is not looked at.
  const work = unfinished(dirs.work);
  const dead = listSessions(root).filter(s => !s.alive);
  for (const session of dead) await clearSession(session.id, session.dir, session.owner?.state, env);
  const known = new Set(listSessions(root).map(s => s.id));
  await Promise.all(work.filter(name => !known.has(sessionOf(name))).map(name => removeTree(join(dirs.work, name))));
}
