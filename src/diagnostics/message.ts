/** What a code stands for, and how a finding with it is put into words. */

/** A finding in words: what is wrong, what was expected, what to do. */
export interface Words {
  readonly problem: string;
  readonly expected: string;
  readonly fix: string;
}

/** One code: the heading and the explanation in docs/diagnostics.md, and the words for a finding with its data. */
export interface Message<D> {
  readonly title: string;
  readonly about: string;
  words(data: D): Words;
}

/** Gives a message the type of the data that its words are made of. */
export function message<D>(definition: Message<D>): Message<D> {
  return definition;
}
