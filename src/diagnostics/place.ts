/** Places in the user's own files. */

/** A file by its path relative to the source, a 1-based line in it, a key of the configuration such as `python.version`. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly key?: string;
}

/** Formats a place as `file:line`, `file (key a.b)` or `file`. */
export function formatPlace(place: Place): string {
  const at = place.line === undefined ? place.file : `${place.file}:${place.line}`;
  return place.key === undefined ? at : `${at} (key ${place.key})`;
}
