/** What the parts of the measurement share. */

/** A line of the table. */
export interface Row {
  readonly what: string;
  readonly tried: number;
  readonly survived: number;
  readonly note: string;
}

export interface Bench {
  /** A directory of this machine to work in. */
  readonly dir: string;
  /** The base image of jobs, in a registry on this machine. */
  readonly image: string;
  /** How often to try, where it is not the part's own number. */
  readonly times: number | undefined;
  /** What alone to try, where a part tries several things. */
  readonly only: string | undefined;
  readonly say: (text: string) => void;
}

export type Part = (bench: Bench) => Promise<readonly Row[]>;

/** Counts tries that went well: one returns what is wrong. */
export function counter(say: Bench['say']) {
  const problems: string[] = [];
  let tried = 0;
  return {
    note(what: string, problem: string | undefined): void {
      tried += 1;
      if (problem !== undefined) problems.push(`${what}: ${problem}`);
      say(`${tried} ${what}: ${problem ?? 'ok'}`);
    },
    row: (what: string, note: string): Row => ({ what, tried, survived: tried - problems.length, note }),
  };
}
