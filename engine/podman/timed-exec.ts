/** A command in a running container whose time counts from when its process runs: on a busy machine podman itself may take longer than that. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InfrastructureError } from '../errors.js';
import type { ProcessResult } from './invoke.js';
import type { Podman } from './podman.js';

export interface TimedExec {
  /** The container's whole id. */
  readonly id: string;
  /** Options of `podman exec`. */
  readonly options: readonly string[];
  readonly args: readonly string[];
  readonly timeoutMs: number;
}

export interface TimedResult extends ProcessResult {
  /** Its time was over, and it was ended. */
  readonly timedOut: boolean;
}

/** Between two looks whether the process runs. */
const lookPause = 25;
/** What podman may take to start a process and to tell of its end, at the very most. */
const podmanTime = 60_000;

/** Runs the command, and ends it with its process group when its time is over. @throws InfrastructureError when podman does not start it, or does not say what came of it */
export async function timedExec(podman: Podman, { id, options, args, timeoutMs }: TimedExec): Promise<TimedResult> {
  const place = join(podman.containers, id, 'userdata');
  const before = new Set(namesIn(place));
  let since: number | undefined;
  let ended = false;
  const watch = setInterval(() => {
    if (ended) return;
    const pid = processOf(place, before);
    if (pid === undefined) return;
    since ??= performance.now();
    if (performance.now() - since >= timeoutMs) ended = end(pid);
  }, lookPause);
  try {
    const result = await podman.call(['exec', ...options, id, ...args], { timeoutMs: timeoutMs + podmanTime });
    // What podman made of its end is no code of its own.
    if (ended) return { ...result, exitCode: -1, timedOut: true };
    if (result.exitCode === -1)
      throw new InfrastructureError(`podman did not run ${JSON.stringify(args.join(' '))} in a minute`);
    return { ...result, timedOut: false };
  } finally {
    clearInterval(watch);
  }
}

function namesIn(place: string): readonly string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}

/** The process that podman has started since: it has a directory for each one that runs, named at random, with the number in a file. */
function processOf(place: string, before: ReadonlySet<string>): number | undefined {
  for (const name of namesIn(place)) {
    if (before.has(name)) continue;
    const pid = Number(textOf(join(place, name, 'exec_pid')));
    if (pid > 0) return pid;
  }
  return undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Ends a process with its group. False when it has ended by itself, and podman is about to say so. */
function end(pid: number): boolean {
  const [, state = 'Z'] = /\) (\S)/.exec(textOf(`/proc/${pid}/stat`)) ?? [];
  if (state === 'Z') return false;
  try {
    // Podman makes each the first of a session and of a group.
    process.kill(-pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
