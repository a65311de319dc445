/** A memory of what was made of texts, which forgets what was not asked for longest. */

/** The length that all remembered texts may have together: what is made of them takes many times as much. */
const mostLength = 4 * 1024 * 1024;

/** Returns what `make` makes of a text, from memory when it was asked for before; a failure is not kept. */
export function recent<T>(make: (text: string) => T, most = mostLength): (text: string) => T {
  const known = new Map<string, T>();
  let length = 0;
  return text => {
    const found = known.has(text);
    const made = found ? (known.get(text) as T) : make(text);
    // A map keeps the order in which its keys came.
    if (found) known.delete(text);
    else length += text.length;
    known.set(text, made);
    for (const oldest of known.keys()) {
      if (length <= most) break;
      known.delete(oldest);
      length -= oldest.length;
    }
    return made;
  };
}
