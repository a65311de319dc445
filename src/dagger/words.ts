/** Commands as lists of words, compared. */

/** Whether two commands are the same. */
export function sameWords(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((word, index) => word === right[index]);
}

/** Whether a command ends with the words of another one, which is not empty. */
export function endsWith(command: readonly string[], words: readonly string[]): boolean {
  return words.length > 0 && sameWords(command.slice(-words.length), words);
}
