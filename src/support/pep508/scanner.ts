/** Reading a text from left to right, a pattern at a time. */

/** A text with a position in it. */
export interface Scanner {
  /** Moves past the pattern and gives its match; undefined when it is not next. Patterns are sticky (`/…/y`). */
  take(pattern: RegExp): RegExpExecArray | undefined;
  /** Whether nothing but spaces is left. */
  done(): boolean;
}

/** Starts at the beginning of a text. */
export function scan(text: string): Scanner {
  let position = 0;
  const take = (pattern: RegExp) => {
    pattern.lastIndex = position;
    const match = pattern.exec(text) ?? undefined;
    if (match) position = pattern.lastIndex;
    return match;
  };
  return { take, done: () => take(/\s*$/y) !== undefined };
}
