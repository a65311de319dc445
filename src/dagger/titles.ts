/** What is known of commands beside the graph, so that rewording one runs nothing again. */

/** What a command is to people. */
export interface CommandWords {
  readonly title: string;
  /** The suite that it runs: what it prints is worth to be read as it comes. */
  readonly suite?: string;
  /** It gets what others publish: whoever runs it may end it where nobody answers. */
  readonly fetches?: boolean;
}

const WORDS = new Map<string, CommandWords>();

/** Remembers what a command is for. */
export function entitle(args: readonly string[], words: CommandWords): void {
  WORDS.set(JSON.stringify(args), words);
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
