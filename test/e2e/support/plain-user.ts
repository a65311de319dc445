/** A plain user of this machine, made for a test and removed after it, with ranges of ids and a home that the next run finds again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { type Finished, ROOT, type Running, runQuayside, startQuayside } from '../../engine/cli/quayside-process.js';

export interface PlainUser {
  /** Its home, as it sees it itself. */
  readonly home: string;
  /** This repository, as it sees it: it cannot write there. */
  readonly repository: string;
  /** Where a path of its is seen by everybody else. */
  outside(path: string): string;
  /** Makes what lies at a path the user's own. */
  own(path: string): Promise<void>;
  /** Starts a program as the user; signals reach the program itself. */
  start(program: string, args: readonly string[], options?: StartOptions): Running;
  /** Runs ./quayside on the local engine as the user. */
  quayside(args: readonly string[], options?: StartOptions): Promise<Finished>;
  /** Command lines of all that runs as the user or as one of its ids, podman's keeper of the namespace aside. */
  processes(): readonly string[];
  /** What is mounted where the user's containers are mounted. */
  mounts(): readonly string[];
  remove(): Promise<void>;
}

export interface StartOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Shell commands of root's that change the machine for this program alone: mounts. */
  readonly mounts?: string;
  /** Without the right to become anybody else. */
  readonly noNewPrivileges?: boolean;
}

const NAME = 'quayside-plain';
/** Above what distributions give to people. */
const UID = 70_000;
const RANGE = { first: 700_000_000, count: 65_536 };
/** Of the machine's, so that paths are the same at each run; nobody else sees what is mounted there. */
const BASE = '/run/quayside-plain';
/** Where the user finds a node that lies in somebody's home. */
const nodeOfRoot = process.execPath.startsWith('/usr/') ? '' : `:${BASE}/node/bin`;
const KEEPER = /catatonit -P/;

/**
 * A mount namespace: home and repository where a plain user may get at them, wherever they lie, and /dev/net/tun open to everyone, as
 * distributions have it. It ends with its standard input.
 */
const NAMESPACE = `
mkdir -p "$base/home" "$base/repository" "$base/node"
mount --bind "$kept" "$base/home"
mkdir -p "$base/home/run"
mount -t tmpfs -o mode=700,uid=$uid,gid=$uid tmpfs "$base/home/run"
mount --bind "$repository" "$base/repository"
mount -o remount,bind,ro "$base/repository"
mount --bind "$node" "$base/node"
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
if [ -c /dev/net/tun ] && mkdir -p "$base/dev" && mount -t tmpfs tmpfs "$base/dev" && mknod -m 666 "$base/dev/tun" c 10 200; then
  mount --bind "$base/dev/tun" /dev/net/tun
fi
echo ready
read -r _`;

/** Makes the user, with all that it needs for containers. `missing`: what this machine lacks for that, as the user is told; nothing: it has all. */
export async function plainUserWithContainers(): Promise<{ readonly user?: PlainUser; readonly missing: string }> {
  if (process.getuid?.() !== 0) return { missing: 'only root can make a user' };
  // The user cannot write to the checkout.
  await runQuayside(['setup']);
  const user = await makePlainUser();
  const { code, stderr } = await user.quayside(['setup']);
  if (code === 0) return { user, missing: '' };
  console.warn(`skipped, since a plain user cannot have containers here:\n${stderr}`);
  return { user, missing: stderr };
}

/** Makes the user; waits while another test has it. @throws when this machine cannot have one, with what is missing */
async function makePlainUser(): Promise<PlainUser> {
  const kept = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'quayside-plain-user');
  mkdirSync(kept, { recursive: true });
  mkdirSync(BASE, { recursive: true, mode: 0o755 });
  const settings = { base: BASE, kept, uid: String(UID), repository: ROOT, node: dirname(dirname(process.execPath)) };
  const namespace = ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc', NAMESPACE];
  const holder = spawn('flock', ['--no-fork', join(BASE, 'lock'), ...namespace], {
    env: { ...process.env, ...settings },
  });
  let complaint = '';
  holder.stderr.on('data', chunk => {
    complaint += chunk;
  });
  const ready = await Promise.race([once(holder.stdout, 'data'), once(holder, 'close').then(() => undefined)]);
  if (ready === undefined) throw new Error(`a plain user needs mounts of its own: ${complaint}`);
  await addUser();
  chownSync(kept, UID, UID);
  return plainUser(holder.pid!, async () => {
    await killAll();
    holder.stdin.end();
    await once(holder, 'close');
    // Processes that have ended and that nobody has asked for yet count as the user's.
    await execa('userdel', ['--force', NAME]);
    await execa('groupdel', [NAME], { reject: false });
  });
}

async function addUser(): Promise<void> {
  // Of a run that was killed.
  await killAll();
  await execa('userdel', [NAME], { reject: false });
  // By its number, too: whichever is free is another at the next run, and what lies in the kept home is then nobody's.
  await execa('groupadd', ['--force', '--gid', String(UID), NAME]);
  const ids = ['--uid', String(UID), '--gid', String(UID)];
  const options = [...ids, '--no-create-home', '--home-dir', join(BASE, 'home')];
  await execa('useradd', [...options, '-K', 'SUB_UID_COUNT=0', '-K', 'SUB_GID_COUNT=0', '--shell', '/bin/sh', NAME]);
  const range = `${RANGE.first}-${RANGE.first + RANGE.count - 1}`;
  await execa('usermod', ['--add-subuids', range, '--add-subgids', range, NAME]);
}

function plainUser(holder: number, remove: () => Promise<void>): PlainUser {
  const home = join(BASE, 'home');
  const repository = join(BASE, 'repository');
  const outside = (path: string): string => join(`/proc/${holder}/root`, path);
  const own = { HOME: home, USER: NAME, LOGNAME: NAME, XDG_RUNTIME_DIR: join(home, 'run') };
  const entered = ['--target', String(holder), '--mount', `--wd=${outside(repository)}`, '--'];
  const become = ['setpriv', '--reuid', NAME, '--regid', NAME, '--init-groups'];
  const apart = ['unshare', '--mount', '--propagation', 'private', 'sh', '-euc'];
  const foreign = ['XDG_CACHE_HOME', 'QUAYSIDE_STATE', 'DAGGER_SESSION_PORT'].flatMap(name => ['-u', name]);

  const start: PlainUser['start'] = (program, args, { env = {}, mounts, noNewPrivileges = false } = {}) => {
    const variables = Object.entries({ ...own, PATH: `${process.env.PATH}${nodeOfRoot}`, ...env });
    const command = ['env', ...foreign, ...variables.map(([name, value]) => `${name}=${value}`), program, ...args];
    const changed = mounts === undefined ? [] : [...apart, `${mounts}\nexec "$@"`, 'sh'];
    const limits = noNewPrivileges ? ['--no-new-privs'] : [];
    return startQuayside([...entered, ...changed, ...become, ...limits, ...command], { program: 'nsenter' });
  };
  return {
    home,
    repository,
    outside,
    own: async path => void (await execa('chown', ['-R', '--no-dereference', `${UID}:${UID}`, outside(path)])),
    start,
    quayside(args, options) {
      const running = start(join(repository, 'quayside'), ['--engine=local', ...args], options);
      running.child.stdin?.end();
      return running.finished;
    },
    processes: () =>
      running()
        .map(({ line }) => line)
        .filter(line => line !== '' && !KEEPER.test(line)),
    mounts: () => {
      const keeper = running().find(({ line }) => KEEPER.test(line));
      return keeper === undefined ? [] : readFileSync(`/proc/${keeper.pid}/mountinfo`, 'utf8').split('\n').slice(0, -1);
    },
    remove,
  };
}

interface Process {
  readonly pid: number;
  /** Empty for one that has ended and was not yet asked how. */
  readonly line: string;
}

/** What runs as the user or as an id of its range. */
function running(): readonly Process[] {
  const isOwn = (uid: number): boolean => uid === UID || (uid >= RANGE.first && uid < RANGE.first + RANGE.count);
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return isOwn(Number(uid)) ? [{ pid: Number(name), line }] : [];
      } catch {
        // It ended meanwhile.
        return [];
      }
    });
}

async function killAll(): Promise<void> {
  for (let round = 0; round < 100; round += 1) {
    const left = running().filter(({ line }) => line !== '');
    if (left.length === 0) return;
    for (const { pid } of left) {
      if (existsSync(`/proc/${pid}`)) await execa('kill', ['-KILL', String(pid)], { reject: false });
    }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
