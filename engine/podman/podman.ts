/** Podman as one session uses it: its own storage, one network, everything removed at the end. */
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
import { bridgeOf } from './bridge.js';
import { configurePodman, type PodmanPaths } from './config.js';

export interface ProcessResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both streams in the order they arrived. */
  readonly combined: string;
}

export interface CallOptions {
  readonly input?: string;
  /** Added to podman's environment; the way secret variables go in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

export interface Podman {
  call(args: readonly string[], options?: CallOptions): Promise<ProcessResult>;
  /** Runs podman on this process's terminal. */
  interactive(args: readonly string[], options?: CallOptions): Promise<number>;
  /** Name of the session's network, made at the first call. */
  network(): Promise<string>;
  /** Refuses further calls, removes every container until those under way have ended, and then the network. */
  removeAll(): Promise<void>;
}

const maximumOutput = 512 * 1024 * 1024;
const attempts = 8;
/** Between two looks for containers that a call under way has made meanwhile. */
const removalPause = 200;

/** Sets podman up for the session whose private directory this is. */
export function openPodman(sessionDir: string, sessionId: string, env: NodeJS.ProcessEnv): Podman {
  const paths: PodmanPaths = configurePodman(sessionDir, sessionId, env);
  let network: Promise<string> | undefined;
  let ending = false;
  const underWay = new Set<Promise<unknown>>();

  const call = async (args: readonly string[], options: CallOptions = {}): Promise<ProcessResult> => {
    if (ending) throw new InfrastructureError('the session is ending: nothing new is started');
    const running = invoke(args, options);
    underWay.add(running);
    try {
      return await running;
    } finally {
      underWay.delete(running);
    }
  };

  const invoke = async (args: readonly string[], options: CallOptions = {}): Promise<ProcessResult> => {
    const result = await execa('podman', [...paths.options, ...args], {
      env: { ...paths.env, ...options.env },
      extendEnv: false,
      reject: false,
      all: true,
      stripFinalNewline: false,
      maxBuffer: maximumOutput,
      cleanup: false,
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    });
    if (result.exitCode === undefined && !result.timedOut && result.signal === undefined)
      throw new InfrastructureError(`podman could not be started: ${result.shortMessage ?? 'unknown reason'}`, {
        cause: result,
      });
    return {
      exitCode: result.exitCode ?? -1,
      stdout: String(result.stdout ?? ''),
      stderr: String(result.stderr ?? ''),
      combined: String(result.all ?? ''),
    };
  };

  const createNetwork = async (): Promise<string> => {
    const name = `quayside-${sessionId}`;
    for (let attempt = 1; ; attempt += 1) {
      // A subnet and a bridge of its own: two sessions that start at once must not choose the same.
      const subnet = `10.${randomInt(64, 250)}.${randomInt(0, 255)}.0/24`;
      // Without podman's DNS: bound names go into /etc/hosts, and aardvark-dns would write its own complaints into a command's stderr.
      const result = await call(['network', 'create', '--disable-dns', '--subnet', subnet, name]);
      if (result.exitCode === 0) {
        const file = join(paths.networks, `${name}.json`);
        const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
        writeFileSync(file, JSON.stringify({ ...config, network_interface: bridgeOf(sessionId) }));
        return name;
      }
      if (attempt === attempts)
        throw new InfrastructureError(`podman cannot create a network: ${result.stderr.trim()}`);
    }
  };

  return {
    call,
    async interactive(args, options = {}) {
      const running = execa('podman', [...paths.options, ...args], {
        env: { ...paths.env, ...options.env },
        extendEnv: false,
        reject: false,
        stdio: 'inherit',
      });
      underWay.add(running);
      const result = await running;
      underWay.delete(running);
      return result.exitCode ?? -1;
    },
    network() {
      network ??= createNetwork();
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
      if (existsSync(join(paths.networks, `quayside-${sessionId}.json`)))
        await invoke(['network', 'rm', '--force', `quayside-${sessionId}`]);
      // Left when the containers' own processes were killed before podman could take their network down.
      const bridge = bridgeOf(sessionId);
      if (existsSync(`/sys/class/net/${bridge}`)) await execa('ip', ['link', 'delete', bridge], { reject: false });
    },
  };
}
