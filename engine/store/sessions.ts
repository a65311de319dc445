/** Session directories on tmpfs: who is alive, and clearing away what a killed session left. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { removeTree } from '../fs/remove-tree.js';
import { openPodman } from '../podman/podman.js';
import type { StateDirs } from './layout.js';
import { type HeldLock, holdNew, isHeld, takeFree } from './locks.js';
import { dropInPlace, openNotes, type SessionNotes } from './session-notes.js';

/** When a process started, in the kernel's ticks; undefined when there is none. Tells a process from a later one of the same number. */
export function processStart(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];
  } catch {
    return undefined;
  }
}

const ownerSchema = z.object({
  pid: z.number(),
  start: z.string(),
  state: z.string(),
  /** The state's file system. */
  device: z.number().exactOptional(),
});
type Owner = z.infer<typeof ownerSchema>;

/** Ends the name of what is a session's until it is locked: unlocked it would count as dead. */
const newborn = '.new';
/** Ends the name of a session's directory that is being removed, so that it is seen whole or not at all. */
const gone = '.gone';
/** In a session's directory, and locked like its file in the state: each of the two places can be seen without the other. */
const lockName = 'lock';

/** A session's place on this machine, and its life as others see it. */
export interface OpenedSession {
  readonly id: string;
  readonly dir: string;
  readonly notes: SessionNotes;
  /** From then on the session counts as dead. */
  letGo(): void;
}

/** Makes the directory of a new session, and makes it known in the state. */
export async function openSessionDir(root: string, dirs: StateDirs): Promise<OpenedSession> {
  const id = randomBytes(6).toString('hex');
  const dir = join(root, id);
  const inState = join(dirs.sessions, id);
  mkdirSync(`${dir}${newborn}`, { mode: 0o700 });
  const owner: Owner = { pid: process.pid, start: processStart(process.pid) ?? '', ...placeOf(dirs) };
  writeFileSync(join(`${dir}${newborn}`, 'owner.json'), JSON.stringify(owner));
  const held = [await holdNew(`${inState}${newborn}`), await holdNew(join(`${dir}${newborn}`, lockName))];
  renameSync(`${inState}${newborn}`, inState);
  renameSync(`${dir}${newborn}`, dir);
  const notes = openNotes(inState);
  return {
    id,
    dir,
    notes,
    letGo() {
      for (const lock of held) lock.release();
    },
  };
}

const placeOf = ({ root }: StateDirs) => ({ state: root, device: statSync(root).dev });

/** Whose a session's directory says it is. */
function readOwner(dir: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(readFileSync(join(dir, 'owner.json'), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Whatever is left of a session that lives no more is for one to clear away, who then holds its lock: sessions with other states see the
 * same directories, and two at once stand in each other's way. One without a lock, of an older version, is known by its process.
 */
async function takeDead(dir: string, owner: Owner | undefined): Promise<HeldLock | undefined> {
  const lock = join(dir, lockName);
  if (existsSync(lock)) return takeFree(lock);
  const there = existsSync(dir) && (owner === undefined || processStart(owner.pid) !== owner.start);
  return there ? { release: () => undefined } : undefined;
}

const namesIn = (dir: string): string[] =>
  readdirSync(dir).filter(name => !name.endsWith(newborn) && !name.endsWith(gone));

/** The sessions that work with a state, and since when, wherever they run. */
export async function liveSessions(
  dirs: StateDirs,
): Promise<readonly { readonly id: string; readonly since: number }[]> {
  const live: { id: string; since: number }[] = [];
  for (const id of namesIn(dirs.sessions)) {
    const file = join(dirs.sessions, id);
    const since = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (since !== undefined && (await isHeld(file))) live.push({ id, since });
  }
  return live;
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

/** Takes down what is mounted below a directory. */
export async function unmountBelow(dir: string): Promise<void> {
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
  await openPodman({ sessionDir: dir, sessionId: id, env }).removeAll();
  await unmountBelow(dir);
  if (state !== undefined) {
    // A pull binds the image storage onto itself and leaves it so; whoever else pulls finds the same files without that.
    await unmountBelow(join(state, 'images'));
    const work = join(state, 'work');
    const left = unfinished(work).filter(name => sessionOf(name) === id);
    await Promise.all(left.map(name => removeTree(join(work, name))));
    await removeTree(join(state, 'sessions', id));
  }
  await removeAtOnce(dir);
}

/** Removes a session's directory that nobody else can be at. */
async function removeAtOnce(dir: string): Promise<void> {
  if (existsSync(dir)) renameSync(dir, `${dir}${gone}`);
  await removeTree(`${dir}${gone}`);
}

/**
 * Clears away what sessions left that live no more: directories of this machine's, and work in this state, whoever's it was. What another
 * machine's session mounted is not seen here and went with its machine.
 */
export async function clearDeadSessions(root: string, dirs: StateDirs, env: NodeJS.ProcessEnv): Promise<void> {
  // In this order: whoever began after these were listed is not looked at.
  const work = unfinished(dirs.work);
  const known = namesIn(dirs.sessions);
  const here = namesIn(root).map(id => ({ id, dir: join(root, id), owner: readOwner(join(root, id)) }));
  const live = new Set((await liveSessions(dirs)).map(({ id }) => id));
  const dead = (name: string): boolean => !live.has(sessionOf(name));
  if (live.size === 0) {
    // Memory is lost with the power: who left something there was killed, and what it wrote is on its way to the disk.
    const killed = new Set(here.filter(({ owner }) => owner !== undefined && isAt(owner, dirs)).map(({ id }) => id));
    for (const id of known) if (!killed.has(id)) await dropInPlace(dirs, join(dirs.sessions, id));
  }
  for (const { id, dir, owner } of here) {
    const lock = await takeDead(dir, owner);
    if (lock === undefined) live.add(id);
    else await clearSession(id, dir, owner?.state, env).finally(() => lock.release());
  }
  for (const name of readdirSync(root).filter(name => name.endsWith(gone))) {
    await unmountBelow(join(root, name));
    await removeTree(join(root, name));
  }
  await Promise.all(work.filter(dead).map(name => removeTree(join(dirs.work, name))));
  await Promise.all(known.filter(dead).map(name => removeTree(join(dirs.sessions, name))));
}

/** Whether a session works with this state, on the file system as it is mounted now. */
function isAt({ state, device }: Owner, dirs: StateDirs): boolean {
  const place = placeOf(dirs);
  return state === place.state && (device === undefined || device === place.device);
}
