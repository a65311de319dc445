/** `run -- CMD`: a command of the caller's with a session in its environment. */

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Session } from '../../engine/contract.js';
import { UsageError } from '../exit-codes.js';

export interface RunContext {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** Takes the command and a session, returns the command's exit code; 128 plus the signal's number when a signal ended it. */
export function runCommand(
  command: readonly string[],
  session: Session,
  { cwd, env, signal }: RunContext,
): Promise<number> {
  const [program, ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      cwd,
      env: { ...env, DAGGER_SESSION_PORT: String(session.port), DAGGER_SESSION_TOKEN: session.token },
      stdio: 'inherit',
    });
    // The terminal sends Ctrl-C to the child as well; anyone else's signal came to us alone.
    const forward = (): void => void child.kill(signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
    signal.addEventListener('abort', forward, { once: true });
    child.once('error', error => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      reject(missing ? new UsageError(`no such command: ${program}`) : error);
    });
    child.once('exit', (code, by) => {
      signal.removeEventListener('abort', forward);
      resolve(code ?? 128 + (by === null ? 0 : constants.signals[by]));
    });
  });
}
