/** This machine's own git, as a process that knows no settings of anybody. */
import { execa } from 'execa';
import { InfrastructureError } from '../errors.js';

export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Variables besides those that keep settings away. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where what it prints goes, when that is a file. */
  readonly output?: string;
  /** Directories that are seen under other names in `cwd`, by these names: empty directories that are there. */
  readonly seen?: Readonly<Record<string, string>>;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of this machine's users and nothing that asks; commits are nobody's. */
const own: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  HOME: '/dev/null',
  LC_ALL: 'C',
  GIT_AUTHOR_NAME: 'Quayside',
  GIT_AUTHOR_EMAIL: 'quayside@localhost',
  GIT_COMMITTER_NAME: 'Quayside',
  GIT_COMMITTER_EMAIL: 'quayside@localhost',
};

/** What outlives a command would be in the way of whoever removes its directory; whose the files are does not matter. */
const settings = [
  'maintenance.auto=false',
  'gc.auto=0',
  'gc.autoDetach=false',
  'safe.directory=*',
  'core.hooksPath=/dev/null',
];

/** Has directories seen under other names by what is run, and by nobody else. */
function withSeen(seen: Readonly<Record<string, string>> | undefined, command: readonly string[]): readonly string[] {
  if (seen === undefined) return command;
  const mounts = Object.entries(seen).flatMap(([name, directory]) => [directory, name]);
  const script = `for at in ${Object.keys(seen).join(' ')}; do mount --bind -- "$1" "$2" || exit 126; shift 2; done; exec "$@"`;
  return ['unshare', '--mount', '--', 'sh', '-c', script, 'sh', ...mounts, ...command];
}

/** Runs git; it ends with the engine, and when the signal aborts. @throws InfrastructureError where there is none */
export async function runGit({ args, cwd, signal, env, output, seen }: GitCall): Promise<GitResult> {
  const command = ['git', ...settings.flatMap(setting => ['-c', setting]), ...args];
  const done = await execa('setpriv', ['--pdeathsig', 'KILL', ...withSeen(seen, command)], {
    cwd,
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', ...own, ...env },
    extendEnv: false,
    stdin: 'ignore',
    stdout: output === undefined ? 'pipe' : { file: output },
    stripFinalNewline: false,
    maxBuffer: 512 * 1024 * 1024,
    cancelSignal: signal,
    reject: false,
  });
  signal.throwIfAborted();
  if (done.exitCode === undefined || done.exitCode === 127)
    throw new InfrastructureError(`git is needed on this machine: ${done.stderr || done.shortMessage}`);
  return { exitCode: done.exitCode, stdout: String(done.stdout ?? ''), stderr: done.stderr };
}

/** The same, for what has to go well. @throws Error with git's words */
export async function git(call: GitCall): Promise<string> {
  const { exitCode, stdout, stderr } = await runGit(call);
  if (exitCode !== 0)
    throw new Error(`git ${call.args[0]}: ${stderr.trim() || stdout.trim() || `exit code ${exitCode}`}`);
  return stdout;
}
