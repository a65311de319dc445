/** Words for people about commands: kept beside the graph, so that rewording one runs nothing again. */

/** What a command is to people. */
export interface CommandWords {
  readonly title: string;
  /** The suite that it runs: what it prints is worth to be read as it comes. */
  readonly suite?: string;
}

const WORDS = new Map<string, CommandWords>();

/** Remembers what a command is for, and which suite it runs, if it does. */
export function entitle(args: readonly string[], title: string, suite?: string): void {
  WORDS.set(JSON.stringify(args), suite === undefined ? { title } : { title, suite });
}

/** What a command is for; undefined for one that has no title. */
export function wordsOf(args: readonly string[]): CommandWords | undefined {
  return WORDS.get(JSON.stringify(args));
}

/** What runs.ts and docker/smoke.py print for Quayside alone, at the end of a run. */
const ASIDE = /^(?:reports kept as [0-9a-f-]+|quayside: \{.*\})$/;

/** Whether a line that a command prints is for people to see. */
export function isForPeople(line: string): boolean {
  return !ASIDE.test(line);
}
