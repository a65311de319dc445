/** Runs ./quayside as its users do: as a process, in an environment without anyone else's session. */

import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
export const LAUNCHER = join(ROOT, 'quayside');

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly program?: string;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the first line of standard output. */
  readonly firstLine: Promise<string>;
  readonly finished: Promise<Finished>;
}

/** Starts ./quayside with the arguments; standard input stays open. */
export function startQuayside(
  args: readonly string[],
  { cwd = ROOT, env = {}, program = LAUNCHER }: ProcessOptions = {},
): Running {
  const { DAGGER_SESSION_PORT, DAGGER_SESSION_TOKEN, ...inherited } = process.env;
  const child = spawn(program, args, { cwd, env: { ...inherited, ...env } });
  const written = { stdout: '', stderr: '' };
  let gotLine: (line: string) => void;
  const firstLine = new Promise<string>(resolve => {
    gotLine = resolve;
  });
  child.stdout.on('data', chunk => {
    written.stdout += chunk;
    if (written.stdout.includes('\n')) gotLine(written.stdout.split('\n')[0]!);
  });
  child.stderr.on('data', chunk => {
    written.stderr += chunk;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => {
      gotLine(written.stdout);
      resolve({ code, ...written });
    });
  });
  return { child, firstLine, finished };
}

/** Runs ./quayside to its end with nothing on standard input. */
export function runQuayside(args: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  const running = startQuayside(args, options);
  running.child.stdin?.end();
  return running.finished;
}
