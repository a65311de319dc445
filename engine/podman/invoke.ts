/** One call of podman. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { execa } from 'execa';
import { defined } from '../defined.js';
import { InfrastructureError } from '../errors.js';
import type { PodmanPaths } from './config.js';

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
  /** Told of both streams while they come in. */
  readonly onOutput?: (chunk: string) => void;
}

/** Calls podman and gives what it did, whatever its exit code; -1 stands for one that it does not have. */
export type Invoke = (args: readonly string[], options?: CallOptions) => Promise<ProcessResult>;

const maximumOutput = 512 * 1024 * 1024;

/** Makes the function that calls podman with a session's configuration. It throws an InfrastructureError when podman cannot be started. */
export function podmanInvoker(paths: PodmanPaths): Invoke {
  return async (args, { env, input, timeoutMs, onOutput } = {}) => {
    const running = execa('podman', [...paths.options, ...args], {
      env: { ...paths.env, ...env },
      extendEnv: false,
      reject: false,
      all: true,
      stripFinalNewline: false,
      maxBuffer: maximumOutput,
      cleanup: false,
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
      ...defined({ timeout: timeoutMs }),
    });
    if (onOutput !== undefined) listen([running.stdout, running.stderr], onOutput);
    const result = await running;
    if (result.exitCode === undefined && !result.timedOut && result.signal === undefined)
      throw new InfrastructureError(`podman could not be started: ${result.shortMessage ?? 'unknown reason'}`, {
        cause: result,
      });
    return {
      // Told to end, podman may still say that all is well.
      exitCode: result.timedOut ? -1 : (result.exitCode ?? -1),
      stdout: String(result.stdout ?? ''),
      stderr: String(result.stderr ?? ''),
      combined: String(result.all ?? ''),
    };
  };
}

/** Passes on what streams bring, each character whole. */
function listen(streams: readonly (Readable | undefined)[], onOutput: (chunk: string) => void): void {
  for (const stream of streams) {
    const decoder = new StringDecoder('utf8');
    stream?.on('data', (chunk: Buffer) => onOutput(decoder.write(chunk)));
  }
}
