/** Runs the job as a process, and ends it as asked. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { execa } from 'execa';
import type { JobOrder, Phase } from './order.js';

/** Where the job's bundle goes: beside the packages that it takes from there. */
const bundles = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
/** The job as a bundle of today's sources: loading the engine file by file takes longer than the job. */
const program = join(bundles, `reliability-job-${process.pid}`, 'job.js');

/** Makes the job's bundle. */
export async function bundleJob(): Promise<void> {
  // @ts-expect-error plain JavaScript, for the launcher
  const { BUNDLING } = (await import('../../cli/bundling.mjs')) as { BUNDLING: BuildOptions };
  await build({ ...BUNDLING, entryPoints: ['bench/reliability/job.ts'], outdir: dirname(program) });
}

/** Removes it. */
export const removeJobBundle = (): void => rmSync(dirname(program), { recursive: true, force: true });

export interface JobEnd {
  readonly code: number | null;
  readonly right: boolean;
  /** When each phase began, in milliseconds. */
  readonly phases: ReadonlyMap<string, number>;
  readonly stderr: string;
}

export interface RunningJob {
  readonly child: ChildProcess;
  readonly ended: Promise<JobEnd>;
}

export interface JobOptions {
  /** Hears of each phase as it begins. */
  readonly onPhase?: (phase: Phase) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Before everything else that wants to run on this machine. */
  readonly first?: boolean;
}

const beforeAllOthers = '-20';

/** Starts a job. */
export function startJob(
  order: JobOrder,
  { onPhase = () => undefined, env = process.env, first = false }: JobOptions = {},
): RunningJob {
  mkdirSync(order.out, { recursive: true });
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env,
  });
  // A process's own priority counts among those of its session alone, sched(7).
  if (first) writeFileSync(`/proc/${child.pid}/autogroup`, beforeAllOthers);
  const phases = new Map<string, number>();
  let right = false;
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', line => {
    if (line.startsWith('right: ')) right = line === 'right: true';
    else {
      phases.set(line, Date.now());
      onPhase(line as Phase);
    }
  });
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  const ended = new Promise<JobEnd>(resolve => {
    child.once('close', code => resolve({ code, right, phases, stderr }));
  });
  return { child, ended };
}

/** Whether a job ran to its end and everything it gave is right, archives included. */
export async function runsRight(order: JobOrder): Promise<string | undefined> {
  const { code, right, stderr } = await startJob(order).ended;
  if (code !== 0 || !right) return `exit ${code}, ${right ? 'right' : 'not right'}: ${stderr.slice(-400)}`;
  return wholeOrAbsent(order);
}

/** What is wrong with what lies where the job writes: an archive is whole, or it is not there. */
export async function wholeOrAbsent({ out }: JobOrder): Promise<string | undefined> {
  if (!readdirSync(out).includes('image.tar')) return undefined;
  const listed = await execa('tar', ['--list', '--file', join(out, 'image.tar')], { reject: false });
  return listed.exitCode === 0 && listed.stdout.includes('index.json') ? undefined : `a stump: ${listed.stderr}`;
}

/** Kills a process with all below it, at once. */
export function killTree(pid: number): void {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter(entry => /^\d+$/.test(entry))) {
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // Ended meanwhile.
    }
  }
  const all: number[] = [];
  for (const pending = [pid]; pending.length > 0; ) {
    const next = pending.pop()!;
    all.push(next);
    pending.push(...(children.get(next) ?? []));
  }
  for (const process_ of all) {
    try {
      process.kill(process_, 'SIGKILL');
    } catch {
      // Ended meanwhile.
    }
  }
}
