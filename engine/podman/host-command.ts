/** Commands of this machine itself, for what no container can do. */
import { execa } from 'execa';
import { InfrastructureError, whyNotFetched } from '../errors.js';
import { answered } from './silence.js';

export interface HostCommand {
  /** What it is to get, in words. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
}

/**
 * Runs a command of this machine. It and all it starts are in namespaces of their own, whose first process dies with the engine or when the
 * signal aborts: then the kernel ends the rest and takes down what was mounted.
 * @throws InfrastructureError when it fails, or when nobody answers it
 */
export async function runOnHost(
  { what, command, args, cwd }: HostCommand,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const isolated = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const running = execa('setpriv', [...isolated, '--', command, ...args], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    all: true,
    cancelSignal: signal,
  });
  const { result, silence } = await answered(running);
  if (result.exitCode !== 0)
    throw new InfrastructureError(
      `${what} cannot be had: ${whyNotFetched(String(result.all ?? result.message), silence)}`,
    );
}
