/** The namespaces that a Docker Engine of the tests runs in: mounts, network and processes of its own, and a way out to the machine's network. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const INIT = fileURLToPath(new URL('init.sh', import.meta.url));

/** Namespaces, alive as long as this process is. */
export interface Namespaces {
  /** Their first process, as this machine numbers it. */
  readonly pid: number;
  /** Whether what was started in them has ended. */
  isOver(): boolean;
  /** Ends all that runs in them. */
  end(): Promise<void>;
}

/**
 * Starts a command in namespaces of its own; its output goes to `DIR/log`. Everything there hangs on pipes that this process holds: however it
 * ends, by SIGKILL too, the kernel closes them, and processes, mounts, network and the way out end with it.
 */
export async function startInNamespaces(dir: string, command: readonly string[]): Promise<Namespaces> {
  const log = openSync(join(dir, 'namespaces.log'), 'a');
  const unshare = ['--mount', '--net', '--pid', '--fork', '--mount-proc', INIT, dir, ...command];
  // In sessions of their own: a Ctrl-C at the terminal is for the tests to act on.
  const init = spawn('unshare', unshare, { stdio: ['pipe', log, log], detached: true });
  // Whoever writes no more to it cannot be hurt by its end.
  init.stdin!.on('error', () => undefined);
  const pid = await firstChild(init);
  const wayOut = await openWayOut(pid, log);
  const ended = Promise.all([ending(init), ending(wayOut)]);
  return {
    pid,
    isOver: () => init.exitCode !== null || init.signalCode !== null,
    end: async () => {
      init.stdin!.destroy();
      wayOut.stdio[4]!.destroy();
      await ended;
    },
  };
}

const ending = (child: ChildProcess): Promise<unknown> =>
  child.exitCode === null && child.signalCode === null ? once(child, 'exit') : Promise.resolve();

/** Number of a process's first child. */
async function firstChild({ pid, exitCode }: ChildProcess): Promise<number> {
  for (let tries = 0; tries < 1000 && exitCode === null; tries += 1) {
    const child = Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
    if (child > 0) return child;
    await sleep(5);
  }
  throw new Error('no process comes up in namespaces of its own');
}

/** Connects the network namespace to what this machine reaches, by user-mode networking: nothing of the machine's own network is changed. */
async function openWayOut(pid: number, log: number): Promise<ChildProcess> {
  const options = ['--configure', '--mtu=65520', '--disable-host-loopback', '--ready-fd=3', '--exit-fd=4'];
  const stdio = ['ignore', log, log, 'pipe', 'pipe'] as const;
  const child = spawn('slirp4netns', [...options, String(pid), 'tap0'], { stdio: [...stdio], detached: true });
  await Promise.race([
    once(child.stdio[3] as Readable, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`slirp4netns ended with ${code}`))),
  ]);
  return child;
}
