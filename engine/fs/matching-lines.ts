/** Lines of a file that a pattern matches, as ripgrep tells them. */
import { runInNewContext } from 'node:vm';

export interface MatchingLines {
  /** Of the first line, from 1. */
  readonly lineNumber: number;
  /** Of its beginning, in bytes. */
  readonly absoluteOffset: number;
  readonly matchedLines: string;
  /** In bytes from the beginning of these lines. */
  readonly submatches: readonly { readonly text: string; readonly start: number; readonly end: number }[];
}

/** How long one file may take: some patterns would take for ever. */
const patienceMs = 3_000;
const newline = 10;

/** Where lines begin: in bytes, and in characters of the text. */
function beginnings(bytes: Buffer, text: string): { readonly bytes: number[]; readonly chars: number[] } {
  const inBytes = [0];
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) inBytes.push(at + 1);
  const inChars = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) inChars.push(at + 1);
  return { bytes: inBytes, chars: inChars };
}

/** Where the line lies that holds a character. */
function lineAt(starts: readonly number[], char: number): number {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= char) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface Region {
  readonly first: number;
  last: number;
  readonly found: { readonly index: number; readonly text: string }[];
}

/** Matches in the order of the text, those that share lines together. */
function regions(text: string, pattern: RegExp, starts: readonly number[], multiline: boolean): readonly Region[] {
  const all: Region[] = [];
  const add = (index: number, match: string): void => {
    const first = lineAt(starts, index);
    // A line end that is matched belongs to its line.
    const last = Math.max(first, lineAt(starts, Math.max(index + match.length - 1, index)));
    const before = all.at(-1);
    if (before !== undefined && before.last >= first) {
      before.last = Math.max(before.last, last);
      before.found.push({ index, text: match });
    } else all.push({ first, last, found: [{ index, text: match }] });
  };
  if (multiline) {
    // Behind the last line's end there is no line.
    for (const match of text.matchAll(pattern))
      if (match.index < text.length || text === '') add(match.index, match[0]);
    return all;
  }
  for (const start of starts) {
    if (start >= text.length) continue;
    const end = text.indexOf('\n', start);
    for (const match of text.slice(start, end < 0 ? undefined : end).matchAll(pattern))
      add(start + match.index, match[0]);
  }
  return all;
}

/**
 * Finds the lines that match; none in a file with a zero byte, and no line that is not UTF-8.
 * @throws Error for a pattern that takes too long
 */
export function matchingLines(bytes: Buffer, pattern: RegExp, multiline: boolean): readonly MatchingLines[] {
  if (bytes.includes(0)) return [];
  const text = bytes.toString('utf8');
  const starts = beginnings(bytes, text);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return withinTime(() => regions(text, pattern, starts.chars, multiline)).flatMap(({ first, last, found }) => {
    const lines = bytes.subarray(starts.bytes[first], starts.bytes[last + 1]);
    let matchedLines: string;
    try {
      matchedLines = decoder.decode(lines);
    } catch {
      return [];
    }
    const start = starts.chars[first]!;
    const submatches = found.map(({ index, text: match }) => {
      const offset = Buffer.byteLength(matchedLines.slice(0, index - start));
      return { text: match, start: offset, end: offset + Buffer.byteLength(match) };
    });
    return [{ lineNumber: first + 1, absoluteOffset: starts.bytes[first]!, matchedLines, submatches }];
  });
}

function withinTime<T>(work: () => T): T {
  try {
    return runInNewContext('work()', { work }, { timeout: patienceMs }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`the pattern takes longer than ${patienceMs / 1000} seconds for one file`);
  }
}
