/** What is said by the script that asks a session the recorded questions, and what of it may differ. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Where something of this directory is. */
export const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The answers recorded from a real Dagger engine. */
export const FILES = ['vectors.json', 'vectors-2.json'] as const;

/** Recorded answers that the local engine does not give, and why. One that it comes to give has to leave this list. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'real-docker-build-simple': 'Dockerfiles are not built here: dockerBuild is refused by name',
};

export interface Vector {
  readonly name: string;
}

/** The questions in a file. */
export const readVectors = async (file: string): Promise<readonly Vector[]> =>
  JSON.parse(await readFile(at(file), 'utf8'));

export interface Outcome {
  readonly passed: number;
  /** Names of those that were expected to fail. */
  readonly differing: readonly string[];
  /** What is said of all others that failed. */
  readonly failures: string;
}

/** What these questions come to when all is as recorded. */
export function expectedOf(vectors: readonly Vector[]): Outcome {
  const differing = vectors.map(({ name }) => name).filter(name => name in DIFFERENCES);
  return { passed: vectors.length - differing.length, differing: differing.sort(), failures: '' };
}

/** Reads what run.mjs printed. */
export function outcomeOf(stdout: string): Outcome {
  const failed = stdout
    .split(/^(?=ok |FAIL |\d+ passed)/m)
    .flatMap(said => (said.startsWith('FAIL ') ? [{ said, name: /^FAIL [^/]*\/(\S+)/.exec(said)?.[1] ?? '' }] : []));
  return {
    passed: Number(/^(\d+) passed, \d+ failed$/m.exec(stdout)?.[1]),
    differing: failed.flatMap(({ name }) => (name in DIFFERENCES ? [name] : [])).sort(),
    failures: failed.flatMap(({ name, said }) => (name in DIFFERENCES ? [] : [said])).join(''),
  };
}
