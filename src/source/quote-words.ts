/** Words of a command as text for a shell. */

/** Quotes words for a POSIX shell and joins them; words of safe characters stay as they are. */
export function quoteWords(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/** A command as a shell takes it; the text of one that is a shell's. */
export function shellText(words: readonly string[]): string {
  return words[0] === 'sh' && words[1] === '-c' ? (words[2] ?? '') : quoteWords(words);
}
