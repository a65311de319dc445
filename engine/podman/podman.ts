/** Podman as one session uses it: its own storage, one network, everything removed at the end. */
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { configurePodman } from './config.js';
import { type CallOptions, type Invoke, podmanInvoker } from './invoke.js';
import { createNetwork, removeNetwork } from './network.js';
import { raiseWalls, razeWalls } from './walls.js';

export interface Podman {
  readonly call: Invoke;
  /** Where podman keeps what it knows of each container, by its id. */
  readonly containers: string;
  /** Runs podman on this process's terminal. */
  interactive(args: readonly string[], options?: CallOptions): Promise<number>;
  /** Name of the session's network, made at the first call. */
  network(): Promise<string>;
  /** Refuses further calls, removes every container until those under way have ended, and then the network. */
  removeAll(): Promise<void>;
}

/** Between two looks for containers that a call under way has made meanwhile. */
const removalPause = 200;

export interface PodmanPlace {
  /** The session's private directory. */
  readonly sessionDir: string;
  readonly sessionId: string;
  readonly env: NodeJS.ProcessEnv;
  /** Told what people should know. */
  readonly notice?: (text: string) => void;
}

/** Sets podman up for a session. */
export function openPodman({ sessionDir, sessionId, env, notice = () => undefined }: PodmanPlace): Podman {
  const paths = configurePodman(sessionDir, sessionId, env);
  const invoke = podmanInvoker(paths);
  const underWay = new Set<Promise<unknown>>();
  let network: Promise<string> | undefined;
  let ending = false;

  const tracked = async <T>(running: Promise<T>): Promise<T> => {
    underWay.add(running);
    try {
      return await running;
    } finally {
      underWay.delete(running);
    }
  };
  const call: Invoke = async (args, options) => {
    if (ending) throw new InfrastructureError('the session is ending: nothing new is started');
    return tracked(invoke(args, options));
  };

  const walled = async (): Promise<string> => {
    const failure = await raiseWalls(sessionId, env);
    if (failure !== undefined) notice(`containers can reach what listens on this machine: ${failure}`);
    return createNetwork(call, paths, sessionId);
  };

  return {
    call,
    containers: paths.containers,
    async interactive(args, options = {}) {
      const running = execa('podman', [...paths.options, ...args], {
        env: { ...paths.env, ...options.env },
        extendEnv: false,
        reject: false,
        stdio: 'inherit',
      });
      return (await tracked(running)).exitCode ?? -1;
    },
    network() {
      network ??= walled();
      return network;
    },
    async removeAll() {
      ending = true;
      // Podman makes this directory at its first call: without it there is nothing to remove, and nothing to wait for.
      if (!existsSync(paths.root)) return;
      for (;;) {
        await invoke(['rm', '--all', '--force', '--time', '0']);
        if (underWay.size === 0) break;
        await Promise.race([Promise.allSettled(underWay), sleep(removalPause)]);
      }
      await removeNetwork(invoke, paths, sessionId);
      await razeWalls(sessionId, env);
    },
  };
}
