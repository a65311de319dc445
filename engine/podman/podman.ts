/** Podman as one session uses it: its own storage, one network, everything removed at the end. */
import { randomInt } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';
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
  /** Stops and removes every container and the network. */
  removeAll(): Promise<void>;
}

const maximumOutput = 512 * 1024 * 1024;
const attempts = 8;

/** Sets podman up for the session whose private directory this is. */
export function openPodman(sessionDir: string, sessionId: string, env: NodeJS.ProcessEnv): Podman {
  const paths: PodmanPaths = configurePodman(sessionDir, env);
  let network: Promise<string> | undefined;

  const call = async (args: readonly string[], options: CallOptions = {}): Promise<ProcessResult> => {
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
        writeFileSync(file, JSON.stringify({ ...config, network_interface: `qs${sessionId.slice(0, 10)}` }));
        return name;
      }
      if (attempt === attempts)
        throw new InfrastructureError(`podman cannot create a network: ${result.stderr.trim()}`);
    }
  };

  return {
    call,
    async interactive(args, options = {}) {
      const result = await execa('podman', [...paths.options, ...args], {
        env: { ...paths.env, ...options.env },
        extendEnv: false,
        reject: false,
        stdio: 'inherit',
      });
      return result.exitCode ?? -1;
    },
    network() {
      network ??= createNetwork();
      return network;
    },
    async removeAll() {
      await call(['rm', '--all', '--force', '--time', '0']);
      await call(['network', 'rm', '--force', `quayside-${sessionId}`]);
    },
  };
}
