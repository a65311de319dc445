/** ./quayside as a person at a terminal runs it, and what it wrote, read line by line. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProcessOptions, runQuayside } from '../../engine/cli/quayside-process.js';

export interface StepLine {
  readonly name: string;
  readonly state: 'cached' | 'done' | 'failed';
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly steps: readonly StepLine[];
}

const STATES = { '=': 'cached', '✔': 'done', '✘': 'failed' } as const;

/** Runs ./quayside on the local engine to its end. */
export async function quayside(args: readonly string[], options: ProcessOptions = {}): Promise<Outcome> {
  const finished = await runQuayside(['--engine=local', ...args], options);
  return { ...finished, steps: stepLines(finished.stderr) };
}

/** Reads the lines that tell of a step that ended: a mark, a name, a time or `cached`. */
export function stepLines(stderr: string): readonly StepLine[] {
  return stderr.split('\n').flatMap(line => {
    const [, mark, name] = /^([=✔✘]) (.+?) +(?:cached|[\dm.]+s)$/.exec(line) ?? [];
    return mark && name ? [{ name, state: STATES[mark as keyof typeof STATES] }] : [];
  });
}

/** Names of the steps that were not cached, services aside. */
export function ran({ steps }: Outcome): readonly string[] {
  return steps.filter(({ name, state }) => state !== 'cached' && !name.startsWith('service ')).map(({ name }) => name);
}

/** Names of the steps that were cached. */
export function cached({ steps }: Outcome): readonly string[] {
  return steps.filter(({ state }) => state === 'cached').map(({ name }) => name);
}

export interface PodmanLog {
  /** For the environment: a podman that notes how it is called and then is the real one. */
  readonly PATH: string;
  /** The calls so far, one line each. */
  calls(): readonly string[];
}

/** Notes in `dir` how podman is called. */
export function logPodman(dir: string): PodmanLog {
  const bin = join(dir, 'bin');
  const log = join(dir, 'calls');
  mkdirSync(bin, { recursive: true });
  writeFileSync(log, '');
  // The real one is looked for without the directory that this one is in.
  const script = `#!/bin/sh\nprintf '%s\\n' "$*" >>'${log}'\nPATH='${process.env.PATH}' exec podman "$@"\n`;
  writeFileSync(join(bin, 'podman'), script, { mode: 0o755 });
  return {
    PATH: `${bin}:${process.env.PATH}`,
    calls: () => readFileSync(log, 'utf8').split('\n').slice(0, -1),
  };
}
