/** Words listed as a sentence lists them. */

/** One of several: `pip, poetry or uv`. */
export function anyOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
