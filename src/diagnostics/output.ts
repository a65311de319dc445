/** The end of what other programs printed, in messages. */
import { shortened } from './shorten.js';

/** The last lines of an output, indented, after a line break; empty for no output. */
export function lastLines(output: string, count = 15): string {
  const lines = output.trimEnd().split('\n').slice(-count);
  return output.trim() === '' ? '' : lines.map(line => `\n    ${shortened(line)}`).join('');
}
