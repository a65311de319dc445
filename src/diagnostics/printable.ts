/** Text that somebody else may have chosen, for a terminal. */

/** What moves the cursor, changes colours or turns the order of what is read (Unicode's bidirectional controls). */
const CONTROLS = /(?![\n\t])[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The text with a mark in place of each character that a terminal obeys in place of showing it; line breaks and tabs stay. */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, '�');
}

/** The same of what belongs into one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll(/[\n\t]+/g, ' '));
}
