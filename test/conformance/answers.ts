/** What is said by the script that asks a session the recorded questions. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** Where something of this directory is. */
export const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** The answers recorded from a real Dagger engine. */
export const FILES = ['vectors.json', 'vectors-2.json'] as const;

export interface Vector {
  readonly name: string;
}

/** The questions in a file. */
export const readVectors = async (file: string): Promise<readonly Vector[]> =>
  JSON.parse(await readFile(at(file), 'utf8'));

export interface Outcome {
  readonly passed: number;
  /** What is said of those that failed. */
  readonly failures: string;
}

/** What these questions come to when all is as recorded. */
export function expectedOf(vectors: readonly Vector[]): Outcome {
  return { passed: vectors.length, failures: '' };
}

/** Reads what run.mjs printed. */
export function outcomeOf(stdout: string): Outcome {
  const said = stdout.split(/^(?=ok |FAIL |\d+ passed)/m);
  return {
    passed: Number(/^(\d+) passed, \d+ failed$/m.exec(stdout)?.[1]),
    failures: said.filter(text => text.startsWith('FAIL ')).join(''),
  };
}
