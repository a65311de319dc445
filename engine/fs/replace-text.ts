/** Texts in a file put in place of others. */

export interface Replacement {
  readonly search: string;
  readonly replacement: string;
  /** Everywhere, where it stands alone, or the first from this line on. */
  readonly which: 'all' | 'only' | number;
}

/** Replaces a text as Dagger does. @throws Error when it is not there, or more than once where it may stand only once */
export function replaceText(text: string, { search, replacement, which }: Replacement): string {
  if (search === '') throw new Error('the text to replace is empty');
  const from = typeof which === 'number' ? startOfLine(text, which) : 0;
  const first = text.indexOf(search, from);
  if (first < 0) throw new Error(`search string ${JSON.stringify(search)} is not in the file`);
  if (which === 'all') return text.replaceAll(search, () => replacement);
  if (which === 'only' && text.includes(search, first + search.length))
    throw new Error(`search string ${JSON.stringify(search)} is in the file more than once`);
  return text.slice(0, first) + replacement + text.slice(first + search.length);
}

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let left = line; left > 1; left -= 1) {
    const end = text.indexOf('\n', at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}
