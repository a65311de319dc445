/** Lines of other programs in messages: minified code and dumped data make lines of any length. */

const LONGEST = 300;

/** A line without what is too long of it to be read. */
export function shortened(line: string): string {
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
