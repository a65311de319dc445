/** Words for people about commands: kept beside the graph, so that rewording one runs nothing again. */

const TITLES = new Map<string, string>();

/** Remembers what a command is for. */
export function entitle(args: readonly string[], title: string): void {
  TITLES.set(JSON.stringify(args), title);
}

/** What a command is for; undefined for one that has no title. */
export function titleOf(args: readonly string[]): string | undefined {
  return TITLES.get(JSON.stringify(args));
}
