/** Places in the app's configuration, which may be written in two files. */
import type { Place } from '../diagnostics/place.js';

/** Where the configuration is written. */
export interface Origins {
  /** The file that a key which is in none would be written into. */
  readonly file: string;
  /** File and line of each key and list item that is written, by its path such as `services.redis` or `migrate.0`. */
  readonly keys: ReadonlyMap<string, Place>;
}

/** No configuration at all. */
export const NO_ORIGINS: Origins = { file: 'quayside.yaml', keys: new Map() };

/** The place of a key: where it is written, else where what would hold it is. Files are named by their paths in the source. */
export function configPlace({ file, keys }: Origins, key: string): Place {
  for (let at = key; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const place = keys.get(at);
    if (place) return { ...place, key };
  }
  return { file, key };
}
