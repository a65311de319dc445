/** Why a process was never started: podman says so itself, with exit codes that could be the process's own. */
import type { ProcessResult } from './invoke.js';

/** What stood in the way of a process. */
export type StartFailure =
  /** What was asked for cannot be run: the command, the directory or the root file system. */
  | { readonly kind: 'process'; readonly reason: string }
  /** The machine, or what podman keeps on it. */
  | { readonly kind: 'machine'; readonly reason: string };

/** What podman gives for its own failures, for a command that cannot be invoked, and for one that is not found; it guesses by words which one it is. */
const codes: ReadonlySet<number> = new Set([125, 126, 127]);
/** What the runtime below podman says, and not podman itself. */
const ofRuntime = /\bOCI (?:runtime|permission)\b/;
/** As the C library words what a machine lacks. */
const lacking =
  /no space left|quota exceeded|cannot allocate memory|resource temporarily unavailable|too many open files|input\/output error|value too large|read-only file system|device or resource busy/i;

/** Returns why podman did not start a process, undefined when it did: the process then ended with that code itself. */
export function startFailure({
  exitCode,
  stderr,
}: Pick<ProcessResult, 'exitCode' | 'stderr'>): StartFailure | undefined {
  if (!codes.has(exitCode)) return undefined;
  const line = stderr.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('Error: ')) return undefined;
  const reason = line.slice('Error: '.length);
  const ofMachine = exitCode === 125 || !ofRuntime.test(reason) || lacking.test(reason);
  return { kind: ofMachine ? 'machine' : 'process', reason };
}
